"""Lists: a person's payments and activity, and what waits for an operator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity.queries import among
from quid.kit import db
from quid.payments.queries.one import parties_of, with_people
from quid.payments.types import ActivityRow, Party, Payment, PaymentRow, WaitingRow

_SQL = db.sql("quid.payments", "queries")
_PAYMENTS_OF = _SQL.rows("payments_of", PaymentRow)
_ACTIVITY = _SQL.rows("activity", ActivityRow)
_COUNTERPARTIES = _SQL.values("counterparties", UUID)
_QUEUE = db.sql("quid.payments", "waiting").rows("queue", WaitingRow)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: everything strictly older, by time and then id."""

    at: datetime
    id: UUID


NEWEST: Final = Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What to list. None = any. Amounts in minor units, `until` exclusive.

    `words` are looked for in the note, and in the handle and name of the other person; `named` are
    the people whom they name, once that is known (`resolved`).
    """

    since: datetime | None = None
    until: datetime | None = None
    amount_minor_min: int | None = None
    amount_minor_max: int | None = None
    person_id: UUID | None = None
    kind: int | None = None
    state: int | None = None
    is_incoming: bool | None = None
    words: str | None = None
    named: tuple[UUID, ...] | None = None


class ActivityLine(NamedTuple):
    """A line of activity and the other person, where there is one."""

    row: ActivityRow
    counterparty: Party | None


async def payments_of(
    conn: db.Conn, viewer_id: UUID, *, before: Position, limit: int
) -> list[Payment]:
    """List the payments of a person, newest first."""
    rows = await _PAYMENTS_OF.all(conn, viewer_id, before.at, before.id, limit)
    return await with_people(conn, rows)


async def in_review(conn: db.Conn, *, after: Position, limit: int) -> list[WaitingRow]:
    """List what waits for an operator, the most urgent first."""
    return await _QUEUE.all(conn, after.at, after.id, limit)


async def activity(
    conn: db.Conn,
    viewer_id: UUID,
    wanted: ActivityFilter,
    *,
    before: Position,
    page: tuple[int, int],
) -> list[ActivityRow]:
    """List a person's lines of activity, newest first. `page` is (limit, offset)."""
    wanted = await resolved(conn, viewer_id, wanted, before=before)
    return await _ACTIVITY.all(
        conn,
        viewer_id,
        before.at,
        before.id,
        *page,
        wanted.since,
        wanted.until,
        wanted.amount_minor_min,
        wanted.amount_minor_max,
        wanted.person_id,
        wanted.kind,
        wanted.state,
        wanted.is_incoming,
        wanted.words,
        wanted.named or (),
    )


async def resolved(
    conn: db.Conn, viewer_id: UUID, wanted: ActivityFilter, *, before: Position
) -> ActivityFilter:
    """Find out whom of a person's counterparties the words name; their names live elsewhere."""
    if wanted.words is None or wanted.named is not None:
        return wanted
    met = await _COUNTERPARTIES.all(conn, viewer_id, before.at, wanted.since, wanted.until)
    return replace(wanted, named=tuple(await among.named(conn, met, wanted.words)))


async def activity_pages(
    database: db.Database, viewer_id: UUID, wanted: ActivityFilter, *, size: int
) -> AsyncIterator[list[ActivityLine]]:
    """Walk a person's activity, newest first; each page is a short read of its own.

    Nothing is held between two pages: who reads slowly keeps no connection and no old snapshot.
    What arrives meanwhile is newer than the first page, so it is not in it.
    """
    before, is_more = NEWEST, True
    while is_more:
        async with database.read() as conn:
            wanted = await resolved(conn, viewer_id, wanted, before=before)
            lines = await activity_lines(conn, viewer_id, wanted, before=before, page=(size, 0))
        is_more = len(lines) == size
        if is_more:
            before = Position(lines[-1].row.at, lines[-1].row.id)
        yield lines


async def activity_lines(
    conn: db.Conn,
    viewer_id: UUID,
    wanted: ActivityFilter,
    *,
    before: Position,
    page: tuple[int, int],
) -> list[ActivityLine]:
    """List a person's activity, newest first, each line with whom it was with."""
    rows = await activity(conn, viewer_id, wanted, before=before, page=page)
    met = {r.counterparty_id for r in rows if r.counterparty_id is not None}
    parties = await parties_of(conn, met)
    return [
        ActivityLine(r, parties[r.counterparty_id] if r.counterparty_id else None) for r in rows
    ]
