"""Finding among people who are known already: by part of a name, by handles from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quid.kit import db

_SQL: Final = db.sql("quid.identity", "among")
_NAMED: Final = _SQL.values("named", UUID)


@dataclass(frozen=True, slots=True)
class _Handled:
    id: UUID
    handle: str


_OF_HANDLES: Final = _SQL.rows("of_handles", _Handled)


async def named(conn: db.Conn, user_ids: Sequence[UUID], words: str) -> list[UUID]:
    """Say which of these people have the words in their handle or name; `@` begins a handle."""
    return await _NAMED.all(conn, user_ids, words)


async def of_handles(conn: db.Conn, handles: Sequence[str]) -> dict[str, UUID]:
    """Map handles to people; a handle that nobody has is left out."""
    return {r.handle: r.id for r in await _OF_HANDLES.all(conn, handles)}
