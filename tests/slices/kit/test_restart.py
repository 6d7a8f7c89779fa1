"""PostgreSQL killed and started again, with a pool, lanes and their batches in use."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from quid.kit.batching import Limits
from quid.kit.db import Database, Options
from quid.kit.errors import DatabaseUnavailable
from tests.slices.kit.tally import Item, assert_whole, open_office
from tests.support.database import connected
from tests.support.servers import Servers, start_servers

ROUNDS = 3


class Cluster:
    """A PostgreSQL of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: Servers = start_servers(folder, fsync=True)

    def kill(self) -> None:
        os.kill(self.servers.postgres_pid, signal.SIGKILL)
        self.servers.stop()  # reaps it

    def start(self) -> None:
        self.servers = start_servers(self.folder, fsync=True)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "servers")
    yield made
    made.servers.stop()


@pytest.mark.alone
async def test_nothing_is_lost_and_nothing_stays_broken(cluster: Cluster) -> None:
    url = cluster.servers.database_url
    async with connected(url) as conn:
        await conn.execute("create role quid_app nologin")
    database = Database(Options(url, name="pool", pool_min=2, pool_max=4))
    await database.open()

    async def ask() -> object:
        async with database.read() as reading:
            return (await reading.fetch("select 1"))[0][0]

    limits = Limits(lanes=2, batch_max=20, deadline=60, give_up=60)
    async with connected(url) as first:
        office_opened = open_office(url, first, limits)
        office = await office_opened.__aenter__()
    answered = 0
    for _ in range(ROUNDS):
        assert await asyncio.gather(*(ask() for _ in range(8))) == [1] * 8
        wanted = [Item(answered + n, n % 9) for n in range(200)]
        tasks = [asyncio.create_task(office.batcher.submit(i)) for i in wanted]
        await tasks[0]
        cluster.kill()
        with pytest.raises(DatabaseUnavailable):
            await ask()
        await asyncio.to_thread(cluster.start)
        assert cluster.servers.database_url == url
        assert await asyncio.gather(*(ask() for _ in range(8))) == [1] * 8
        assert await asyncio.gather(*tasks) == [i.id for i in wanted]
        answered += len(wanted)
    async with connected(url) as last:
        await assert_whole(last, answered)
    await office_opened.__aexit__(None, None, None)
    await database.close()
