"""What operators do with a dispute: ask its person for more, decide it.

A decision says something and moves nothing. Money is taken back by `payments.reverse`, a hold is
lifted by `identity.unfreeze`: each by a second operator.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.disputes import events, queries, rules, store
from quid.disputes.service import told
from quid.disputes.types import Change, Dispute, DisputeRow, Outcome, State
from quid.kit import db, outbox, runtime
from quid.kit.errors import NotFound
from quid.kit.operators import Once, Press, Role, pressed
from quid.payments import queries as payments

READERS: Final[tuple[Role, ...]] = ("support", "analyst", "finance", "compliance", "auditor")
DECIDERS: Final[tuple[Role, ...]] = ("analyst", "compliance")
_ENDS: Final[dict[Outcome, State]] = {"won": State.WON, "lost": State.LOST}


async def ask(press: Press, dispute_id: UUID, text: str, *, now: datetime) -> UUID:
    """Command: ask its person for what is missing.

    Raises: NotFound, StateConflict, Forbidden, IdempotencyKeyReused.
    Locks: the key, disputes.dispute. Emits: disputes.dispute_changed.v1.
    """
    people = await _people(dispute_id)
    async with pressed(press, people=people, now=now) as once:
        if once.done is not None:
            return once.done
        row = await _say(once, dispute_id, State.NEEDS_INFO, text, now=now)
        await _tell(once.tx, row, "needs_info", now=now)
        return once.finish(*told.by_operator("disputes.ask", row, "ok"))


async def decide(
    press: Press, dispute_id: UUID, outcome: Outcome, text: str, *, now: datetime
) -> UUID:
    """Command: decide a dispute, and say why to its person.

    Raises: NotFound, StateConflict, Forbidden, IdempotencyKeyReused.
    Locks: the key, disputes.dispute. Emits: disputes.dispute_changed.v1.
    """
    people = await _people(dispute_id)
    async with pressed(press, people=people, now=now) as once:
        if once.done is not None:
            return once.done
        row = await _say(once, dispute_id, _ENDS[outcome], text, now=now)
        await _tell(once.tx, row, outcome, now=now)
        return once.finish(*told.by_operator("disputes.decide", row, outcome))


async def _people(dispute_id: UUID) -> list[UUID]:
    """Name whose affairs it is: both parties of a payment, who is on hold. Raises: NotFound."""
    async with runtime.part(db.Database).read() as conn:
        row = (await _known(conn, dispute_id)).row
        if row.payment_id is None:
            return [row.opened_by]
        payment = (await payments.found(conn, [row.payment_id]))[row.payment_id]
    return [payment.payer_id, payment.payee_id]


async def _known(conn: db.Conn, dispute_id: UUID) -> Dispute:
    found = await queries.found(conn, dispute_id)
    if found is None:
        raise NotFound
    return found


async def _say(once: Once, dispute_id: UUID, to: State, text: str, *, now: datetime) -> DisputeRow:
    """Lock a dispute, move it, and write what its person reads of that."""
    await store.lock(once.tx, dispute_id)
    row = (await _known(once.tx, dispute_id)).row
    rules.require_move(row, to)
    await store.say(once.tx, told.message(row, "team", text, now=now))
    await store.move(once.tx, row.id, to, now=now)
    return row


async def _tell(tx: db.Tx, row: DisputeRow, change: Change, *, now: datetime) -> None:
    await outbox.append(tx, [events.changed(row, change, at=now)])
