"""The payment that answers a request: asked before it is made, told wherever it comes to.

The requests' side of a port of payments (`payments.ports.Requests`), called in the transaction of
the payment itself: so a request is PAID in the commit that moves the money, or neither happens.
ADR 49.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.collect import errors, events, queries, store
from quid.collect.service import judging
from quid.collect.types import Change, RequestRow
from quid.kit import db, ids, outbox
from quid.kit.errors import NotFound, Refusal
from quid.payments.types import Answering, Moved
from quid.payments.types import State as Payment

_AT_IT: Final = frozenset(
    {Payment.CHALLENGED, Payment.IN_REVIEW, Payment.PROCESSING, Payment.REDIRECTED}
)
_ENDED: Final = frozenset(
    {
        Payment.REJECTED,
        Payment.DECLINED,
        Payment.FAILED,
        Payment.CANCELLED,
        Payment.EXPIRED,
    }
)


class CollectRequests:
    """What requests do when payments ask and tell (a part of the runtime)."""

    async def claim(self, tx: db.Tx, answers: Sequence[Answering]) -> list[Refusal | None]:
        """Lock requests and say of each payment why it may not answer; of several the first may.

        Locks: collect.request by id.
        """
        wanted = {a.request_id for a in answers}
        await store.lock(tx, wanted)
        rows = await queries.found(tx, wanted)
        taken: set[UUID] = set()
        said: list[Refusal | None] = []
        for answer in answers:
            refusal = _refusal(rows.get(answer.request_id), answer)
            if refusal is None and answer.request_id in taken:
                refusal = errors.BeingPaid()
            if refusal is None:
                taken.add(answer.request_id)
            said.append(refusal)
        return said

    async def lock(self, tx: db.Tx, request_ids: Sequence[UUID]) -> None:
        """Let nobody else act on requests whose payment is about to move.

        Locks: collect.request by id.
        """
        await store.lock(tx, request_ids)

    async def follow(self, tx: db.Tx, moved: Sequence[Moved], *, now: datetime) -> None:
        """Write where payments have come to. The caller holds their requests.

        Emits: collect.request_changed.v1. Raises: RuntimeError where a payment is to pay a request
        that another has, or that has ended: the money stays where it is.
        """
        paid = [m for m in moved if m.state is Payment.COMPLETED]
        at_it = [m for m in moved if m.state in _AT_IT]
        ended = [m for m in moved if m.state in _ENDED]
        before = await queries.found(tx, {m.request_id for m in (*paid, *at_it, *ended)})
        if not await store.follow(tx, paid=paid, at_it=at_it, ended=ended):
            names = ", ".join(ids.show("req", m.request_id) for m in (*paid, *at_it))
            raise RuntimeError(f"a request is not its payment's to take: one of {names}")
        at = {r: row.payment_id for r, row in before.items()}
        said: list[tuple[Change, Moved]] = [("paid", m) for m in paid]
        said += [("taken", m) for m in at_it if at[m.request_id] is None]
        said += [("freed", m) for m in ended if at[m.request_id] == m.payment_id]
        await outbox.append(
            tx,
            [
                events.changed(before[m.request_id], change, at=now, payment_id=m.payment_id)
                for change, m in said
            ],
        )


def _refusal(row: RequestRow | None, answer: Answering) -> Refusal | None:
    """Say why a payment may not answer; it must be the one that was asked for, to the cent."""
    if row is None or (
        (row.requestee_id, row.requester_id, row.amount_minor, row.currency)
        != (answer.payer_id, answer.payee_id, answer.amount_minor, answer.currency)
    ):
        return NotFound()
    return judging.why_not(row)
