"""Friends: every order of acts, many at once, and the bounds of a day."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quid.identity import rules, service
from quid.identity.errors import NotYet, PersonNotFound
from quid.identity.queries import people as queries
from quid.identity.types import Person
from quid.kit import db, ids
from quid.kit.errors import RateLimited, Refusal, ValidationFailed
from tests.slices.identity.conftest import Joined

LATE = queries.Before(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
Act = Callable[..., Awaitable[None]]
ACTS: dict[str, Act] = {
    "befriend": service.befriend,
    "part": service.part,
    "block": service.block,
    "unblock": service.unblock,
    "mute": service.mute,
    "unmute": service.unmute,
}


class Model:
    """What three people are to each other, told independently: a dictionary and plain rules."""

    def __init__(self) -> None:
        self.edges: dict[tuple[int, int], tuple[str, int]] = {}
        self.declined: set[tuple[int, int]] = set()
        self.asks: Counter[int] = Counter()

    def act(self, name: str, a: int, b: int) -> type[Refusal] | None:
        if a == b:
            return ValidationFailed
        blocked = any(self.edges.get(p, ("", 0))[0] == "BLOCKED" for p in ((a, b), (b, a)))
        if name == "block":
            self.edges[a, b] = ("BLOCKED", a)
            if self.edges.get((b, a), ("BLOCKED", 0))[0] != "BLOCKED":
                del self.edges[b, a]
        elif name == "unblock":
            if self.edges.get((a, b), ("", 0))[0] == "BLOCKED":
                del self.edges[a, b]
        elif blocked:
            return PersonNotFound
        elif name == "befriend":
            return self._befriend(a, b)
        elif name == "part" and (a, b) in self.edges:
            state, asker = self.edges[a, b]
            if state == "PENDING" and asker == b:
                self.declined.add((b, a))
            del self.edges[a, b], self.edges[b, a]
        return None

    def _befriend(self, a: int, b: int) -> type[Refusal] | None:
        mine = self.edges.get((a, b))
        if mine is None and (a, b) in self.declined:
            return NotYet
        if mine is None and self.asks[a] == rules.ASKS_A_DAY:
            return RateLimited
        if mine is None:
            self.asks[a] += 1
            self.edges[a, b] = self.edges[b, a] = ("PENDING", a)
        elif mine == ("PENDING", b):
            self.edges[a, b] = self.edges[b, a] = ("ACCEPTED", b)
        return None


@pytest.fixture
async def trio(join: Joined) -> list[Person]:
    return [await join(handle) for handle in ("ana", "ben", "cleo")]


async def edges_of(admin: asyncpg.Connection) -> dict[tuple[UUID, UUID], tuple[str, UUID]]:
    rows = await admin.fetch("select user_id, friend_id, state, asked_by from identity.edge")
    return {(r[0], r[1]): (r[2], r[3]) for r in rows}


def check_pairs(edges: dict[tuple[UUID, UUID], tuple[str, UUID]]) -> None:
    """PENDING and ACCEPTED come in equal pairs; BLOCKED stands against neither."""
    for (a, b), (state, asker) in edges.items():
        other = edges.get((b, a))
        if state == "BLOCKED":
            assert asker == a
            assert other is None or other[0] == "BLOCKED"
        else:
            assert other == (state, asker)


acts = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2), st.integers(0, 2))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=st.lists(acts, max_size=25))
async def test_every_life_is_as_the_model_tells(
    trio: list[Person],
    admin: asyncpg.Connection,
    now: datetime,
    life: list[tuple[str, int, int]],
) -> None:
    for table in ("edge", "friend_ask", "mute"):
        await admin.execute(f"delete from identity.{table}")
    model = Model()
    for n, (name, a, b) in enumerate(life):
        expected = model.act(name, a, b)
        told: type[Refusal] | None = None
        try:
            await ACTS[name](trio[a].id, trio[b].id, now=now + timedelta(seconds=n))
        except Refusal as e:
            told = type(e)
        assert told is expected, (name, a, b)
    edges = await edges_of(admin)
    check_pairs(edges)
    wanted = {
        (trio[a].id, trio[b].id): (state, trio[asker].id)
        for (a, b), (state, asker) in model.edges.items()
    }
    assert edges == wanted


async def test_fifty_acts_at_once_leave_pairs_whole(
    trio: list[Person], admin: asyncpg.Connection, now: datetime
) -> None:
    names = ["befriend", "part", "befriend", "block", "unblock"] * 10
    async with asyncio.timeout(60):
        done = await asyncio.gather(
            *(
                ACTS[name](trio[n % 2].id, trio[(n + 1) % 2].id, now=now)
                for n, name in enumerate(names)
            ),
            return_exceptions=True,
        )
    faults = [d for d in done if d is not None and not isinstance(d, Refusal)]
    assert faults == []
    check_pairs(await edges_of(admin))


async def test_crossing_asks_are_a_friendship_told_once(
    trio: list[Person], admin: asyncpg.Connection, now: datetime
) -> None:
    ana, ben, _ = (p.id for p in trio)
    await asyncio.gather(*(service.befriend(*p, now=now) for p in [(ana, ben), (ben, ana)] * 10))
    assert {state for state, _ in (await edges_of(admin)).values()} == {"ACCEPTED"}
    told = await admin.fetch("select type from kit.outbox where type like 'identity.friend%'")
    assert Counter(row[0] for row in told) == {
        "identity.friend_asked.v1": 1,
        "identity.friendship_began.v1": 1,
    }
    audited = await admin.fetchval("select count(*) from kit.audit where action like '%friend%'")
    assert audited == 2


async def test_of_all_who_ask_twenty_a_day_pass(
    join: Joined, admin: asyncpg.Connection, now: datetime
) -> None:
    ana = await join("ana")
    others = [await join(f"other_{n:02}") for n in range(24)]
    done = await asyncio.gather(
        *(service.befriend(ana.id, o.id, now=now) for o in others), return_exceptions=True
    )
    assert sum(d is None for d in done) == rules.ASKS_A_DAY
    [wait] = {d.retry_after for d in done if isinstance(d, RateLimited)}
    assert wait == 24 * 3600
    # Who was asked may accept: that is no ask.
    asked = others[[d is None for d in done].index(True)]
    left = others[[d is None for d in done].index(False)]
    await service.befriend(asked.id, ana.id, now=now)
    await service.befriend(ana.id, left.id, now=now + timedelta(days=1))
    assert await admin.fetchval("select count(*) from identity.friend_ask") == 21


async def test_a_decline_rests_the_ask_for_seven_days_and_is_not_told(
    trio: list[Person], admin: asyncpg.Connection, now: datetime
) -> None:
    ana, ben, _ = (p.id for p in trio)
    await service.befriend(ana, ben, now=now)
    await service.part(ben, ana, now=now + timedelta(days=3))
    for days in (3, 9):
        with pytest.raises(NotYet, match=r"You can ask again from 2026-03-12T12:00:00"):
            await service.befriend(ana, ben, now=now + timedelta(days=days))
    await service.befriend(ben, ana, now=now + timedelta(days=4))  # the other may change their mind
    await service.part(ben, ana, now=now + timedelta(days=4))
    await service.befriend(ana, ben, now=now + timedelta(days=10))
    told = await admin.fetch("select type from kit.outbox where type like 'identity.friend%'")
    assert {row[0] for row in told} == {"identity.friend_asked.v1"}
    ended = "select count(*) from kit.outbox where type = 'identity.ask_ended.v1'"
    assert await admin.fetchval(ended) == 2


async def test_friends_have_a_bound(
    trio: list[Person], admin: asyncpg.Connection, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FRIENDS_MAX", 1)
    ana, ben, cleo = (p.id for p in trio)
    await service.befriend(ana, ben, now=now)
    await service.befriend(cleo, ana, now=now)
    await service.befriend(ben, ana, now=now)
    with pytest.raises(NotYet, match="the most there can be"):
        await service.befriend(ana, cleo, now=now)
    await service.part(ana, ben, now=now)
    await service.befriend(ana, cleo, now=now)
    assert {p for p, (s, _) in (await edges_of(admin)).items() if s == "ACCEPTED"} == {
        (ana, cleo),
        (cleo, ana),
    }


async def test_lists_are_of_their_state_and_come_in_pages(
    join: Joined, database: db.Database, now: datetime
) -> None:
    ana = await join("ana")
    others = [await join(f"other_{n}") for n in range(7)]
    for n, other in enumerate(others[:5]):
        await service.befriend(other.id, ana.id, now=now + timedelta(seconds=n))
        await service.befriend(ana.id, other.id, now=now + timedelta(seconds=n))
    await service.befriend(ana.id, others[5].id, now=now)
    await service.mute(ana.id, others[6].id, now=now)
    async with database.read() as conn:

        async def page(state: str, before: queries.Before) -> list[tuple[str, bool]]:
            rows = await queries.friends(conn, ana.id, state=state, before=before, limit=2)
            found.extend(r.handle for r in rows)
            return [(r.handle, r.is_asked_by_me) for r in rows]

        found: list[str] = []
        before = LATE
        while await page("ACCEPTED", before):
            last = await queries.edge_seen_by(
                conn, ana.id, next(o.id for o in others if o.handle == found[-1])
            )
            assert last is not None
            before = queries.Before(last.since, last.id)
        assert found == [f"other_{n}" for n in (4, 3, 2, 1, 0)]
        assert await page("PENDING", LATE) == [("other_5", True)]
        assert await page("MUTED", LATE) == [("other_6", True)]
        near = await queries.friends_among(conn, ana.id, [o.id for o in others])
        assert near == {o.id for o in others[:5]}
    await service.block(others[6].id, ana.id, now=now)
    async with database.read() as conn:
        assert await page("MUTED", LATE) == []
    with pytest.raises(PersonNotFound):
        await service.unmute(ana.id, others[6].id, now=now)
    with pytest.raises(PersonNotFound):
        await service.befriend(ana.id, ids.new(0, now), now=now)
