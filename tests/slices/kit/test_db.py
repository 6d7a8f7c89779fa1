"""The pool, its sessions and its statements, and what each error of a real server means."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from quid.kit import guards
from quid.kit.config import BadSettings
from quid.kit.db import (
    Command,
    Conn,
    Database,
    Options,
    Outcome,
    Query,
    Statement,
    Tx,
    Value,
    outcome_of,
)
from quid.kit.errors import DatabaseUnavailable, Overloaded
from tests.slices.kit.things import COUNT, TOUCH, rows_of

pytestmark = pytest.mark.usefixtures("thing")


async def test_a_block_that_ends_is_committed(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.execute("insert into public.thing values (3, 0), (4, 0)") == 2
        assert tx.lane == 0
    assert await rows_of(database) == 4


async def test_a_block_that_raises_is_rolled_back(database: Database) -> None:
    async def spoil() -> None:
        async with database.transaction() as tx:
            await tx.execute("insert into public.thing values (3, 0)")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is ours
        await spoil()
    assert await rows_of(database) == 2


async def test_a_caller_that_gives_up_is_rolled_back(database: Database) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as tx:
            await tx.execute("insert into public.thing values (3, 0)")
            inside.set()
            await tx.fetch("select pg_catalog.pg_sleep(4)")

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await rows_of(database) == 2


async def test_a_caller_that_gives_up_on_a_lost_connection_has_given_up(
    database: Database, admin: asyncpg.Connection
) -> None:
    # Once the failing rollback took the place of the cancellation, and the task ran on for ever.
    inside = asyncio.Event()
    pids: list[object] = []

    async def waiting() -> None:
        async with database.transaction() as tx:
            pids.append((await tx.fetch("select pg_catalog.pg_backend_pid()"))[0][0])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(waiting())
    await inside.wait()
    await admin.execute("select pg_terminate_backend($1, 5000)", pids[0])
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_a_savepoint_keeps_the_rest(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("insert into public.thing values (3, 0)")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.savepoint():
                await tx.execute("insert into public.thing values (4, 0), (1, 0)")
        await tx.execute("insert into public.thing values (5, 0)")
    assert await rows_of(database) == 4


async def test_a_command_never_opens_a_second_transaction(database: Database) -> None:
    lane = await database.lane("x")
    for second in (database.transaction, lane.transaction):
        with pytest.raises(guards.BrokenRule):
            async with database.transaction(), second():
                pass
        with pytest.raises(guards.BrokenRule):
            async with lane.transaction(), second():
                pass
    async with lane.transaction() as tx:
        assert tx.lane == lane.number
    assert lane.commits == 1
    async with database.transaction():
        guards_hold = guards.BrokenRule
        with pytest.raises(guards_hold):
            guards.forbid_in_transaction("a call to a bank")
    guards.forbid_in_transaction("a call to a bank")
    await lane.drop()


async def test_a_transaction_of_one_task_is_not_another_ones(database: Database) -> None:
    async def other() -> None:
        async with database.transaction() as tx:
            await tx.execute(TOUCH, 2)

    task = asyncio.create_task(other())
    async with database.transaction() as tx:
        await tx.execute(TOUCH, 1)
        await task


SESSION = {
    "role": "quid_app",
    "search_path": "",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "application_name": "test",
}


async def session(conn: Conn) -> dict[str, object]:
    rows = await conn.fetch(
        "select x, pg_catalog.current_setting(x) from pg_catalog.unnest($1::text[]) x",
        list(SESSION),
    )
    return {str(row[0]): row[1] for row in rows}


async def test_a_session_has_its_role_and_its_limits(database: Database) -> None:
    for _ in range(3):  # the pool's reset between uses must not lose them
        async with database.read() as conn:
            assert await session(conn) == SESSION
            [row] = await conn.fetch("select current_user")
            assert row[0] == "quid_app"
    lane = await database.lane("pay")
    wanted = SESSION | {"lock_timeout": "200ms", "application_name": "test:pay"}
    assert await session(lane.conn()) == wanted
    await lane.drop()


async def test_a_database_that_forgets_is_refused(database: Database) -> None:
    with pytest.raises(BadSettings, match="fsync = off"):  # as the servers of tests run
        await database.require_durable()


# --- what an error means -----------------------------------------------------------------------

Fault = Callable[[Tx, asyncpg.Connection], Awaitable[object]]


async def _locked(tx: Tx, admin: asyncpg.Connection) -> None:
    async with admin.transaction():
        await admin.execute(TOUCH, 1)
        await tx.execute("set local lock_timeout = '20ms'")
        await tx.execute(TOUCH, 1)


async def _deadlock(tx: Tx, admin: asyncpg.Connection) -> None:
    # The victim is who finds the circle: the other side looks for it much later. A lane as it is
    # gives up before anybody looks (200 ms against 1 s), and says that a row was locked.
    await tx.execute("set local lock_timeout = '4s'")
    async with admin.transaction():
        await admin.execute("set local deadlock_timeout = '20s'")
        await tx.execute(TOUCH, 1)
        await admin.execute(TOUCH, 2)
        waiting = asyncio.create_task(admin.execute(TOUCH, 1))
        try:
            await tx.execute(TOUCH, 2)
        finally:
            await tx.raw.execute("rollback")
            await waiting


async def _serialization(tx: Tx, admin: asyncpg.Connection) -> None:
    await tx.execute("set transaction isolation level repeatable read")
    await tx.fetch(COUNT)
    await admin.execute(TOUCH, 1)
    await tx.execute(TOUCH, 1)


async def _killed(tx: Tx, admin: asyncpg.Connection) -> None:
    [row] = await tx.fetch("select pg_catalog.pg_backend_pid()")
    await admin.execute("select pg_terminate_backend($1, 5000)", row[0])
    await tx.fetch(COUNT)


async def _killed_in_a_statement(tx: Tx, admin: asyncpg.Connection) -> None:
    [row] = await tx.fetch("select pg_catalog.pg_backend_pid()")
    sleeping = asyncio.create_task(tx.fetch("select pg_catalog.pg_sleep(4)"))
    await asyncio.sleep(0)
    await admin.execute("select pg_terminate_backend($1, 5000)", row[0])
    await sleeping


async def _timed_out(tx: Tx, _: asyncpg.Connection) -> None:
    await tx.execute("set local statement_timeout = '20ms'")
    await tx.fetch("select pg_catalog.pg_sleep(4)")


def _statement(text: str, *args: object) -> Fault:
    async def run(tx: Tx, _: asyncpg.Connection) -> None:
        await tx.fetch(text, *args)

    return run


def _raising(error: Exception) -> Fault:
    async def run(_tx: Tx, _: asyncpg.Connection) -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (_locked, Outcome.LOCKED),
        (_deadlock, Outcome.AGAIN),
        (_serialization, Outcome.AGAIN),
        (_killed, Outcome.UNKNOWN),
        (_killed_in_a_statement, Outcome.UNKNOWN),
        (_timed_out, Outcome.UNKNOWN),
        (_statement("select 1 / (n - n) from public.thing"), Outcome.NOTHING),
        (_statement("insert into public.thing values (1, 1)"), Outcome.NOTHING),
        (_statement("select $1::int", "no number"), Outcome.NOTHING),
        (_statement("delete from public.thing"), Outcome.NOTHING),
        (_statement("select 1", 2), Outcome.UNKNOWN),
        (_raising(ValueError()), Outcome.NOTHING),
        (_raising(Overloaded()), Outcome.NOTHING),
        (_raising(TimeoutError()), Outcome.UNKNOWN),
        (_raising(ConnectionResetError()), Outcome.UNKNOWN),
        (_raising(EOFError()), Outcome.UNKNOWN),
        (_raising(DatabaseUnavailable()), Outcome.UNKNOWN),
    ],
)
async def test_an_error_says_what_is_known(
    database: Database, admin: asyncpg.Connection, fault: Fault, outcome: Outcome
) -> None:
    lane = await database.lane("x")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its kind is what is judged
        async with lane.transaction() as tx:
            await fault(tx, admin)
    assert outcome_of(raised.value) is outcome
    await lane.drop()
    if outcome is Outcome.UNKNOWN:  # of the pool, it is named for the caller
        with pytest.raises(DatabaseUnavailable) as named:
            async with database.transaction() as tx:
                await fault(tx, admin)
        assert named.value.money_moved == "unknown"
        assert await rows_of(database) == 2


async def test_too_many_connections_are_no_answer(admin: asyncpg.Connection, db_url: str) -> None:
    role = f"crowded_{urlsplit(db_url).path[-12:]}"
    await admin.execute(f"create role {role} login connection limit 0")
    try:
        parts = urlsplit(db_url)
        url = urlunsplit(parts._replace(netloc=f"{role}@"))
        with pytest.raises(DatabaseUnavailable):
            await Database(Options(url, role=None)).open()
        with pytest.raises(asyncpg.TooManyConnectionsError) as raised:
            await asyncpg.connect(url)
        assert outcome_of(raised.value) is Outcome.UNKNOWN
    finally:
        await admin.execute(f"drop role {role}")


async def test_a_database_that_is_not_open_says_so() -> None:
    with pytest.raises(DatabaseUnavailable):
        async with Database(Options("postgresql:///nowhere")).transaction():
            pass


# --- statements --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    n: int


def statement(text: str) -> Statement:
    return Statement("kit", "test", "test", text, "primary", "shard", ())


async def test_rows_are_of_their_class(database: Database) -> None:
    some = Query(statement("select id, n from public.thing where id <= $1 order by id"), Thing)
    async with database.read() as conn:
        assert await some.all(conn, 2) == [Thing(1, 0), Thing(2, 0)]
        assert await some.one(conn, 1) == await some.maybe(conn, 1) == Thing(1, 0)
        assert await some.maybe(conn, 0) is None
        with pytest.raises(LookupError, match="no row"):
            await some.one(conn, 0)
        with pytest.raises(LookupError, match="2 rows"):
            await some.maybe(conn, 2)


async def test_a_value_and_a_command(database: Database) -> None:
    count = Value(Query(statement(COUNT), int, is_value=True))
    ids = Query(statement("select id from public.thing order by id"), int, is_value=True)
    touch = Command(statement("update public.thing set n = n + 1 where id >= $1"))
    async with database.transaction() as tx:
        assert await count.get(tx) == 2
        assert await ids.all(tx) == [1, 2]
        assert await touch.run(tx, 1) == 2
        assert await touch.run(tx, 3) == 0
        assert await tx.execute("set local statement_timeout = '1s'") == 0
