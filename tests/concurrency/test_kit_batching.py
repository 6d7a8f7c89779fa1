"""Two processes' batchers on one database, real commits, and a server that keeps failing them."""

import asyncio
import itertools
from contextlib import AsyncExitStack

import asyncpg

from quid.kit.batching import Batcher, Limits
from quid.kit.db import Database, Lane, Options
from quid.kit.errors import Refusal
from tests.slices.kit.proxy import Wire, postgres_wire
from tests.slices.kit.tally import TABLES, Item, Tally, assert_whole

ITEMS = 1200
TROUBLES = 20
LIMITS = Limits(lanes=3, batch_max=20, deadline=60, give_up=30)


async def ask(batchers: list[Batcher[Item, int]], n: int) -> None:
    """Ask until it is answered, as a client does: the same item, at either process."""
    for turn in itertools.count(n // 3):
        asked = batchers[turn % 2].submit(Item(n, n % 11))
        [found] = await asyncio.gather(asked, return_exceptions=True)
        if found == n:
            return
        assert isinstance(found, Refusal)
        assert found.is_retryable
        await asyncio.sleep(0.02)


async def trouble(admin: asyncpg.Connection, wire: Wire) -> None:
    """Terminate a lane of the two, and lose the answer to a commit, a number of times."""
    for n in range(TROUBLES):
        rows = await admin.fetch(
            "select pid from pg_stat_activity "
            "where application_name = 'twin:tally' and datname = current_database()"
        )
        if rows:
            await admin.execute("select pg_terminate_backend($1)", rows[n % len(rows)]["pid"])
        wire.cut_after = lambda data: b"COMMIT;" in data
        await asyncio.sleep(0.05)
    wire.cut_after = None


async def test_each_item_has_one_effect_whatever_happens_to_its_lanes(
    db_url: str, admin: asyncpg.Connection
) -> None:
    await admin.execute(TABLES)
    batchers: list[Batcher[Item, int]] = []
    async with AsyncExitStack() as stack:
        wire, url = await stack.enter_async_context(postgres_wire(db_url))
        for address in (url, db_url):
            database = Database(Options(address, name="twin"))

            async def open_lane(database: Database = database) -> Lane:
                return await database.lane("tally")

            batcher = Batcher("twin", Tally(), open_lane=open_lane, limits=LIMITS)
            await batcher.start()
            stack.push_async_callback(batcher.close)
            batchers.append(batcher)
        troubling = asyncio.create_task(trouble(admin, wire))
        async with asyncio.timeout(60):
            # Each twice: the same item may be on its way in both processes at once.
            await asyncio.gather(*(ask(batchers, n % ITEMS) for n in range(2 * ITEMS)))
        await troubling
        assert wire.cuts > 0
    await assert_whole(admin, ITEMS)
