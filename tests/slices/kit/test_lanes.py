"""Lanes and their batches on a real PostgreSQL: killed, cut off, frozen, locked, restarted."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from quid.kit.batching import Limits
from quid.kit.db import LANE_LOCK_CLASS, Database, Lane, Options
from quid.kit.errors import DatabaseUnavailable, InternalFault, Overloaded
from tests.slices.kit.proxy import postgres_wire, until
from tests.slices.kit.tally import LOCK, Item, Office, Tally, assert_whole, open_office
from tests.support.database import connected

ONE = Limits(lanes=1, handler=5, give_up=5)


async def ask(office: Office, *items: Item) -> list[int | BaseException]:
    async with asyncio.timeout(20):
        return await asyncio.gather(
            *(office.batcher.submit(i) for i in items), return_exceptions=True
        )


async def backend(office: Office) -> int:
    lane = office.lanes[0]
    rows = await lane.conn().fetch("select pg_backend_pid()")
    assert isinstance(rows[0][0], int)
    return rows[0][0]


@asynccontextmanager
async def holding(url: str, account: int) -> AsyncIterator[None]:
    """Somebody else holds an account's row."""
    async with connected(url) as other, other.transaction():
        await other.execute(LOCK, [account])
        yield


async def test_batches_have_their_effects_once(db_url: str, admin: asyncpg.Connection) -> None:
    async with open_office(db_url, admin, Limits(lanes=2)) as office:
        items = [Item(n, n % 7) for n in range(300)]
        assert await ask(office, *items) == list(range(300))
        assert await ask(office, *items) == list(range(300))
        await assert_whole(admin, 300)
        assert max(len(c) for c in office.desk.calls) == 100


async def test_a_server_that_isolates_otherwise_is_not_followed(
    db_url: str, admin: asyncpg.Connection
) -> None:
    # Under "repeatable read" no statement sees what has committed while another waited for a lock.
    name = await admin.fetchval("select current_database()")
    await admin.execute(
        f"alter database {name} set default_transaction_isolation = 'repeatable read'"
    )
    database = Database(Options(db_url))
    await database.open()
    lane = await database.lane("test")
    asked = "select current_setting('transaction_isolation')"
    async with database.transaction() as tx:
        assert [r[0] for r in await tx.fetch(asked)] == ["read committed"]
    async with lane.transaction() as tx:
        assert [r[0] for r in await tx.fetch(asked)] == ["read committed"]
    await lane.drop()
    await database.close()


async def test_a_real_poison_is_found(db_url: str, admin: asyncpg.Connection) -> None:
    async with open_office(db_url, admin, ONE) as office:
        answers = await ask(office, *(Item(n, n % 7, weight=int(n != 13)) for n in range(32)))
        assert [n for n, a in enumerate(answers) if isinstance(a, InternalFault)] == [13]
        assert len(office.desk.calls) <= 2 * 5 + 1
        await assert_whole(admin, 31)


async def test_a_backend_killed_between_batches_is_replaced(
    db_url: str, admin: asyncpg.Connection
) -> None:
    async with open_office(db_url, admin, ONE) as office:
        for n in range(5):
            await admin.execute("select pg_terminate_backend($1, 5000)", await backend(office))
            assert await ask(office, Item(n)) == [n]
        await assert_whole(admin, 5)


async def test_a_backend_killed_in_a_transaction_has_its_batch_sent_again(
    db_url: str, admin: asyncpg.Connection
) -> None:
    class Dying(Tally):
        async def handle(self, lane: Lane, items: list[Item]) -> list[int]:
            if len(self.calls) < 3:
                self.calls.append(items)
                async with lane.transaction() as tx:
                    await tx.execute("insert into public.tally values (99, 0, 1)")
                    (row,) = await tx.fetch("select pg_backend_pid()")
                    await admin.execute("select pg_terminate_backend($1, 5000)", row[0])
            return await Tally.handle(self, lane, items)

    async with open_office(db_url, admin, ONE, Dying()) as office:
        assert await ask(office, Item(1), Item(2)) == [1, 2]
        assert len(office.desk.calls) == 4
        await assert_whole(admin, 2)


@pytest.mark.parametrize("when", ["cut_before", "cut_after"])
async def test_a_connection_lost_at_the_commit_has_one_effect(
    db_url: str, admin: asyncpg.Connection, when: str
) -> None:
    async with postgres_wire(db_url) as (wire, url), open_office(url, admin, ONE) as office:
        for n in range(0, 9, 3):
            setattr(wire, when, lambda data: b"COMMIT;" in data)
            assert await ask(office, Item(n), Item(n + 1), Item(n + 2)) == [n, n + 1, n + 2]
        assert wire.cuts == 3
        assert len(office.desk.calls) == 6
        await assert_whole(admin, 9)


