"""The graph: what people are to each other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db


@dataclass(frozen=True, slots=True)
class Edge:
    """What one of two people is to the other."""

    user_id: UUID
    state: str
    asked_by: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class AskerStanding:
    """What bounds an ask: friends of both, recent asks, and the last no of the other."""

    friends: int
    friends_of_other: int
    asks: list[datetime]
    declined_at: datetime | None


_SQL: Final = db.sql("quid.identity", "graph")
_LOCK_PEOPLE: Final = _SQL.values("lock_people", UUID)
EDGES: Final = _SQL.rows("edges", Edge)
STANDING_OF_ASKER: Final = _SQL.rows("standing_of_asker", AskerStanding)
SET_FRIENDSHIP: Final = _SQL.command("set_friendship")
END_FRIENDSHIP: Final = _SQL.command("end_friendship")
NOTE_ASK: Final = _SQL.command("note_ask")
NOTE_DECLINE: Final = _SQL.command("note_decline")
FORGET_ASKS: Final = _SQL.command("forget_asks")
BLOCK: Final = _SQL.command("block")
UNBLOCK: Final = _SQL.command("unblock")
MUTE: Final = _SQL.command("mute")
UNMUTE: Final = _SQL.command("unmute")


async def lock_people(tx: db.Tx, user_ids: Collection[UUID]) -> set[UUID]:
    """Let acts of and between people take turns; give those who exist (operators do not).

    Locks: identity.person, in order of id.
    """
    return set(await _LOCK_PEOPLE.all(tx, list(user_ids)))
