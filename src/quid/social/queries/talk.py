"""What is said of payments, as one viewer reads it: nothing of anybody across a block."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.social.types import CommentRow, Position, Talk

_SQL: Final = db.sql("quid.social", "talk")
OLDEST: Final = Position(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


@dataclass(frozen=True, slots=True)
class _Counted:
    payment_id: UUID
    like_count: int
    comment_count: int
    liked_by_me: bool


_COUNTS: Final = _SQL.rows("counts", _Counted)
_COMMENTS: Final = _SQL.rows("comments", CommentRow)
_COMMENT: Final = _SQL.rows("comment", CommentRow)


async def counts(
    conn: db.Conn, viewer_id: UUID, payment_ids: Sequence[UUID], *, blocked: Collection[UUID]
) -> dict[UUID, Talk]:
    """Count what is said of each of these payments. `blocked`: whose words do not count."""
    found = await _COUNTS.all(conn, viewer_id, payment_ids, list(blocked))
    return {c.payment_id: Talk(c.like_count, c.comment_count, c.liked_by_me) for c in found}


async def comments(
    conn: db.Conn, payment_id: UUID, *, blocked: Collection[UUID], after: Position, limit: int
) -> list[CommentRow]:
    """List the comments under a payment that come after a position, oldest first."""
    return await _COMMENTS.all(conn, payment_id, list(blocked), after.at, after.id, limit)


async def comment(conn: db.Conn, comment_id: UUID, payment_id: UUID) -> CommentRow | None:
    """Find a comment under its payment, whoever asks: for those who judge what becomes of it."""
    return await _COMMENT.maybe(conn, comment_id, payment_id)
