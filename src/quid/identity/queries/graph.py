"""The graph of many people at a time: for those who decide who sees what."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from quid.identity.types import Tie, TieRow
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "ties")
_FRIENDS_OF: Final = _SQL.rows("friends_of", Tie)
_TIES: Final = _SQL.rows("ties", TieRow)
_BLOCKED_WITH: Final = _SQL.values("blocked_with", UUID)


async def friends_of(conn: db.Conn, user_ids: Sequence[UUID]) -> list[Tie]:
    """List the friendships of all these people; who has none is left out."""
    return await _FRIENDS_OF.all(conn, user_ids)


async def ties(
    conn: db.Conn, viewer_ids: Sequence[UUID], other_ids: Sequence[UUID]
) -> list[TieRow]:
    """Tell of each pair (a viewer, and at the same place another) what stands between them.

    Nobody is a friend of, blocked by or muted by themselves; strangers have a row, too.
    """
    return await _TIES.all(conn, viewer_ids, other_ids)


async def blocked_with(conn: db.Conn, user_id: UUID) -> set[UUID]:
    """Give all whom a person refuses, and who refuse them."""
    return set(await _BLOCKED_WITH.all(conn, user_id))
