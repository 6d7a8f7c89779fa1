"""Reads of disputes: one, a person's, the queue of operators."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.disputes.types import Dispute, DisputeRow, MessageRow
from quid.kit import db

_SQL: Final = db.sql("quid.disputes", "disputes")
_FOUND: Final = _SQL.rows("found", DisputeRow)
_OF_PERSON: Final = _SQL.rows("of_person", DisputeRow)
_QUEUE: Final = _SQL.rows("queue", DisputeRow)
_MESSAGES: Final = _SQL.rows("messages", MessageRow)


class Place(NamedTuple):
    """Where a page begins: at the dispute of this time (UTC) and id."""

    at: datetime
    id: UUID


NEWEST: Final = Place(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
FIRST: Final = Place(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


class About(NamedTuple):
    """Disputes of one payment or hold alone, or (None) of any."""

    payment_id: UUID | None = None
    freeze_id: UUID | None = None


async def found(conn: db.Conn, dispute_id: UUID) -> Dispute | None:
    """Read a dispute, whoever asks: for operators, and those who act on it."""
    row = await _FOUND.maybe(conn, dispute_id)
    return (await _with_messages(conn, [row]))[0] if row else None


async def of_person(
    conn: db.Conn, user_id: UUID, about: About, *, before: Place, limit: int
) -> list[Dispute]:
    """List what a person has opened, the latest first."""
    rows = await _OF_PERSON.all(
        conn, user_id, about.payment_id, about.freeze_id, before.at, before.id, limit
    )
    return await _with_messages(conn, rows)


async def queue(conn: db.Conn, *, after: Place, limit: int) -> list[Dispute]:
    """List what is open, by the day on which an answer is promised; `after` is at its midnight."""
    return await _with_messages(conn, await _QUEUE.all(conn, after.at.date(), after.id, limit))


async def _with_messages(conn: db.Conn, rows: Sequence[DisputeRow]) -> list[Dispute]:
    messages = await _MESSAGES.all(conn, [r.id for r in rows]) if rows else []
    said: dict[UUID, list[MessageRow]] = {r.id: [] for r in rows}
    for message in messages:
        said[message.dispute_id].append(message)
    return [Dispute(r, said[r.id]) for r in rows]
