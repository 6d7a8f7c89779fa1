"""Outbox and consumers: in order, once each, past every fault, and never past a slow writer."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quid.kit import clock, db, ids, outbox
from quid.kit.events import Envelope, Event
from tests.slices.kit.proxy import until

KEY = ids.new(7, datetime(2026, 3, 2, tzinfo=UTC))
TYPE = "test.thing_done.v1"


class Done(msgspec.Struct, frozen=True):
    n: int


class Other(msgspec.Struct, frozen=True):
    m: str


def event(n: int, *, kind: str = TYPE) -> Event:
    return Event("test", kind, ("pay", KEY), KEY, clock.now(), Done(n))


async def tell(database: db.Database, *numbers: int, kind: str = TYPE) -> None:
    """One transaction for each number."""
    for n in numbers:
        async with database.transaction() as tx:
            await outbox.append(tx, [event(n, kind=kind)])


@dataclass(slots=True)
class Reader:
    """A consumer that keeps what it is handed, and trips over what it is told to."""

    name: str = "reader"
    taken: list[int] = field(default_factory=list)
    batches: list[list[int]] = field(default_factory=list)
    tripping: Callable[[list[int]], None] = lambda _: None

    async def handle(self, tx: db.Tx, envelopes: list[Envelope]) -> None:
        numbers = [msgspec.json.decode(e.data, type=Done).n for e in envelopes]
        self.batches.append(numbers)
        self.tripping(numbers)
        await tx.execute(
            "insert into public.effect select $1::text, n from pg_catalog.unnest($2::int[]) n",
            self.name,
            numbers,
        )
        self.taken += numbers

    @property
    def consumer(self) -> outbox.Consumer:
        return outbox.Consumer(self.name, frozenset({TYPE}), self.handle)


@pytest.fixture(autouse=True)
async def effects(admin: asyncpg.Connection) -> None:
    await admin.execute(
        "create table public.effect (reader text, n int); grant insert on public.effect to quid_app"
    )


async def effects_of(admin: asyncpg.Connection) -> list[int]:
    return [r["n"] for r in await admin.fetch("select n from public.effect order by n")]


@asynccontextmanager
async def following(
    database: db.Database, *consumers: outbox.Consumer, retry_seconds: tuple[float, ...] = (0, 0)
) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for c in consumers:
            group.create_task(outbox.follow(database, c, stop, retry_seconds=retry_seconds))
        try:
            yield stop
        finally:
            stop.set()


# Another test's writer in the same server holds the horizon back: what is committed is not yet
# readable. So a test reads until it has all, and not once.
async def read_all(database: db.Database, reader: Reader, many: int) -> None:
    async def has_all() -> bool:
        await outbox.consume(database, reader.consumer)
        return len(reader.taken) >= many

    await until(has_all)


async def test_events_are_read_once_and_in_order(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    reader = Reader()
    await tell(database, *range(20))
    await tell(database, 99, kind="test.something_else.v1")
    await read_all(database, reader, 20)
    await tell(database, *range(20, 25))
    await read_all(database, reader, 25)
    assert reader.taken == list(range(25)) == await effects_of(admin)


async def test_what_was_rolled_back_was_never_said(database: db.Database) -> None:
    async def spoil() -> None:
        async with database.transaction() as tx:
            await outbox.append(tx, [event(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await spoil()
    await tell(database, 2)
    reader = Reader()
    await read_all(database, reader, 1)
    assert reader.taken == [2]


async def test_a_slow_writer_is_waited_for_and_not_skipped(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    reader = Reader()
    async with database.transaction() as slow:
        await outbox.append(slow, [event(1)])
        await asyncio.create_task(tell(database, 2, 3), context=Context())
        for _ in range(3):
            await asyncio.create_task(outbox.consume(database, reader.consumer), context=Context())
        assert reader.taken == []
    await read_all(database, reader, 3)
    assert reader.taken == [1, 2, 3] == await effects_of(admin)


async def test_each_consumer_reads_all_for_itself(database: db.Database) -> None:
    one, two = Reader("one"), Reader("two")
    await tell(database, 1, 2)
    await read_all(database, one, 2)
    await tell(database, 3)
    await read_all(database, two, 3)
    await read_all(database, one, 3)
    assert one.taken == two.taken == [1, 2, 3]


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

        async def has_the_rest() -> bool:
            return await effects_of(admin) == [3]

        await until(has_the_rest)
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


async def test_another_cluster_starts_again_and_the_inbox_drops_what_was_done(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    reader = Reader()
    await tell(database, 1, 2, 3)
    await read_all(database, reader, 3)
    await admin.execute("update kit.outbox_cursor set system_id = 'restored', xid = '99999999'")
    await tell(database, 4)
    await read_all(database, reader, 4)
    assert reader.taken == [1, 2, 3, 4]
    system = await admin.fetchval("select system_identifier::text from pg_control_system()")
    assert await admin.fetchval("select system_id from kit.outbox_cursor") == system


async def test_the_envelope_is_a_cloud_event(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    at = datetime(2026, 3, 2, 12, 0, 0, 123456, UTC)
    async with database.transaction() as tx:
        told = Event("payments", TYPE, ("pay", KEY), KEY, at, Done(1), version=3)
        await outbox.append(tx, [told])
    row = await admin.fetchrow("select * from kit.outbox")
    assert row is not None
    body = json.loads(row["payload"])
    assert body == {
        "specversion": "1.0",
        "id": ids.show("evt", row["id"]),
        "source": "quid/payments",
        "type": TYPE,
        "subject": ids.show("pay", KEY),
        "time": "2026-03-02T12:00:00.123456Z",
        "datacontenttype": "application/json",
        "partitionkey": KEY.hex,
        "aggregateversion": 3,
        "data": {"n": 1},
    }
    assert (row["topic"], row["key"], row["type"]) == ("payments", KEY.hex, TYPE)
    assert ids.bucket(row["id"]) == ids.bucket(KEY)
    assert msgspec.json.decode(row["payload"], type=Envelope).event_id == row["id"]


def test_an_envelope_with_a_strange_id_says_so() -> None:
    strange = Envelope("42", "quid/x", TYPE, "pay_1", "now", "k", msgspec.Raw(b"{}"))
    with pytest.raises(ValueError, match="42"):
        _ = strange.event_id


async def test_nothing_to_say_is_nothing_written(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        await outbox.append(tx, [])
    assert await admin.fetchval("select count(*) from kit.outbox") == 0
    assert await outbox.consume(database, Reader().consumer) == 0


# --- upkeep ------------------------------------------------------------------------------------


async def days(admin: asyncpg.Connection) -> list[str]:
    rows = await admin.fetch(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
        "where i.inhparent = 'kit.outbox'::regclass order by 1"
    )
    return [r["relname"].removeprefix("outbox_") for r in rows]


async def tend(database: db.Database, now: datetime) -> None:
    async with database.transaction() as tx:
        await outbox.tend(tx, now=now)


async def test_days_are_made_ahead_and_old_ones_dropped(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    today = datetime.now(UTC)  # noqa: TID251 - the template's first days are of the real today
    later = today + timedelta(days=20)
    await tend(database, later)
    found = await days(admin)
    assert found[0] >= f"{later - timedelta(days=7):%Y%m%d}"
    assert found[-1] == f"{later + timedelta(days=14):%Y%m%d}"
    await tend(database, later)
    assert await days(admin) == found
    async with database.read() as conn:
        assert await outbox.days_ahead(conn, now=later) in (14, 15)
    await tend(database, later + timedelta(days=7))
    assert len(await days(admin)) == 22


async def test_a_day_that_a_reader_has_not_passed_is_kept(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    # Once a consumer that stood still for a week lost its events without a word.
    quick, slow = Reader("quick"), Reader("slow")
    await tell(database, 1)
    await read_all(database, slow, 1)
    await tell(database, 2)
    await read_all(database, quick, 2)
    before = await days(admin)
    later = clock.now() + timedelta(days=30)
    await tend(database, later)
    assert f"{clock.now():%Y%m%d}" in set(before) & set(await days(admin))
    await read_all(database, slow, 2)
    await tend(database, later)
    assert f"{clock.now():%Y%m%d}" not in await days(admin)
    assert slow.taken == [1, 2]


async def test_the_inbox_forgets_after_a_month(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    reader = Reader()
    await tell(database, 1)
    await read_all(database, reader, 1)
    await tend(database, clock.now() + timedelta(days=29))
    assert await admin.fetchval("select count(*) from kit.inbox") == 1
    await tend(database, clock.now() + timedelta(days=31))
    assert await admin.fetchval("select count(*) from kit.inbox") == 0


@pytest.mark.spoils("a hundred thousand rows without a real envelope")
async def test_reading_on_is_an_index_scan_however_much_there_is(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await admin.execute(
        """insert into kit.outbox (id, topic, key, type, payload, xid, at)
        select gen_random_uuid(), 't', 'k', 'x', '{}', (1 + n / 150)::text::xid8,
          now() + (n % 3) * interval '1 day'
        from generate_series(1, 100000) n"""
    )
    read = db.REGISTRY["kit", "outbox", "read"].statement.text
    nobody = str(UUID(int=0))
    for analyzed in (False, True):
        if analyzed:
            await admin.execute("analyze kit.outbox")
        for plan in ("force_custom_plan", "force_generic_plan"):
            async with database.transaction() as tx:
                await tx.execute(f"set local plan_cache_mode = {plan}")
                await tx.execute(f"prepare reading (text, uuid, bigint, text[]) as {read}")
                rows = await tx.fetch(
                    "explain (analyze, buffers) "
                    f"execute reading ('300', '{nobody}', 500, array['t'])"
                )
                await tx.execute("deallocate reading")
            text = "\n".join(str(r[0]) for r in rows)
            assert "Seq Scan" not in text, text
            assert "->  Sort" not in text, text  # it merges the days as they are
            assert "rows=500" in text.splitlines()[0], text
