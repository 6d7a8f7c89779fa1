"""Consumers that fail, are lost, are two, or are told to stop: once each, and nobody is skipped."""

import asyncio
import json
from dataclasses import replace

import asyncpg
import pytest

from quid.kit import clock, db, ids, outbox
from quid.kit.events import Envelope, Event
from tests.slices.kit.proxy import until
from tests.slices.kit.telling import (
    KEY,
    TYPE,
    Other,
    Reader,
    effects_of,
    event,
    following,
    read_all,
    tell,
)

pytestmark = pytest.mark.usefixtures("effects")


async def test_a_consumer_that_fails_has_done_nothing(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    def trip(_: list[int]) -> None:
        raise ValueError

    await tell(database, 1, 2)
    reader = Reader()
    await read_all(database, reader, 2)
    await tell(database, 3)
    reader.tripping = trip

    async def has_failed() -> bool:
        try:
            await outbox.consume(database, reader.consumer)
        except ValueError:
            return True
        return False

    await until(has_failed)
    assert await effects_of(admin) == [1, 2]
    reader.tripping = lambda _: None
    await read_all(database, reader, 3)
    assert await effects_of(admin) == [1, 2, 3]


async def test_a_poisoned_event_is_parked_and_the_rest_flows(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    def trip(numbers: list[int]) -> None:
        if 13 in numbers:
            raise ValueError("unlucky")

    reader = Reader(tripping=trip)
    await tell(database, *range(30))
    async with following(database, reader.consumer):

        async def has_the_rest() -> bool:
            return len(await effects_of(admin)) == 29

        await until(has_the_rest)
    assert await effects_of(admin) == [n for n in range(30) if n != 13]
    assert reader.taken == [n for n in range(30) if n != 13]
    assert reader.batches.count([13]) == 3  # once, and twice again in place
    parked = await admin.fetchrow("select * from kit.parked_event")
    assert parked is not None
    assert json.loads(parked["payload"])["data"] == {"n": 13}
    assert (parked["consumer"], parked["tries"]) == ("reader", 3)
    assert "unlucky" in parked["error"]


async def test_a_page_that_takes_too_long_is_taken_in_pieces(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    def trip(numbers: list[int]) -> None:
        if len(numbers) > 3:
            raise TimeoutError

    reader = Reader(tripping=trip)
    await tell(database, *range(30))
    async with following(database, reader.consumer):

        async def has_all() -> bool:
            return len(await effects_of(admin)) == 30

        await until(has_all)
    assert reader.taken == [*range(30)]


async def test_a_consumer_takes_no_more_at_once_than_it_says(database: db.Database) -> None:
    reader = Reader()
    for n in range(10):
        await tell(database, n)
        await tell(database, n, kind="test.other.v1")
    few = replace(reader.consumer, read_max=4)

    async def is_read() -> bool:
        await outbox.consume(database, few)
        return len(reader.taken) == 10

    await until(is_read)
    assert reader.taken == [*range(10)]
    assert max(map(len, reader.batches)) <= 4


@pytest.mark.parametrize(
    ("quick", "sizes"),
    [
        ((1e9, 1e9), [4, 8, 16, 32, 32, 8]),  # all was quick; never more than eight times as many
        ((0.0, 0.0), [4, 2, *[1] * 94]),  # all took long
    ],
)
async def test_a_follower_takes_more_at_once_of_what_is_quick_and_less_of_what_is_not(
    quick: tuple[float, float],
    sizes: list[int],
    database: db.Database,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "_SHORT_SECONDS", quick[0])
    monkeypatch.setattr(outbox, "_LONG_SECONDS", quick[1])
    reader = Reader()
    async with database.transaction() as tx:
        await outbox.append(tx, [event(n) for n in range(100)])
    async with following(database, replace(reader.consumer, read_max=4)):

        async def has_all() -> bool:
            return len(await effects_of(admin)) == 100

        await until(has_all)
    assert [len(batch) for batch in reader.batches] == sizes


async def test_a_failure_that_passes_parks_nothing(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    failures = iter(range(2))

    def trip(numbers: list[int]) -> None:
        if 1 in numbers and next(failures, None) is not None:
            raise ValueError("not now")

    reader = Reader(tripping=trip)
    await tell(database, 1, 2)
    async with following(database, reader.consumer):

        async def has_all() -> bool:
            return await effects_of(admin) == [1, 2]

        await until(has_all)
    assert await admin.fetchval("select count(*) from kit.parked_event") == 0


@pytest.mark.spoils("an envelope that nobody can read is written by hand")
async def test_what_cannot_be_read_is_parked_at_once(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    reader = Reader()
    async with database.transaction() as tx:
        await tx.execute(
            "insert into kit.outbox (id, topic, key, type, payload) "
            "values ($1, 'test', 'k', $2, 'no')",
            ids.new(1, clock.now()),
            TYPE,
        )
        wrong = Event("test", TYPE, ("pay", KEY), KEY, clock.now(), Other("x"))
        await outbox.append(tx, [wrong, event(3)])
    async with following(database, reader.consumer, retry_seconds=(60, 60)):

        async def is_done() -> bool:  # events of one moment have no order of their own
            parked = await admin.fetchval("select count(*) from kit.parked_event")
            return parked == 2 and await effects_of(admin) == [3]

        await until(is_done)
    tries = [r["tries"] for r in await admin.fetch("select tries from kit.parked_event")]
    assert tries == [1, 1]


async def test_a_lost_database_ends_no_consumer_and_parks_nothing(
    db_url: str, database: db.Database, admin: asyncpg.Connection
) -> None:
    # Once the worker ended when the database was away for as long as an event is tried.
    lost = db.Database(db.Options(db_url, name="lost"))
    await lost.open()
    reader = Reader()
    async with following(lost, reader.consumer, retry_seconds=()):
        for n in range(3):
            await admin.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where application_name = 'lost' and datname = current_database()"
            )
            await tell(database, n)

            async def has_it(n: int = n) -> bool:
                return n in await effects_of(admin)

            await until(has_it)
        await lost.close()  # every call fails from here on
        await asyncio.sleep(0.3)
    assert await admin.fetchval("select count(*) from kit.parked_event") == 0


async def test_two_processes_share_the_work_and_double_nothing(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    def trip(numbers: list[int]) -> None:
        if any(n % 20 == 7 for n in numbers):
            raise ValueError("a poisoned one")

    readers = [Reader(tripping=trip) for _ in range(2)]
    good = [n for n in range(60) if n % 20 != 7]
    async with following(database, *(r.consumer for r in readers)):
        await tell(database, *range(60))

        async def has_all() -> bool:
            return len(await effects_of(admin)) >= len(good)

        await until(has_all, seconds=20)
    assert await effects_of(admin) == good
    parked = await admin.fetch("select payload from kit.parked_event")
    assert sorted(json.loads(p["payload"])["data"]["n"] for p in parked) == [7, 27, 47]


async def test_what_another_process_has_taken_meanwhile_is_not_parked(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    # Once the next event was parked in the place of the one that failed.
    failed = asyncio.Event()

    def trip(_: list[int]) -> None:
        failed.set()
        raise ValueError

    slow, quick = Reader(tripping=trip), Reader()
    await tell(database, 1)
    async with following(database, slow.consumer, retry_seconds=(0.2, 0)):
        await failed.wait()
        await read_all(database, quick, 1)
        await tell(database, 2)

        async def is_parked() -> bool:
            return bool(await admin.fetchval("select count(*) from kit.parked_event"))

        await until(is_parked)
    [parked] = await admin.fetch("select payload from kit.parked_event")
    assert json.loads(parked["payload"])["data"] == {"n": 2}
    assert slow.batches.count([2]) == 4  # in its batch, and three times alone
    assert await effects_of(admin) == [1]


async def test_one_process_reads_at_a_time_and_the_other_does_not_wait(
    database: db.Database,
) -> None:
    reading, leave = asyncio.Event(), asyncio.Event()

    async def slowly(_tx: db.Tx, _envelopes: list[Envelope]) -> None:
        reading.set()
        await leave.wait()

    other = Reader()
    await outbox.consume(database, other.consumer)  # the cursor stands from the first time on
    await tell(database, 1)
    stop = asyncio.Event()
    slow = outbox.Consumer("reader", frozenset({TYPE}), slowly)
    following_it = asyncio.create_task(outbox.follow(database, slow, stop))
    await reading.wait()
    try:
        async with asyncio.timeout(1.5):  # less than the wait for a lock
            assert await outbox.consume(database, other.consumer) == 0
        assert other.batches == []
    finally:
        stop.set()
        leave.set()
        await following_it


async def test_a_parked_event_is_not_taken_again_when_all_is_read_anew(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    def trip(numbers: list[int]) -> None:
        if 1 in numbers:
            raise ValueError

    reader = Reader(tripping=trip)
    await tell(database, 1, 2)
    async with following(database, reader.consumer):

        async def has_all() -> bool:
            return await effects_of(admin) == [2]

        await until(has_all)
    await admin.execute("update kit.outbox_cursor set system_id = 'restored'")
    await tell(database, 3)
    await read_all(database, reader, 2)
    assert reader.taken == [2, 3]


async def test_a_stop_is_heard_while_an_event_is_tried_again(database: db.Database) -> None:
    failed = asyncio.Event()

    def trip(_: list[int]) -> None:
        failed.set()
        raise ValueError

    await tell(database, 1)
    async with asyncio.timeout(10):
        reader = Reader(tripping=trip)
        async with following(database, reader.consumer, retry_seconds=(60,)):
            await failed.wait()


async def test_what_waits_for_the_commit_is_done_after_it_and_may_fail(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    seen: list[list[int]] = []
    reader = Reader()

    async def after() -> None:
        seen.append(await effects_of(admin))  # another connection: it sees what is committed
        raise OSError("Valkey is away")

    async def handle(tx: db.Tx, envelopes: list[Envelope]) -> outbox.After:
        await reader.consumer.handle(tx, envelopes)
        return after

    consumer = outbox.Consumer(reader.consumer.name, reader.consumer.types, handle)
    await tell(database, 1, 2)

    async def is_done() -> bool:
        await outbox.consume(database, consumer)
        return bool(seen)

    await until(is_done)
    assert seen == [[1, 2]]
    assert await effects_of(admin) == [1, 2]
