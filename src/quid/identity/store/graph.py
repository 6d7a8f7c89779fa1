"""The graph: what people are to each other."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from quid.kit import db

_SQL: Final = db.sql("quid.identity", "graph")
_LOCK_PEOPLE: Final = _SQL.values("lock_people", UUID)


async def lock_people(tx: db.Tx, user_ids: Collection[UUID]) -> set[UUID]:
    """Let acts of and between people take turns; give those who exist.

    Locks: identity.person, in order of id.
    """
    return set(await _LOCK_PEOPLE.all(tx, list(user_ids)))
