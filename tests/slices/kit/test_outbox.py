"""Outbox and consumers: in order, once each, past every fault, and never past a slow writer."""

import asyncio
import json
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quid.kit import clock, db, ids, outbox
from quid.kit.events import Envelope, Event
from tests.slices.kit.telling import (
    KEY,
    TYPE,
    Done,
    Reader,
    effects_of,
    event,
    read_all,
    tell,
)

pytestmark = pytest.mark.usefixtures("effects")


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


async def test_events_of_one_key_keep_their_order_within_a_transaction(
    database: db.Database,
) -> None:
    # Ids of one millisecond are random: so were the events of a payer's two payments in a batch.
    other = ids.new(8, clock.now())
    now = clock.now()
    events = [
        Event("test", TYPE, ("pay", KEY), other if n % 3 == 0 else KEY, now, Done(n))
        for n in range(60)
    ]
    async with database.transaction() as tx:
        await outbox.append(tx, events)
    reader = Reader()
    await read_all(database, reader, 60)
    assert [n for n in reader.taken if n % 3] == [n for n in range(60) if n % 3]
    assert [n for n in reader.taken if n % 3 == 0] == list(range(0, 60, 3))


async def test_each_consumer_reads_all_for_itself(database: db.Database) -> None:
    one, two = Reader("one"), Reader("two")
    await tell(database, 1, 2)
    await read_all(database, one, 2)
    await tell(database, 3)
    await read_all(database, two, 3)
    await read_all(database, one, 3)
    assert one.taken == two.taken == [1, 2, 3]


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
    await forget(database, clock.now() + timedelta(days=29))
    assert await admin.fetchval("select count(*) from kit.inbox") == 1
    await forget(database, clock.now() + timedelta(days=31))
    assert await admin.fetchval("select count(*) from kit.inbox") == 0


async def test_a_month_of_events_is_forgotten_a_little_at_a_time(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    # Once an hour of it was forgotten at once, with the days: it timed out, and no days were made.
    readers = Reader("one"), Reader("two")
    for n in range(5):
        await tell(database, n)
    for reader in readers:
        await read_all(database, reader, 5)
    later = clock.now() + timedelta(days=31)
    await tend(database, later)
    left: list[int] = []
    while not left or left[-1]:
        async with database.transaction() as tx:
            await outbox.forget(tx, now=later, many=2)
        left.append(await admin.fetchval("select count(*) from kit.inbox"))
    assert left == [6, 2, 0]


async def forget(database: db.Database, now: datetime) -> None:
    async with database.transaction() as tx:
        await outbox.forget(tx, now=now)


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
                await tx.execute(f"prepare reading (text, uuid, bigint, text[], bigint) as {read}")
                rows = await tx.fetch(
                    "explain (analyze, buffers) "
                    f"execute reading ('300', '{nobody}', 500, array['x'], 500)"
                )
                await tx.execute("deallocate reading")
            text = "\n".join(str(r[0]) for r in rows)
            assert "Seq Scan" not in text, text
            assert "->  Sort" not in text, text  # it merges the days as they are
            assert "rows=500" in text.splitlines()[0], text
