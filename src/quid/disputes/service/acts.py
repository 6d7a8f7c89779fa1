"""What its person does with an open dispute: answer what we asked, take it back.

Each locks the dispute and makes one legal move; of two at once one wins, and the other is told
where it stands.
"""

from datetime import datetime
from uuid import UUID

from quid.disputes import events, queries, rules, store
from quid.disputes.service import told
from quid.disputes.types import DisputeRow, State
from quid.kit import audit, db, outbox, runtime
from quid.kit.errors import NotFound


async def answer(dispute_id: UUID, user_id: UUID, text: str, *, now: datetime) -> None:
    """Command: tell what we asked for; from then on it is ours again.

    Raises: NotFound, StateConflict. Locks: disputes.dispute. Emits: disputes.dispute_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await _own(tx, dispute_id, user_id)
        rules.require_move(row, State.UNDER_REVIEW)
        await store.say(tx, told.message(row, "user", text, now=now))
        await store.move(tx, row.id, State.UNDER_REVIEW, now=now)
        await outbox.append(tx, [events.changed(row, "informed", at=now)])
        await audit.record(tx, [told.by_person("disputes.answer", row, now=now)])


async def withdraw(dispute_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Command: take it back; it can be reported anew as long as the payment is young enough.

    Raises: NotFound, StateConflict. Locks: disputes.dispute. Emits: disputes.dispute_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await _own(tx, dispute_id, user_id)
        rules.require_move(row, State.WITHDRAWN)
        await store.move(tx, row.id, State.WITHDRAWN, now=now)
        await outbox.append(tx, [events.changed(row, "withdrawn", at=now)])
        await audit.record(tx, [told.by_person("disputes.withdraw", row, now=now)])


async def _own(tx: db.Tx, dispute_id: UUID, user_id: UUID) -> DisputeRow:
    """Lock a dispute of this person, and read it then. Raises: NotFound."""
    await store.lock(tx, dispute_id)
    found = await queries.found(tx, dispute_id)
    if found is None or found.row.opened_by != user_id:
        raise NotFound
    return found.row
