"""A table to write to, without a slice around it."""

from quid.kit.db import (
    Database,
)

TABLE = """
create table public.thing (id int primary key, n int not null);
grant select, insert, update on public.thing to quid_app;
insert into public.thing values (1, 0), (2, 0);
"""
TOUCH = "update public.thing set n = n + 1 where id = $1"
COUNT = "select count(*) from public.thing"


async def rows_of(database: Database) -> object:
    async with database.read() as conn:
        return (await conn.fetch(COUNT))[0][0]
