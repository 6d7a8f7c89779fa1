"""The pool and its lanes when connections are killed, cut off, frozen, or nobody is there."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from quid.kit.db import (
    Database,
    Options,
)
from quid.kit.errors import DatabaseUnavailable
from tests.slices.kit.proxy import postgres_wire, until
from tests.slices.kit.things import COUNT, rows_of

pytestmark = pytest.mark.usefixtures("thing")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(Options(url, name="lossy", pool_min=2, pool_max=3))
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def test_the_pool_survives_the_loss_of_all_its_connections(
    db_url: str, admin: asyncpg.Connection
) -> None:
    async with opened(db_url) as database:
        for _ in range(3):
            await asyncio.gather(*(rows_of(database) for _ in range(6)))
            await admin.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where application_name = 'lossy' and datname = current_database()"
            )
            found = await asyncio.gather(*(rows_of(database) for _ in range(6)))
            assert found == [2] * 6


async def test_an_answer_lost_at_the_commit_is_unknown_and_the_pool_goes_on(db_url: str) -> None:
    async with postgres_wire(db_url) as (wire, url), opened(url) as database:
        wire.cut_after = lambda data: b"COMMIT;" in data
        with pytest.raises(DatabaseUnavailable) as lost:
            async with database.transaction() as tx:
                await tx.execute("insert into public.thing values (3, 0)")
        assert lost.value.money_moved == "unknown"
        assert await rows_of(database) == 3


async def test_nobody_there_is_said_in_time(db_url: str) -> None:
    async with postgres_wire(db_url) as (wire, url), opened(url) as database:
        (wire.folder / ".s.PGSQL.5432").unlink()
        for link in wire.links:
            link.cut()
        await asyncio.sleep(0)
        for _ in range(5):
            with pytest.raises(DatabaseUnavailable):
                await rows_of(database)


async def test_a_frozen_backend_is_not_waited_for_for_ever(
    db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once a request hung for as long as the backend that served it.
    monkeypatch.setattr("quid.kit.db.pool._COMMAND_SECONDS", 0.2)
    async with opened(db_url) as database:
        async with database.read() as conn:
            [[pid]] = await conn.fetch("select pg_catalog.pg_backend_pid()")
            assert isinstance(pid, int)
            os.kill(pid, signal.SIGSTOP)
            try:
                with pytest.raises(TimeoutError):
                    await conn.fetch(COUNT)
            finally:
                asyncio.get_running_loop().call_later(0.3, os.kill, pid, signal.SIGCONT)
        assert await asyncio.gather(*(rows_of(database) for _ in range(6))) == [2] * 6


async def test_a_lane_that_cannot_take_its_number_leaves_no_connection(
    db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quid.kit.db.pool._CONNECT_SECONDS", 0.5)
    async with postgres_wire(db_url) as (wire, url), opened(url) as database:

        def stall(data: bytes) -> bool:
            wire.is_stalled = wire.is_stalled or b"advisory" in data
            return False

        wire.cut_before = stall
        with pytest.raises(TimeoutError):
            await database.lane("stuck")

        async def is_gone() -> bool:
            return all(link._us is None for link in wire.links[2:])

        await until(is_gone)
