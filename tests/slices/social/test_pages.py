"""Pages of the feed: nothing twice, nothing lost, and what is kept in Valkey is never believed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.identity import service as identity
from quid.kit import clock, db
from quid.kit.cache import Cache
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.social import queries
from quid.social.ports import TimelineStore
from quid.social.queries import pages as feed_pages
from quid.social.store import heads
from quid.social.types import NEWEST, Position, Scope, TimelineRow, Wanted
from tests.support.feeds import befriend, catch_up, feed_of, ids_of, pay
from tests.support.people import People, Someone

MINE_AND_THEIRS: Final[tuple[Scope, ...]] = ("timeline", "mine", "public")


async def page_of(
    viewer: Someone, before: Position, *, limit: int = 3, skip: int = 0, scope: Scope = "timeline"
) -> tuple[list[UUID], Position | None]:
    """Read one page."""
    items, last = await queries.feed(viewer.id, Wanted(scope), before=before, page=(limit, skip))
    return ids_of(items), last


async def pay_often(house: Runtime, payer: Someone, payee: Someone, many: int) -> list[UUID]:
    """Pay, for everybody to see; give the ids, the newest first."""
    made = []
    for _ in range(many):
        payment_id = await pay(house, payer, payee, 1, visibility="public")
        await payments.show_to(payment_id, payee.id, "public", show_amount=None, now=clock.now())
        made.append(payment_id)
    return made[::-1]


@pytest.mark.parametrize("scope", MINE_AND_THEIRS)
async def test_pages_join_while_items_arrive(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection, scope: Scope
) -> None:
    there = await pay_often(house, ana, ben, 8)
    await catch_up(house, admin)
    found, before = await page_of(ana, NEWEST, scope=scope)
    while before is not None:
        await pay_often(house, ana, ben, 1)
        await catch_up(house, admin)
        more, before = await page_of(ana, before, scope=scope)
        found += more
    assert found == there


async def test_what_is_hidden_is_made_good_from_what_follows(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, cal)
    old = await pay_often(house, ana, ben, 3)
    for payment_id in await pay_often(house, ana, ben, 12):
        await payments.show_to(payment_id, ana.id, "private", show_amount=None, now=clock.now())
    [newest] = await pay_often(house, ana, ben, 1)
    await catch_up(house, admin)
    found, more = await page_of(cal, NEWEST)
    assert found == [newest, *old[:2]]
    assert more is not None
    assert await page_of(cal, more) == (old[2:], None)


async def test_a_page_may_be_empty_and_go_on(
    house: Runtime, people: People, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben, cal = [await people.add(h) for h in ("ana", "ben", "cal")]
    await befriend(ben, cal)
    [old] = await pay_often(house, ana, ben, 1)
    for payment_id in await pay_often(house, ana, ben, 20):
        await payments.show_to(payment_id, ana.id, "friends", show_amount=None, now=clock.now())
    await catch_up(house, admin)
    await payments.hide_past(ana.id, "private", now=clock.now())
    await payments.show_to(old, ana.id, "public", show_amount=None, now=clock.now())
    monkeypatch.setattr(feed_pages, "_ROUND_MAX", 2)
    monkeypatch.setattr(feed_pages, "_ROUNDS", 2)
    pages: list[list[UUID]] = []
    before: Position | None = NEWEST
    while before is not None:
        found, before = await page_of(cal, before, limit=1)
        pages.append(found)
    assert pages == [*[[]] * 5, [old]]


async def test_an_offset_counts_nothing_that_is_hidden(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    """By counting, a stranger found out how often two people had paid each other, and when."""
    await befriend(ana, cal)
    there = await pay_often(house, ana, ben, 4)
    await catch_up(house, admin)
    for payment_id in there[1:3]:
        await payments.show_to(payment_id, ana.id, "private", show_amount=None, now=clock.now())
    pages = [(await page_of(cal, NEWEST, limit=1, skip=n))[0] for n in range(3)]
    assert pages == [[there[0]], [there[3]], []]


async def test_an_offset_passes_over_items(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    there = await pay_often(house, ana, ben, 7)
    await catch_up(house, admin)
    for scope in MINE_AND_THEIRS:
        found, more = await page_of(ana, NEWEST, skip=4, limit=2, scope=scope)
        assert found == there[4:6]
        assert more is not None
        assert await page_of(ana, more, limit=2, scope=scope) == (there[6:], None)
        assert await page_of(ana, NEWEST, skip=7, scope=scope) == ([], None)


async def test_times_bound_a_page(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    there = await pay_often(house, ana, ben, 6)
    await catch_up(house, admin)
    times = [i.completed_at for i in await feed_of(ana)]
    for scope in MINE_AND_THEIRS:
        found = await feed_of(ana, scope, since=times[4], until=times[1], limit=2)
        assert ids_of(found) == there[2:5]
        assert await feed_of(ana, scope, until=times[5]) == []
        assert await feed_of(ana, scope, since=times[0] + timedelta(microseconds=1)) == []


# --- what is kept in Valkey --------------------------------------------------------------------


class Counting(TimelineStore):
    """The store itself, and how often it was asked for a page."""

    def __init__(self, inner: TimelineStore) -> None:
        self.inner = inner
        self.pages = 0

    async def add(self, tx: db.Tx, rows: Sequence[TimelineRow]) -> None:
        await self.inner.add(tx, rows)

    async def page(self, viewer_id: UUID, *, before: Position, limit: int) -> list[Position]:
        self.pages += 1
        return await self.inner.page(viewer_id, before=before, limit=limit)

    async def drop(self, viewer_id: UUID) -> None:
        await self.inner.drop(viewer_id)

    async def tend(self, now: datetime) -> None:
        await self.inner.tend(now)


@pytest.fixture
def store(house: Runtime) -> Counting:
    """The store of the house, counted."""
    counting = Counting(house.part(TimelineStore))  # type: ignore[type-abstract]  # a port
    house.put(counting, kind=TimelineStore)
    return counting


async def test_a_head_is_read_once_and_gone_with_the_next_item(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection, store: Counting
) -> None:
    first = await pay_often(house, ana, ben, 2)
    await catch_up(house, admin)
    for _ in range(3):
        assert ids_of(await feed_of(ana)) == first
    assert store.pages == 1
    second = await pay_often(house, ben, ana, 1)
    await catch_up(house, admin)
    for _ in range(2):
        assert ids_of(await feed_of(ana)) == [*second, *first]
    assert store.pages == 2


async def test_a_head_that_was_read_before_an_item_and_kept_after_is_not_believed(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection, store: Counting
) -> None:
    first = await pay_often(house, ana, ben, 1)
    await catch_up(house, admin)
    second: list[UUID] = []

    class Slow(Counting):
        async def page(self, viewer_id: UUID, *, before: Position, limit: int) -> list[Position]:
            found = await super().page(viewer_id, before=before, limit=limit)
            house.put(store, kind=TimelineStore)
            second.extend(await pay_often(house, ana, ben, 1))
            await catch_up(house, admin)
            return found

    house.put(Slow(store.inner), kind=TimelineStore)
    assert ids_of(await feed_of(ana)) == first
    assert ids_of(await feed_of(ana)) == [*second, *first]


async def test_a_page_goes_on_where_the_head_ends(
    house: Runtime, people: People, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    there = await pay_often(house, ana, ben, 25)
    await catch_up(house, admin)
    monkeypatch.setattr(heads, "HEAD", 12)
    for _ in range(2):
        for limit in (1, 5, 6, 20):
            assert ids_of(await feed_of(ana, limit=limit)) == there


async def test_without_valkey_the_feed_is_read_straight(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, cal)
    there = await pay_often(house, ana, ben, 2)
    await catch_up(house, admin)
    assert ids_of(await feed_of(cal)) == there
    nowhere = Cache("redis://127.0.0.1:1/0")
    house.put(nowhere)
    try:
        more = await pay_often(house, ana, ben, 1)
        await catch_up(house, admin)
        assert ids_of(await feed_of(cal)) == [*more, *there]
    finally:
        await nowhere.close()


async def test_a_warm_head_leaks_nothing(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, cal)
    there = await pay_often(house, ana, ben, 2)
    await catch_up(house, admin)
    assert ids_of(await feed_of(cal)) == there
    await payments.show_to(there[0], ben.id, "private", show_amount=None, now=clock.now())
    assert ids_of(await feed_of(cal)) == there[1:]
    await identity.block(ben.id, cal.id, now=clock.now())
    assert await feed_of(cal) == []
    await identity.unblock(ben.id, cal.id, now=clock.now())
    await identity.mute(cal.id, ana.id, now=clock.now())
    assert await feed_of(cal) == []
    await identity.unmute(cal.id, ana.id, now=clock.now())
    assert ids_of(await feed_of(cal)) == there[1:]
    await identity.part(ana.id, cal.id, now=clock.now())
    assert await feed_of(cal) == []
