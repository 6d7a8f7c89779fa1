"""Feed, inbox, deliveries and frames are made of events: once each, whatever befalls the makers.

Events come twice, in another order, in other pages, all at once after an hour; the end is the same.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quid.entrypoints.worker import CONSUMERS
from quid.kit import clock, db, ids
from quid.kit.events import Envelope
from quid.kit.runtime import Runtime
from quid.social.types import FeedItem
from tests.slices.projections.history import History
from tests.support.feeds import catch_up, feed_of, ids_of
from tests.support.people import Someone

ROWS = {
    "notices": """select id, user_id, kind, at, actor_id, subject_id, comment_id, amount_minor,
      is_listed from notifications.notification order by id""",
    "merged": "select id, count from notifications.notification order by id",
    "deliveries": """select id, notification_id, channel, device_id, state
      from notifications.delivery order by id""",
    "frames": "select user_id, n, type, subject_id from notifications.frame order by 1, 2",
    "requests": "select id, state, payment_id from collect.request order by id",
}
PROJECTIONS = ("notifications.frame", "notifications.delivery", "notifications.notification")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
async def listeners(admin: asyncpg.Connection, town: list[Someone]) -> list[Someone]:
    """All of them have a socket open, and a phone."""
    now = clock.now()
    people = [who.id for who in town]
    await admin.execute(
        "insert into notifications.stream (user_id, seen_at) select unnest($1::uuid[]), $2",
        people,
        now,
    )
    await admin.execute(
        """insert into notifications.device (id, user_id, kind, token, token_hash, label,
          created_at)
        select i, u, 'fcm', 'sealed', decode(md5(u::text), 'hex'), 'phone', $3
        from unnest($1::uuid[], $2::uuid[]) x (i, u)""",
        [ids.new(0, now) for _ in people],
        people,
        now,
    )
    return town


async def rows(admin: asyncpg.Connection, *but: str) -> Rows:
    """Read everything that consumers have made."""
    found = {what: await admin.fetch(sql) for what, sql in ROWS.items() if what not in but}
    return {what: [tuple(r) for r in many] for what, many in found.items()}


async def timelines(admin: asyncpg.Connection) -> set[tuple[UUID, UUID]]:
    """Read who may find what."""
    found = await admin.fetch("select viewer_id, payment_id from social.timeline")
    assert len({tuple(r) for r in found}) == len(found)
    return {(r[0], r[1]) for r in found}


async def feeds(town: Sequence[Someone]) -> dict[str, list[FeedItem]]:
    """Read everybody's feed to its end."""
    return {who.handle: await feed_of(who) for who in town}


async def numbered_without_holes(admin: asyncpg.Connection) -> None:
    """Require that each stream counts 1, 2, 3, … to its newest."""
    wrong = await admin.fetch(
        """select s.user_id, s.last, count(f.n), max(f.n) from notifications.stream s
        left join notifications.frame f using (user_id) group by s.user_id, s.last
        having s.last <> count(f.n) or s.last <> coalesce(max(f.n), 0)"""
    )
    assert wrong == []


@pytest.mark.parametrize("seed", [1, 2])
async def test_events_that_come_again_change_nothing(
    house: Runtime, admin: asyncpg.Connection, listeners: list[Someone], seed: int
) -> None:
    history = History(house, listeners, seed)
    for _ in range(4):
        await history.go_on(15)
        await catch_up(house, admin, CONSUMERS)
    before, hints, read = await rows(admin), await timelines(admin), await feeds(listeners)
    assert all((hints, *before.values())), {what: len(many) for what, many in before.items()}
    await numbered_without_holes(admin)

    await admin.execute("update kit.outbox_cursor set xid = '0', id = $1", UUID(int=0))
    await catch_up(house, admin, CONSUMERS)

    assert await rows(admin) == before
    assert await timelines(admin) >= hints  # who was a friend once may find more, and sees it not
    assert await feeds(listeners) == read


async def test_events_that_come_again_to_an_inbox_that_has_forgotten_tell_nobody_twice(
    house: Runtime, admin: asyncpg.Connection, listeners: list[Someone]
) -> None:
    await History(house, listeners, 3, is_peaceful=True).go_on(60)
    await catch_up(house, admin, CONSUMERS)
    before = await rows(admin, "merged", "frames")

    await admin.execute("update kit.outbox_cursor set xid = '0', id = $1", UUID(int=0))
    await admin.execute("delete from kit.inbox")
    await catch_up(house, admin, CONSUMERS)

    assert await rows(admin, "merged", "frames") == before
    await numbered_without_holes(admin)


@pytest.mark.parametrize("seed", [4, 5, 6])
async def test_in_any_order_and_any_pages_the_end_is_the_same(
    house: Runtime, admin: asyncpg.Connection, listeners: list[Someone], seed: int
) -> None:
    history = History(house, listeners, seed, is_peaceful=True)
    chance = history.chance
    for _ in range(3):
        await history.go_on(25)
        await catch_up(house, admin, CONSUMERS)
    lived, read = await rows(admin, "frames"), await feeds(listeners)
    assert sum(len(items) for items in read.values()) > 10

    for table in PROJECTIONS:
        await admin.execute(f"delete from {table}")
    await admin.execute("delete from social.timeline")
    await admin.execute("update notifications.stream set last = 0")
    envelopes = [
        msgspec.json.decode(r["payload"], type=Envelope)
        for r in await admin.fetch("select payload from kit.outbox order by id")
    ]
    chance.shuffle(envelopes)
    while envelopes:
        many = chance.randrange(1, 8)
        page, envelopes = envelopes[:many], envelopes[many:]
        for consumer in chance.sample(CONSUMERS, len(CONSUMERS)):
            if wanted := [e for e in page if e.type in consumer.types]:
                async with house.part(db.Database).transaction() as tx:
                    after = await consumer.handle(tx, wanted)
                if after is not None:
                    await after()

    assert await rows(admin, "frames") == lived
    again = await feeds(listeners)
    assert {h: ids_of(i) for h, i in again.items()} == {h: ids_of(i) for h, i in read.items()}
    assert again == read
    await numbered_without_holes(admin)


async def test_an_hour_of_events_at_once_is_an_hour_of_them_one_by_one(
    house: Runtime, admin: asyncpg.Connection, listeners: list[Someone]
) -> None:
    await History(house, listeners, 7, is_peaceful=True).go_on(1000)
    assert await admin.fetchval("select count(*) from kit.outbox") > 500  # more than a page
    await catch_up(house, admin, CONSUMERS)

    for who in listeners:
        mine = ids_of(await feed_of(who, "mine"))
        assert mine
        assert len(set(mine)) == len(mine)
        timeline = ids_of(await feed_of(who))
        assert set(mine) <= set(timeline)
        assert len(set(timeline)) == len(timeline)
    await numbered_without_holes(admin)
    double = await admin.fetch(
        """select user_id, kind, subject_id, count(*) from notifications.notification
        where kind in ('payment_received', 'payment_sent', 'request_received', 'request_paid')
        group by 1, 2, 3 having count(*) > 1"""
    )
    assert double == []
