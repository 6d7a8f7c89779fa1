"""What frames say: read when they are sent, so that each says what its person may see by then.

A frame that says nothing any more is sent as `nothing`: ids have no holes.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from quid.collect import queries as collect
from quid.collect.types import Request
from quid.funding.queries import moves
from quid.identity.queries import graph
from quid.kit import clock, db, ids
from quid.notifications.queries import inbox
from quid.notifications.service.listeners import text_of
from quid.notifications.store.streams import FrameRow
from quid.notifications.types import NoticeView
from quid.payments import queries as payments
from quid.payments.service import CURRENCY
from quid.payments.types import Balance, Payment, Story
from quid.social import queries as social
from quid.social.types import FeedItem

K = TypeVar("K")
W = TypeVar("W")
V = TypeVar("V")
_Pair = tuple[UUID, UUID]
_Told = tuple[str, object]
_NOTHING: Final[_Told] = ("nothing", {})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read for the frames of a round, by (viewer, object) or by person.

    `apart`: payments across a block, which are not there for the viewer, not even to be taken out.
    """

    payments: Mapping[_Pair, Payment]
    balances: Mapping[UUID, Balance]
    requests: Mapping[_Pair, Request]
    items: Mapping[_Pair, FeedItem]
    apart: set[_Pair]
    states: Mapping[_Pair, str]
    notices: Mapping[_Pair, NoticeView]
    unread: Mapping[UUID, int]


async def show(conn: db.Conn, frames: Sequence[FrameRow], *, now: datetime) -> list[str]:
    """Write frames as messages, in order. Each kind of thing is read once for all of them."""
    seen = await _look(conn, frames, now=now)
    texts = []
    for frame in frames:
        tell = _TELLS.get(frame.type)  # none: a newer process has numbered it
        type_, data = tell(frame, seen) if tell else _NOTHING
        texts.append(text_of(frame.n, type_, frame.at, data))
    return texts


async def _look(conn: db.Conn, frames: Sequence[FrameRow], *, now: datetime) -> _Seen:
    asked = _pairs(frames, "payment_request", "request_updated", "request_paid")
    requests = await _read(partial(collect.requests_of_many, conn), asked)
    paid = [(u, r.row.payment_id) for (u, _), r in requests.items() if r.row.payment_id]
    own = {*_pairs(frames, "payment_received", "payment_updated"), *paid}
    items = await _read(
        partial(social.seen_by_many, conn), _pairs(frames, "feed_item", "feed_changed")
    )
    gone = [p for p in _pairs(frames, "feed_changed") if p not in items]
    owners = {f.user_id for f in frames if f.type in ("payment_received", "balance_updated")}
    told = _pairs(frames, "notification")
    counted = {f.user_id for f in frames if f.type in ("notification", "notifications_read")}
    balances = partial(payments.balances, conn, currency=CURRENCY, now=now)
    return _Seen(
        payments=await _read(partial(payments.views, conn), list(own)),
        balances=await _read(balances, owners),
        requests=requests,
        items=items,
        apart=await _apart(conn, gone),
        states=await _read(partial(moves.states, conn), _pairs(frames, "transfer_updated")),
        notices=await _read(partial(inbox.shown, conn), told),
        unread=await _read(partial(inbox.unread, conn), counted),
    )


async def _read(read: Callable[[W], Awaitable[Mapping[K, V]]], wanted: W) -> Mapping[K, V]:
    """Read what is wanted, if anything is."""
    return await read(wanted) if wanted else {}


def _pairs(frames: Iterable[FrameRow], *types: str) -> list[_Pair]:
    """Name for whom the frames of these types are, and what they are about."""
    named = ((f.user_id, f.subject_id) for f in frames if f.type in types)
    return list(dict.fromkeys((u, s) for u, s in named if s is not None))


async def _apart(conn: db.Conn, pairs: Collection[_Pair]) -> set[_Pair]:
    stories: Mapping[UUID, Story] = await _read(
        partial(payments.stories, conn), {payment for _, payment in pairs}
    )
    known = [(viewer, stories[p]) for viewer, p in pairs if p in stories]
    between = {(v, o) for v, s in known for o in (s.payer_id, s.payee_id)}
    viewers, others = [v for v, _ in between], [o for _, o in between]
    ties = await graph.ties(conn, viewers, others) if between else []
    blocked = {(t.viewer_id, t.other_id) for t in ties if t.is_blocked}
    there = {(v, s.id) for v, s in known if not {(v, s.payer_id), (v, s.payee_id)} & blocked}
    return set(pairs) - there


