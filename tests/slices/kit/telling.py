"""Events to tell, and a consumer that keeps what it is handed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import msgspec

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
