"""PostgreSQL is killed under load, again and again: what was answered is there, once."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from quid import migrations
from quid.kit import db
from quid.ledger import service as ledger
from quid.ledger.types import Outcome, Result, Transfer
from tests.support.books import check_books
from tests.support.ledger import Town, found_town, now, seeded
from tests.support.servers import Servers, start_servers

CLIENTS, KILLS, PEOPLE, BATCH = 4, 4, 30, 20
RESTART_SECONDS = 5.0


@dataclass(slots=True)
class Diary:
    """What the clients know: every answer, and how often an outcome was unknown for a while."""

    answers: dict[UUID, tuple[Transfer, Outcome]] = field(default_factory=dict)
    unknown: int = 0
    is_over: bool = False


async def client(town: Town, lane: db.Lane, diary: Diary, seed: int) -> None:
    """Pay at random; after any error send the same ids again, until they are answered."""
    rng = seeded(seed)
    while not diary.is_over:
        pairs = [rng.sample(range(PEOPLE), 2) for _ in range(BATCH)]
        items = [town.payment(payer, payee, rng.randint(1, 90)) for payer, payee in pairs]
        items.append(town.payment(0, 1, 10**9))
        for item, outcome in zip(items, await answered(lane, items, diary), strict=True):
            diary.answers[item.id] = (item, outcome)


async def answered(lane: db.Lane, items: list[Transfer], diary: Diary) -> list[Outcome]:
    while True:
        try:
            if not lane.is_connected:
                await lane.connect()
            async with lane.transaction() as tx:
                return await ledger.post(tx, items, now=now())
        except Exception as e:
            # A killed server may surface as an error of the driver's own: judged, not listed.
            if db.outcome_of(e) is db.Outcome.NOTHING:
                raise
            diary.unknown += 1
            await lane.drop()
            await asyncio.sleep(0.05)


@dataclass(slots=True)
class Cluster:
    """A server of the test's own that is killed and started again."""

    folder: Path
    servers: Servers

    def kill(self) -> None:
        os.kill(self.servers.postgres_pid, signal.SIGKILL)
        self.servers.stop()  # reaps it, and ends the cache beside it

    def restart(self) -> float:
        started = time.monotonic()
        self.servers = start_servers(self.folder, fsync=True)
        return time.monotonic() - started


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    made = Cluster(tmp_path, start_servers(tmp_path, fsync=True))
    yield made
    made.servers.stop()


@pytest.mark.timeout(180)
async def test_nothing_answered_is_lost_and_nothing_is_done_twice(cluster: Cluster) -> None:
    url = cluster.servers.database_url
    await migrations.run(url)
    database = db.Database(db.Options(url))
    await database.open()
    town = await found_town(database, people=PEOPLE, each_minor=50_000)
    lanes = [await database.lane(f"client {n}") for n in range(CLIENTS)]
    await database.close()

    diary, rng, restarts = Diary(), seeded(7), []
    async with asyncio.TaskGroup() as clients:
        for n, lane in enumerate(lanes):
            clients.create_task(client(town, lane, diary, n))
        for _ in range(KILLS):
            await asyncio.sleep(0.4 + rng.random() / 4)
            cluster.kill()
            restarts.append(cluster.restart())
        await asyncio.sleep(0.3)
        diary.is_over = True
    for lane in lanes:
        await lane.drop()

    assert diary.unknown >= KILLS
    assert max(restarts) < RESTART_SECONDS
    conn = await asyncpg.connect(cluster.servers.database_url)
    try:
        await _compare(conn, diary)
        assert not await check_books(conn)
    finally:
        await conn.close()


async def _compare(conn: asyncpg.Connection, diary: Diary) -> None:
    rows = await conn.fetch("select id, debit_after, credit_after, amount from ledger.journal")
    held = {r["id"]: (r["debit_after"], r["credit_after"], r["amount"]) for r in rows}
    posted = {
        id_: (o.debit_after, o.credit_after, item.amount_minor)
        for id_, (item, o) in diary.answers.items()
        if o.result is Result.POSTED
    }
    assert len(posted) > 1_000
    assert posted.items() <= held.items(), "an answered transfer is lost, or is not as answered"
    assert len(held) == len(posted) + PEOPLE, "a transfer is there that nobody was answered"
    refused = {id_ for id_, (_, o) in diary.answers.items() if o.result is not Result.POSTED}
    kept = {r["id"] for r in await conn.fetch("select id from ledger.refusal")}
    assert refused == kept
