"""What payments say to the requests they answer; nothing where they answer none. ADR 48."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from quid.kit import db, runtime
from quid.kit.errors import Refusal
from quid.payments.ports import Requests
from quid.payments.types import Answering, Moved, PaymentRow, SendPayment, State


async def claim(tx: db.Tx, items: Sequence[SendPayment]) -> list[Refusal | None]:
    """Part: lock the requests of items, in order, and say which may not answer theirs.

    Locks: collect.request by id, before any ledger.account.
    """
    places, answers = [], []
    for place, i in enumerate(items):
        if i.for_request is not None:
            places.append(place)
            answers.append(
                Answering(
                    i.for_request, i.payment_id, i.payer_id, i.payee_id, i.amount_minor, i.currency
                )
            )
    said: list[Refusal | None] = [None] * len(items)
    if answers:
        found = await runtime.part(Requests).claim(tx, answers)  # type: ignore[type-abstract]  # a port
        for place, refusal in zip(places, found, strict=True):
            said[place] = refusal
    return said


async def lock(tx: db.Tx, rows: Sequence[PaymentRow]) -> None:
    """Part: lock the requests of locked payments. Locks: collect.request by id."""
    wanted = [r.request_id for r in rows if r.request_id is not None]
    if wanted:
        await runtime.part(Requests).lock(tx, wanted)  # type: ignore[type-abstract]  # a port


async def follow(tx: db.Tx, moved: Iterable[tuple[PaymentRow, State, datetime]]) -> None:
    """Part: tell the requests of payments where these have come to, and when.

    Locks: nothing; the caller holds the requests.
    """
    told = [Moved(r.request_id, r.id, state, at) for r, state, at in moved if r.request_id]
    if told:
        now = max(m.at for m in told)
        await runtime.part(Requests).follow(tx, told, now=now)  # type: ignore[type-abstract]  # a port


async def follow_new(tx: db.Tx, rows: Iterable[PaymentRow]) -> None:
    """Part: tell the requests of payments that were just written down. Locks: nothing."""
    await follow(tx, ((r, r.state, r.times[-1]) for r in rows))
