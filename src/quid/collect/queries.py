"""Reads of requests: those that are there for one of their two people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.collect import rules
from quid.collect.types import Box, Person, Request, RequestRow, RequestView
from quid.identity import queries as people
from quid.identity.queries import graph
from quid.identity.types import Card
from quid.kit import db

_SQL: Final = db.sql("quid.collect", "requests")
_FOUND: Final = _SQL.rows("found", RequestRow)
_BOXES: Final[dict[Box, db.Query[RequestRow]]] = {
    "to_pay": _SQL.rows("to_pay", RequestRow),
    "waiting": _SQL.rows("waiting", RequestRow),
    "done": _SQL.rows("done", RequestRow),
}
_COUNT_TO_PAY: Final = _SQL.value("count_to_pay", int)
_OPEN_BETWEEN: Final = _SQL.values("open_between", UUID)
_GONE: Final = ("", "Someone", None)


class Before(NamedTuple):
    """Where a page begins: after the request of this time and id, the latest first."""

    at: datetime
    id: UUID


async def found(conn: db.Conn, ids: Collection[UUID]) -> dict[UUID, RequestRow]:
    """Read requests by id, whoever asks: for those who act on them, not to be shown."""
    return {r.id: r for r in await _FOUND.all(conn, list(ids))} if ids else {}


async def requests(conn: db.Conn, ids: Collection[UUID], *, viewer_id: UUID) -> dict[UUID, Request]:
    """Read requests as one of their two people may; what is not there for them is left out."""
    rows = await found(conn, ids)
    mine = [r for r in rows.values() if viewer_id in (r.requester_id, r.requestee_id)]
    others = [_other(r, viewer_id) for r in mine]
    ties = await graph.ties(conn, [viewer_id] * len(others), others) if others else []
    blocked = {t.other_id for t in ties if t.is_blocked}
    there = [r for r in mine if rules.is_there(r, is_blocked=_other(r, viewer_id) in blocked)]
    return {r.row.id: r for r in await _with_people(conn, there)}


async def box(
    conn: db.Conn, viewer_id: UUID, name: Box, *, before: Before, limit: int
) -> list[Request]:
    """List the requests of a box, the latest first; across a block only what was paid is there."""
    hidden = list(await graph.blocked_with(conn, viewer_id))
    rows = await _BOXES[name].all(conn, viewer_id, before.at, before.id, hidden, limit)
    return await _with_people(conn, rows)


async def open_count(conn: db.Conn, user_id: UUID) -> int:
    """Say how many requests somebody has to pay."""
    hidden = list(await graph.blocked_with(conn, user_id))
    return await _COUNT_TO_PAY.get(conn, user_id, hidden)


async def open_between(conn: db.Conn, pairs: Sequence[tuple[UUID, UUID]]) -> list[UUID]:
    """Name the open requests between the two of each pair, whoever asked."""
    return await _OPEN_BETWEEN.all(conn, [a for a, _ in pairs], [b for _, b in pairs])


def view_of(request: Request, viewer_id: UUID) -> RequestView:
    """Show a request to one of its two people."""
    return rules.view_of(request, viewer_id)


async def _with_people(conn: db.Conn, rows: Sequence[RequestRow]) -> list[Request]:
    met = {p for r in rows for p in (r.requester_id, r.requestee_id)}
    cards = await people.cards(conn, sorted(met)) if met else {}
    return [
        Request(
            r,
            _person(r.requester_id, cards.get(r.requester_id)),
            _person(r.requestee_id, cards.get(r.requestee_id)),
        )
        for r in rows
    ]


def _person(user_id: UUID, card: Card | None) -> Person:
    if card is None:
        return Person(user_id, *_GONE)
    return Person(user_id, card.handle, card.display_name, card.created_at.date())


def _other(row: RequestRow, viewer_id: UUID) -> UUID:
    return row.requestee_id if viewer_id == row.requester_id else row.requester_id
