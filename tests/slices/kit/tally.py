"""A desk with real rows: each item adds itself once to a tally, and to its account's sum."""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from quid.kit.batching import Batcher, Limits
from quid.kit.db import Database, Lane, Options

TABLES = """
create table public.account (id int primary key, total bigint not null default 0);
create table public.tally (id int primary key, account int not null, weight int not null);
grant select, insert, update on public.account, public.tally to quid_app;
insert into public.account (id) select generate_series(0, 99);
"""
POST = """
with fresh as (
  insert into public.tally (id, account, weight)
  select * from unnest($1::int[], $2::int[], $3::int[]) on conflict do nothing
  returning account, weight)
update public.account a set total = a.total + f.total
from (
  select account, sum(weight) as total, sum(1 / weight) as poisoned from fresh group by account) f
where a.id = f.account
"""
LOCK = "select id from public.account where id = any($1::int[]) order by id for no key update"
FREE = f"{LOCK} skip locked"


@dataclass(frozen=True, slots=True)
class Item:
    """`weight` 0 is poison: the database divides by it."""

    id: int
    account: int = 0
    weight: int = 1


class Tally:
    """The desk."""

    def __init__(self) -> None:
        self.calls: list[list[Item]] = []

    def key(self, item: Item) -> Hashable:
        return item.id

    async def handle(self, lane: Lane, items: list[Item]) -> list[int]:
        self.calls.append(items)
        async with lane.transaction() as tx:
            await tx.fetch(LOCK, [i.account for i in items])
            await tx.execute(
                POST,
                [i.id for i in items],
                [i.account for i in items],
                [i.weight for i in items],
            )
        return [i.id for i in items]

    async def locked(self, lane: Lane, items: list[Item]) -> set[int]:
        async with lane.transaction() as tx:
            free = {row[0] for row in await tx.fetch(FREE, [i.account for i in items])}
        return {n for n, i in enumerate(items) if i.account not in free}


@dataclass(slots=True)
class Office:
    """A running batcher on a real database."""

    batcher: Batcher[Item, int]
    desk: Tally
    lanes: list[Lane]


@asynccontextmanager
async def open_office(
    url: str, admin: asyncpg.Connection, limits: Limits, desk: Tally | None = None
) -> AsyncIterator[Office]:
    """Make the tables and start."""
    await admin.execute(TABLES)
    database = Database(Options(url, name="office"))
    office: Office

    async def open_lane() -> Lane:
        lane = await database.lane("tally")
        office.lanes.append(lane)
        return lane

    used = desk or Tally()
    office = Office(Batcher("tally", used, open_lane=open_lane, limits=limits), used, [])
    await office.batcher.start()
    try:
        yield office
    finally:
        await office.batcher.close()


async def assert_whole(admin: asyncpg.Connection, count: int) -> None:
    """Each item once, and in the sum once."""
    assert await admin.fetchval("select count(*) from public.tally") == count
    assert await admin.fetchval("select sum(total) from public.account") == count
