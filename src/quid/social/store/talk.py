"""Rows of likes and comments."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.social.types import NewComment

_SQL: Final = db.sql("quid.social", "talk")
_LIKE: Final = _SQL.values("like", bool)
_UNLIKE: Final = _SQL.command("unlike")
_WRITE: Final = _SQL.command("write")
_REMOVE: Final = _SQL.command("remove")


async def like(tx: db.Tx, payment_id: UUID, user_id: UUID, *, at: datetime) -> bool | None:
    """Let somebody like a payment; say whether for the first time. None: they did already."""
    return await _LIKE.maybe(tx, payment_id, user_id, at)


async def unlike(tx: db.Tx, payment_id: UUID, user_id: UUID, *, at: datetime) -> bool:
    """Take a like back; say whether there was one."""
    return await _UNLIKE.run(tx, payment_id, user_id, at) == 1


async def write(tx: db.Tx, cmd: NewComment, *, at: datetime) -> None:
    """Insert a comment."""
    await _WRITE.run(tx, cmd.id, cmd.payment_id, cmd.author_id, cmd.text, at)


async def remove(tx: db.Tx, comment_id: UUID, payment_id: UUID) -> bool:
    """Delete a comment; say whether it was there."""
    return await _REMOVE.run(tx, comment_id, payment_id) == 1
