"""Pages of the feed: positions from a list of ids, each judged before it is shown."""

from datetime import UTC, datetime
from itertools import takewhile
from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.payments import queries as payments
from quid.payments.types import Story
from quid.social.ports import TimelineStore
from quid.social.queries import seeing
from quid.social.store import heads
from quid.social.types import NEWEST, FeedItem, Position, Wanted

_ROUNDS: Final = 5
_ROUND_MAX: Final = 500
_EVER: Final = datetime(1, 1, 1, tzinfo=UTC)


async def feed(
    viewer_id: UUID, wanted: Wanted, *, before: Position, page: tuple[int, int]
) -> tuple[list[FeedItem], Position | None]:
    """Give a page of a feed, newest first; and the last position examined, if there may be more.

    `page` is (limit, offset); both count what the viewer may see alone, for who counts what is
    hidden knows of it. That is made good from what follows, in at most five rounds: then the page
    is short, or empty, and the next one goes on from there. The database is held while judging
    alone: ids may come from elsewhere.
    """
    limit, skip = page
    at, found, rounds = _start(wanted, before), list[Story](), 0
    # A little more than a page: of most lists almost everything may be seen, and one round does.
    many = min((limit + skip) * 5 // 4 + 5, _ROUND_MAX)
    while True:
        rounds += 1
        listed = await _listed(viewer_id, wanted, before=at, limit=many)
        inside = [*takewhile(lambda p: p.at >= (wanted.since or _EVER), listed)]
        is_end = len(inside) < many
        async with runtime.part(db.Database).read() as conn:
            stories = await seeing.visible(conn, viewer_id, [p.id for p in inside], wanted)
            shown = [p for p in inside if p.id in stories]
            taken = shown[skip:][: limit - len(found)]
            skip = max(0, skip - len(shown))
            found += [stories[p.id] for p in taken]
            is_full = len(found) == limit
            if is_full:
                is_end = is_end and taken[-1] == inside[-1]
                at = taken[-1]
            elif inside:
                at = inside[-1]
            if is_full or is_end or rounds == _ROUNDS:
                return await seeing.items(conn, viewer_id, found), None if is_end else at
        many = min(2 * many, _ROUND_MAX)


def _start(wanted: Wanted, before: Position) -> Position:
    """Give where to begin: at the end of the time asked for, or further down."""
    if wanted.until is None or before.at < wanted.until:
        return before
    return Position(wanted.until, UUID(int=0))


async def _listed(
    viewer_id: UUID, wanted: Wanted, *, before: Position, limit: int
) -> list[Position]:
    """List positions before one, newest first; fewer than asked for means no more."""
    if wanted.scope in ("mine", "public"):
        start = payments.Position(before.at, before.id)
        async with runtime.part(db.Database).read() as conn:
            if wanted.scope == "mine":
                listed = await payments.mine(conn, viewer_id, before=start, limit=limit)
            else:
                listed = await payments.public(conn, before=start, limit=limit)
        return [Position(p.at, p.id) for p in listed]
    if before == NEWEST:
        head = await heads.read(viewer_id)
        if head.is_whole or len(head.positions) >= limit:
            return head.positions[:limit]
    store = runtime.part(TimelineStore)  # type: ignore[type-abstract]  # a port
    return await store.page(viewer_id, before=before, limit=limit)