# --- what each type says -----------------------------------------------------------------------


def _pair(frame: FrameRow) -> _Pair:
    return frame.user_id, frame.subject_id or frame.user_id


def _balance(frame: FrameRow, seen: _Seen) -> object:
    found = seen.balances.get(frame.user_id)
    return payments.my_balance_view(found) if found else None


def _payment_received(frame: FrameRow, seen: _Seen) -> _Told:
    payment, balance = seen.payments.get(_pair(frame)), _balance(frame, seen)
    if payment is None or balance is None:
        return _NOTHING
    view = payments.view_of(payment, viewer_id=frame.user_id)
    return frame.type, {"payment": view, "balance": balance}


def _payment_updated(frame: FrameRow, seen: _Seen) -> _Told:
    payment = seen.payments.get(_pair(frame))
    if payment is None:
        return _NOTHING
    view = payments.view_of(payment, viewer_id=frame.user_id)
    return frame.type, {"id": view.id, "state": view.state}


def _balance_updated(frame: FrameRow, seen: _Seen) -> _Told:
    balance = _balance(frame, seen)
    return _NOTHING if balance is None else (frame.type, {"balance": balance})


def _request(frame: FrameRow, seen: _Seen) -> _Told:
    request = seen.requests.get(_pair(frame))
    if request is None:
        return _NOTHING
    return frame.type, {"request": collect.view_of(request, frame.user_id, now=clock.now())}


def _request_paid(frame: FrameRow, seen: _Seen) -> _Told:
    request = seen.requests.get(_pair(frame))
    payment_id = request.row.payment_id if request else None
    payment = seen.payments.get((frame.user_id, payment_id)) if payment_id else None
    if request is None or payment is None:
        return _NOTHING
    view = payments.view_of(payment, viewer_id=frame.user_id)
    return frame.type, {"request_id": ids.show("req", request.row.id), "payment": view}


def _transfer_updated(frame: FrameRow, seen: _Seen) -> _Told:
    state = seen.states.get(_pair(frame))
    if state is None or frame.subject_kind is None or frame.subject_id is None:
        return _NOTHING
    return frame.type, {"id": ids.show(frame.subject_kind, frame.subject_id), "state": state}


def _feed_item(frame: FrameRow, seen: _Seen) -> _Told:
    item = seen.items.get(_pair(frame))
    return _NOTHING if item is None else ("feed_item", {"item": item})


def _feed_changed(frame: FrameRow, seen: _Seen) -> _Told:
    pair = _pair(frame)
    if pair in seen.items or pair in seen.apart or frame.subject_id is None:
        return _feed_item(frame, seen)
    return "feed_removed", {"payment_id": ids.show("pay", frame.subject_id)}


def _feed_stale(_: FrameRow, __: _Seen) -> _Told:
    return "resync", {"reason": "feed"}


def _notification(frame: FrameRow, seen: _Seen) -> _Told:
    notice = seen.notices.get(_pair(frame))
    if notice is None:
        return _NOTHING
    unread = seen.unread.get(frame.user_id, 0)
    return frame.type, {"notification": notice, "unread_count": unread}


def _notifications_read(frame: FrameRow, seen: _Seen) -> _Told:
    return frame.type, {"unread_count": seen.unread.get(frame.user_id, 0)}


_TELLS: Final[Mapping[str, Callable[[FrameRow, _Seen], _Told]]] = {
    "payment_received": _payment_received,
    "payment_updated": _payment_updated,
    "payment_request": _request,
    "request_updated": _request,
    "request_paid": _request_paid,
    "balance_updated": _balance_updated,
    "transfer_updated": _transfer_updated,
    "feed_item": _feed_item,
    "feed_changed": _feed_changed,
    "feed_stale": _feed_stale,
    "notification": _notification,
    "notifications_read": _notifications_read,
}
