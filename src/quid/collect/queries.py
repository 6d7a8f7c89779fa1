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
_TO_PAY_COUNT: Final = _SQL.values("to_pay_count", int)
_OPEN_BETWEEN: Final = _SQL.values("open_between", UUID)
_GONE: Final = ("", "Someone", None)


class Before(NamedTuple):
    """Where a page begins: after the request of this time and id, the latest first."""

    at: datetime
    id: UUID


async def found(conn: db.Conn, ids: Collection[UUID]) -> dict[UUID, RequestRow]:
    """Read requests by id, whoever asks: for those who act on them, not to be shown."""
    return {r.id: r for r in await _FOUND.all(conn, list(ids))} if ids else {}


async def asked_of(conn: db.Conn, request_id: UUID, requestee_id: UUID) -> Request | None:
    """Read a request to somebody, also across a block: for a key that has paid it before."""
    rows = (await found(conn, [request_id])).values()
    return next(
        iter(await _with_people(conn, [r for r in rows if r.requestee_id == requestee_id])), None
    )


async def requests(conn: db.Conn, ids: Collection[UUID], *, viewer_id: UUID) -> dict[UUID, Request]:
    """Read requests as one of their two people may; what is not there for them is left out."""
    shown = await requests_of_many(conn, [(viewer_id, request_id) for request_id in ids])
    return {request_id: request for (_, request_id), request in shown.items()}


async def requests_of_many(
    conn: db.Conn, wanted: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Request]:
    """Read requests for many viewers, by (viewer, request), as `requests` does for one."""
    rows = await found(conn, {request_id for _, request_id in wanted})
    theirs = [
        (viewer_id, rows[request_id])
        for viewer_id, request_id in wanted
        if request_id in rows
        and viewer_id in (rows[request_id].requester_id, rows[request_id].requestee_id)
    ]
    viewers, others = [v for v, _ in theirs], [_other(r, v) for v, r in theirs]
    ties = await graph.ties(conn, viewers, others) if theirs else []
    blocked = {(t.viewer_id, t.other_id) for t in ties if t.is_blocked}
    there = [
        (v, r) for v, r in theirs if rules.is_there(r, is_blocked=(v, _other(r, v)) in blocked)
    ]
    shown = await _with_people(conn, list({r.id: r for _, r in there}.values()))
    by_id = {r.row.id: r for r in shown}
    return {(viewer_id, row.id): by_id[row.id] for viewer_id, row in there}


async def box(
    conn: db.Conn, viewer_id: UUID, name: Box, *, before: Before, limit: int
) -> list[Request]:
    """List the requests of a box, the latest first; across a block only what was paid is there."""
    hidden = list(await graph.blocked_with(conn, viewer_id))
    rows = await _BOXES[name].all(conn, viewer_id, before.at, before.id, hidden, limit)
    return await _with_people(conn, rows)


async def to_pay_count(conn: db.Conn, viewer_id: UUID) -> int:
    """Count the requests that a person may pay now, of people they know and of strangers."""
    hidden = list(await graph.blocked_with(conn, viewer_id))
    return await _TO_PAY_COUNT.one(conn, viewer_id, hidden)


async def open_between(conn: db.Conn, pairs: Sequence[tuple[UUID, UUID]]) -> list[UUID]:
    """Name the open requests between the two of each pair, whoever asked."""
    return await _OPEN_BETWEEN.all(conn, [a for a, _ in pairs], [b for _, b in pairs])


def view_of(request: Request, viewer_id: UUID, *, now: datetime) -> RequestView:
    """Show a request to one of its two people, with what they may do with it now."""
    return rules.view_of(request, viewer_id, now=now)


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
