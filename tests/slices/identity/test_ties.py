"""The graph of many at a time: it says what each pair is, and looks each up by its key."""

import asyncpg
import pytest

from quid.identity import service
from quid.identity.queries import graph
from quid.identity.types import Tie, TieRow
from quid.kit import db
from tests.slices.identity.conftest import Joined

CROWD = """
with made as (
  insert into identity.person (id, handle, handle_folded, display_name, password_hash, created_at)
  select gen_random_uuid(), 'crowd_' || n, 'crowd' || n, 'Crowd', '-', p.created_at
  from generate_series(1, 5000) as n, identity.person p
  where p.handle = 'ana'
  returning id
)
insert into identity.edge (user_id, friend_id, state, asked_by, since)
select e.user_id, e.friend_id, 'ACCEPTED', p.id, p.created_at
from made, identity.person p, lateral (values (p.id, made.id), (made.id, p.id)) as e (user_id,
  friend_id)
where p.handle = 'ana'"""


async def test_each_pair_is_told_what_stands_between_them(
    join: Joined, database: db.Database
) -> None:
    people = [await join(handle) for handle in ("ana", "ben", "cleo", "dora", "eve", "fred")]
    ana, ben, cleo, dora, eve, fred = (p.id for p in people)
    at = people[0].created_at
    for asker, other in ((ana, ben), (ben, ana), (ana, fred)):  # Fred has not answered
        await service.befriend(asker, other, now=at)
    await service.block(ana, cleo, now=at)
    await service.block(dora, ana, now=at)
    await service.mute(ana, ben, now=at)
    await service.mute(eve, ana, now=at)
    async with database.read() as conn:
        others = [ben, cleo, dora, eve, fred, ana]
        seen = await graph.ties(conn, [ana] * 6, others)
        assert {t.other_id: (t.is_friend, t.is_blocked, t.is_muted) for t in seen} == {
            ben: (True, False, True),
            cleo: (False, True, False),
            dora: (False, True, False),
            eve: (False, False, False),
            fred: (False, False, False),
            ana: (False, False, False),
        }
        assert await graph.ties(conn, [eve, ben], [ana, cleo]) == [
            TieRow(eve, ana, is_friend=False, is_blocked=False, is_muted=True),
            TieRow(ben, cleo, is_friend=False, is_blocked=False, is_muted=False),
        ]
        assert sorted(await graph.friends_of(conn, [ana, ben, fred]), key=str) == sorted(
            [Tie(ana, ben), Tie(ben, ana)], key=str
        )
        assert await graph.blocked_with(conn, ana) == {cleo, dora}
        assert await graph.blocked_with(conn, cleo) == await graph.blocked_with(conn, dora) == {ana}
        assert await graph.blocked_with(conn, ben) == set()
        assert await graph.ties(conn, [], []) == []
        assert await graph.friends_of(conn, []) == []


@pytest.mark.parametrize("plan", ["force_generic_plan", "force_custom_plan"])
async def test_who_has_five_thousand_friends_is_looked_up_and_not_looked_through(
    join: Joined, database: db.Database, admin: asyncpg.Connection, plan: str
) -> None:
    ana = await join("ana")
    await admin.execute(CROWD)
    await admin.execute("vacuum analyze identity.edge")
    await admin.execute(f"set plan_cache_mode = {plan}")
    own = "select friend_id from identity.edge where user_id = $1 limit 40"
    crowd = [r[0] for r in await admin.fetch(own, ana.id)]
    async with database.read() as conn:
        assert len(await graph.friends_of(conn, [ana.id])) == 5_000
        assert all(t.is_friend for t in await graph.ties(conn, [ana.id] * 40, crowd))
    me, many = f"'{ana.id}'", f"array{[str(c) for c in crowd]}::uuid[]"
    asked = {
        graph._FRIENDS_OF.statement: f"(array[{me}::uuid])",
        graph._TIES.statement: f"(array_fill({me}::uuid, array[40]), {many})",
        graph._BLOCKED_WITH.statement: f"({me})",
    }
    for statement, values in asked.items():
        await admin.execute(f"prepare {statement.name} as {statement.text}")
        rows = await admin.fetch(f"explain execute {statement.name} {values}")
        assert "Seq Scan on edge" not in "\n".join(r[0] for r in rows), rows
