"""Writes to disputes, and their locks."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.disputes.types import DisputeRow, MessageRow, State
from quid.kit import db

_SQL: Final = db.sql("quid.disputes", "store")
_ADD: Final = _SQL.command("add")
_SAY: Final = _SQL.command("say")
_LOCK: Final = _SQL.values("lock", UUID)
_MOVE: Final = _SQL.command("move")


async def add(tx: db.Tx, row: DisputeRow) -> bool:
    """Write a new dispute; False where one of the same person and subject stands in its way."""
    return await _ADD.run(
        tx, row.id, row.opened_by, row.claim, row.payment_id, row.freeze_id, row.opened_at,
        row.answer_on, row.at_latest_on,
    ) == 1  # fmt: skip


async def say(tx: db.Tx, message: MessageRow) -> None:
    """Write what was said."""
    m = message
    await _SAY.run(tx, m.id, m.dispute_id, m.said_by, m.text, m.at)


async def lock(tx: db.Tx, dispute_id: UUID) -> None:
    """Let whoever acts on a dispute take turns. Locks: disputes.dispute."""
    await _LOCK.maybe(tx, dispute_id)


async def move(tx: db.Tx, dispute_id: UUID, state: State, *, now: datetime) -> None:
    """Write where a dispute stands now; the caller holds it."""
    await _MOVE.run(tx, dispute_id, state, now)