async def test_a_lane_with_no_database_says_what_it_knows(
    db_url: str, admin: asyncpg.Connection
) -> None:
    limits = Limits(lanes=1, give_up=0.2)
    async with postgres_wire(db_url) as (wire, url), open_office(url, admin, limits) as office:
        (wire.folder / ".s.PGSQL.5432").rename(wire.folder / "away")
        wire.cut_after = lambda data: b"COMMIT;" in data
        (unknown,) = await ask(office, Item(1))
        assert isinstance(unknown, DatabaseUnavailable)
        assert unknown.money_moved == "unknown"
        (unsent,) = await ask(office, Item(2))
        assert isinstance(unsent, DatabaseUnavailable)
        assert unsent.money_moved == "no"
        (wire.folder / "away").rename(wire.folder / ".s.PGSQL.5432")
        assert await ask(office, Item(1), Item(2)) == [1, 2]
        await assert_whole(admin, 2)


async def test_a_row_locked_by_someone_else_delays_only_its_own_item(
    db_url: str, admin: asyncpg.Connection
) -> None:
    async with open_office(db_url, admin, ONE) as office:
        async with holding(db_url, 3):
            answers = await ask(office, *(Item(n, n % 5) for n in range(10)))
            held = [n for n, a in enumerate(answers) if isinstance(a, Overloaded)]
            assert held == [3, 8]
            await assert_whole(admin, 8)
        assert await ask(office, Item(3, 3), Item(8, 3)) == [3, 8]
        await assert_whole(admin, 10)


async def test_a_row_that_is_no_account_is_waited_for(
    db_url: str, admin: asyncpg.Connection
) -> None:
    async with open_office(db_url, admin, ONE) as office:
        async with connected(db_url) as other, other.transaction():
            await other.execute("insert into public.tally values (1, 0, 1)")
            asked = asyncio.create_task(ask(office, Item(1), Item(2)))

            async def is_sent_again() -> bool:
                return len(office.desk.calls) > 1

            await until(is_sent_again)
            assert not asked.done()
            await other.execute("delete from public.tally where id = 1")
        assert await asked == [1, 2]
        await assert_whole(admin, 2)


async def test_a_frozen_backend_loses_its_batch_to_another(
    db_url: str, admin: asyncpg.Connection
) -> None:
    limits = Limits(lanes=1, handler=0.3, give_up=5)
    async with open_office(db_url, admin, limits) as office:
        frozen = await backend(office)
        os.kill(frozen, signal.SIGSTOP)
        try:
            assert await ask(office, Item(1), Item(2)) == [1, 2]
            assert await backend(office) != frozen
        finally:
            os.kill(frozen, signal.SIGCONT)
        await assert_whole(admin, 2)


async def test_what_a_frozen_backend_holds_is_in_doubt_until_it_moves_again(
    db_url: str, admin: asyncpg.Connection
) -> None:
    class Freezing(Tally):
        frozen = 0

        async def handle(self, lane: Lane, items: list[Item]) -> list[int]:
            if not self.frozen:
                async with lane.transaction() as tx:
                    await tx.fetch(LOCK, [0])
                    (row,) = await tx.fetch("select pg_backend_pid()")
                    assert isinstance(row[0], int)
                    self.frozen = row[0]
                    os.kill(self.frozen, signal.SIGSTOP)
                    await tx.execute("update public.account set total = 7 where id = 0")
            return await Tally.handle(self, lane, items)

    desk = Freezing()
    limits = Limits(lanes=1, handler=0.3, give_up=5)
    async with open_office(db_url, admin, limits, desk) as office:
        try:
            held, free = await ask(office, Item(1, 0), Item(2, 1))
            assert isinstance(held, DatabaseUnavailable)
            assert held.money_moved == "unknown"
            assert free == 2
        finally:
            os.kill(desk.frozen, signal.SIGCONT)

        async def is_answered() -> bool:
            return (await ask(office, Item(1, 0)))[0] == 1

        await until(is_answered)
        await assert_whole(admin, 2)


async def test_each_lane_has_a_number_of_its_own_and_gives_it_back(
    database: Database, admin: asyncpg.Connection
) -> None:
    lanes = [await database.lane("x") for _ in range(4)]
    assert [lane.number for lane in lanes] == [1, 2, 3, 4]
    await lanes[1].drop()
    await _freed(admin, 2)
    again = await database.lane("x")
    assert again.number == 2
    await again.connect()  # a lane that connects anew gives up its old number
    for lane in [*lanes, again]:
        await lane.drop()
    for number in range(1, 5):
        await _freed(admin, number)


async def _freed(admin: asyncpg.Connection, number: int) -> None:
    """Poll until nobody holds the number."""
    held = """select count(*) from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory'
        and l.classid::bigint = $1 and l.objid::bigint = $2"""

    async def is_free() -> bool:
        return not await admin.fetchval(held, LANE_LOCK_CLASS, number)

    await until(is_free)


async def test_the_last_lane_is_refused(database: Database, admin: asyncpg.Connection) -> None:
    await admin.execute(
        "select pg_advisory_lock($1, n) from generate_series(1, 1023) n", LANE_LOCK_CLASS
    )
    with pytest.raises(DatabaseUnavailable, match="QUID_LANES"):
        await database.lane("x")


async def test_a_dropped_lane_can_be_asked_and_says_so(database: Database) -> None:
    lane = await database.lane("x")
    await lane.drop()
    assert not lane.is_connected
    with pytest.raises(ConnectionError):
        lane.conn()
    with pytest.raises(ConnectionError):
        async with lane.transaction():
            pass
