"""What its person does with an open dispute: answer what we asked, take it back.

Each takes its key, locks the dispute and makes one legal move; of two at once one wins, and the
other is told where it stands. Sent again under its key it has been done: what was said of one
question never answers the next.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.disputes import events, queries, rules, store
from quid.disputes.service import told
from quid.disputes.types import DisputeRow, State
from quid.kit import audit, db, idempotency, outbox, runtime
from quid.kit.errors import NotFound
from quid.kit.once import Answer, Key

ANSWER: Final = "disputes.answer"
WITHDRAW: Final = "disputes.withdraw"
_DONE: Final = Answer(200, b"")


async def answer(key: Key, dispute_id: UUID, text: str, *, now: datetime) -> None:
    """Command: tell what we asked for; from then on it is ours again.

    Raises: NotFound, StateConflict, IdempotencyKeyReused. Locks: the key, disputes.dispute.
    Emits: disputes.dispute_changed.v1. Idempotent: (person, "disputes.answer", key).
    """
    async with runtime.part(db.Database).transaction() as tx:
        if await _is_done(tx, key):
            return
        row = await _own(tx, dispute_id, key.user_id)
        rules.require_move(row, State.UNDER_REVIEW)
        await store.say(tx, told.message(row, "user", text, now=now))
        await store.move(tx, row.id, State.UNDER_REVIEW, now=now)
        await outbox.append(tx, [events.changed(row, "informed", at=now)])
        await audit.record(tx, [told.by_person(ANSWER, row, now=now)])
        await idempotency.finish(tx, [(key, row.id, _DONE)], now=now)


async def withdraw(key: Key, dispute_id: UUID, *, now: datetime) -> None:
    """Command: take it back; it can be reported anew as long as the payment is young enough.

    Raises: NotFound, StateConflict, IdempotencyKeyReused. Locks: the key, disputes.dispute.
    Emits: disputes.dispute_changed.v1. Idempotent: (person, "disputes.withdraw", key).
    """
    async with runtime.part(db.Database).transaction() as tx:
        if await _is_done(tx, key):
            return
        row = await _own(tx, dispute_id, key.user_id)
        rules.require_move(row, State.WITHDRAWN)
        await store.move(tx, row.id, State.WITHDRAWN, now=now)
        await outbox.append(tx, [events.changed(row, "withdrawn", at=now)])
        await audit.record(tx, [told.by_person(WITHDRAW, row, now=now)])
        await idempotency.finish(tx, [(key, row.id, _DONE)], now=now)


async def _is_done(tx: db.Tx, key: Key) -> bool:
    """Take the key; tell whether it was used for this before. Raises: IdempotencyKeyReused."""
    [stored] = await idempotency.claim(tx, [key])
    if stored is not None:
        idempotency.replay(stored, key)
    return stored is not None


async def _own(tx: db.Tx, dispute_id: UUID, user_id: UUID) -> DisputeRow:
    """Lock a dispute of this person, and read it then. Raises: NotFound."""
    await store.lock(tx, dispute_id)
    found = await queries.found(tx, dispute_id)
    if found is None or found.row.opened_by != user_id:
        raise NotFound
    return found.row
