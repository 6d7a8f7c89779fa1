"""Races of payments with real commits, in two processes that share the servers."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from datetime import date, timedelta
from typing import Final, TypeVar

import asyncpg
import pytest
from prometheus_client import REGISTRY

from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock
from quid.kit.cache import Cache
from quid.kit.errors import Overloaded
from quid.kit.runtime import Runtime
from quid.payments.types import Sent
from quid.risk import service as risk
from quid.risk.types import SetLimit, Window
from tests.support.database import connected
from tests.support.people import People, Someone
from tests.support.sending import answer_of, asked, code_of, process, send
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]
T = TypeVar("T")
Houses = tuple[Runtime, Runtime]
CLIENTS: Final = 64


@pytest.fixture
async def db_url(db_url: str) -> str:
    """Deadlocks are found after 10 ms: a lane waits 200 ms for a lock, and would hide them."""
    async with connected(db_url) as conn:
        name = await conn.fetchval("select current_database()")
        await conn.execute(f"alter database {name} set deadlock_timeout = '10ms'")
    return db_url


@pytest.fixture
async def houses(app_runtime: Runtime) -> AsyncIterator[Houses]:
    """Two processes."""
    async with process() as other:
        yield app_runtime, other


async def crowd(work: Iterable[Awaitable[T]], *, clients: int = CLIENTS) -> list[T]:
    """Let so many clients work at once, each waiting for its answer before it asks again."""
    gate = asyncio.Semaphore(clients)

    async def one(act: Awaitable[T]) -> T:
        async with gate:
            return await act

    return await asyncio.gather(*map(one, work))


async def net_of(admin: asyncpg.Connection, who: Someone) -> int:
    """What is in somebody's wallet."""
    net = await admin.fetchval(
        "select credits - debits from ledger.account where owner = $1", who.id
    )
    return int(net)


def deadlocks() -> float:
    """How many batches the lanes of this test's processes had to run again.

    Counted here: the server's own count of deadlocks is up to a second late.
    """
    labels = {"lane": "pay", "what": "again"}
    return REGISTRY.get_sample_value("quid_batch_faults_total", labels) or 0


async def test_double_spend_goes_through_exactly_once(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    payee = await people.add("shop", funded_minor=0)
    payers = [await people.add(f"payer{n}", funded_minor=500) for n in range(12)]
    acts = [send(houses[n % 2], asked(payer, payee, 500)) for payer in payers for n in range(20)]
    random.shuffle(acts)
    codes = Counter(map(code_of, await asyncio.gather(*acts)))
    assert codes == {"COMPLETED": 12, "INSUFFICIENT_FUNDS": 12 * 19}
    assert await net_of(admin, payee) == 12 * 500
    assert [await net_of(admin, p) for p in payers] == [0] * 12


async def test_opposite_pairs_do_not_deadlock(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    town = [await people.add(f"person{n:02}", tier=2) for n in range(50)]
    before = deadlocks()
    acts = []
    for n in range(1200):
        one, other = random.sample(town, 2)
        acts += [
            send(houses[n % 2], asked(one, other, 1)),
            send(houses[(n + 1) % 2], asked(other, one, 1)),
        ]
    codes = Counter(map(code_of, await crowd(acts)))
    assert codes == {"COMPLETED": 2400}
    assert deadlocks() == before
    assert sum([await net_of(admin, who) for who in town]) == 50 * 10_000


async def test_everybody_pays_one_person(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    payers = [await people.add(f"payer{n:02}", tier=2) for n in range(10)]
    shop = await people.add("shop", funded_minor=0)
    acts = [send(houses[n % 2], asked(payers[n % 10], shop, 3)) for n in range(600)]
    outcomes = await crowd(acts)
    assert Counter(map(code_of, outcomes)) == {"COMPLETED": 600}
    assert await net_of(admin, shop) == 1800
    versions = Counter(answer_of(o)["balance"]["version"] for o in outcomes)
    assert set(versions) == set(range(2, 62))  # the first leg of each payer was the funding


@pytest.mark.parametrize("half_without_valkey", [False, True])
async def test_one_key_two_hundred_times_is_one_payment(
    houses: Houses, people: People, admin: asyncpg.Connection, half_without_valkey: bool
) -> None:
    away = Cache("redis://127.0.0.1:1/0")
    if half_without_valkey:
        houses[1].put(away)
    ana, ben = await people.add("ana"), await people.add("ben")
    acts = [send(houses[n % 2], asked(ana, ben, 100, key="k")) for n in range(200)]
    outcomes = await asyncio.gather(*acts)
    answers = {o.answer for o in outcomes if isinstance(o, Sent)}
    assert (len(answers), len(outcomes)) == (1, 200)
    assert all(isinstance(o, Sent) for o in outcomes)
    assert await net_of(admin, ana) == 9_900
    assert await admin.fetchval("select count(*) from payments.payment") == 1
    await away.close()


async def test_the_same_keys_in_two_processes_without_valkey_take_turns(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    """Only the database orders them then: keys are claimed sorted, so nobody deadlocks."""
    away = Cache("redis://127.0.0.1:1/0")
    for house in houses:
        house.put(away)
    town = [await people.add(f"person{n}", tier=2) for n in range(10)]
    before = deadlocks()
    for n in range(6):
        wanted = [(one, f"{n}-{m}") for one in town for m in range(10)]
        acts = []
        for house in houses:
            random.shuffle(wanted)
            payees = {one.id: town[(at + 1) % 10] for at, one in enumerate(town)}
            acts += [send(house, asked(one, payees[one.id], 1, key=key)) for one, key in wanted]
        assert Counter(map(code_of, await asyncio.gather(*acts))) == {"COMPLETED": 200}
    assert await admin.fetchval("select count(*) from payments.payment") == 600
    assert deadlocks() == before
    await away.close()


async def test_one_key_with_many_bodies_is_one_payment(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    for n in range(10):
        acts = [send(houses[m % 2], asked(ana, ben, m + 1, key=f"k{n}")) for m in range(8)]
        codes = Counter(map(code_of, await asyncio.gather(*acts)))
        assert codes == {"COMPLETED": 1, "IDEMPOTENCY_KEY_REUSED": 7}
    assert await admin.fetchval("select count(*) from payments.payment") == 10


async def test_limit_lets_exactly_its_count_through(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    now = clock.now()
    limit = SetLimit(
        ana.id, Window.DAY, 1_000, None, "USD", now + timedelta(days=1), "test", "cli:tess"
    )
    await risk.set_limit(limit, now=now)
    acts = [send(houses[n % 2], asked(ana, ben, 100)) for n in range(200)]
    codes = Counter(map(code_of, await asyncio.gather(*acts)))
    assert codes == {"COMPLETED": 10, "DAILY_LIMIT_EXCEEDED": 190}
    assert await net_of(admin, ana) == 9_000


async def test_count_of_a_day_lets_exactly_twenty_through(houses: Houses, people: People) -> None:
    new, ben = await people.add("new", tier=0), await people.add("ben")
    acts = [send(houses[n % 2], asked(new, ben, 1)) for n in range(100)]
    codes = Counter(map(code_of, await asyncio.gather(*acts)))
    assert codes == {"COMPLETED": 20, "DAILY_LIMIT_EXCEEDED": 80}


async def test_locked_account_delays_only_its_own_payments(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    others = [await people.add(f"person{n}") for n in range(10)]
    async with admin.transaction():
        await admin.execute("select from ledger.account where owner = $1 for update", ana.id)
        acts = [send(houses[0], asked(ana, ben, 1, key="held"))]
        acts += [send(houses[0], asked(ben, ana, 1, key="too"))]
        acts += [send(houses[n % 2], asked(o, ben, 1)) for n, o in enumerate(others)]
        held, too, *rest = await asyncio.wait_for(asyncio.gather(*acts), 5)
    for outcome in (held, too):
        assert isinstance(outcome, Overloaded)
        assert (outcome.money_moved, outcome.is_retryable) == ("no", True)
        assert outcome.retry_after == 1
    assert set(map(code_of, rest)) == {"COMPLETED"}
    assert code_of(await send(houses[1], asked(ana, ben, 1, key="held"))) == "COMPLETED"


async def test_locked_account_does_not_cost_the_payments_of_a_busy_payee(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    """A lane that waited for the locked row held the payee's, whose other payers got a 503."""
    ana, shop = await people.add("ana"), await people.add("shop")
    others = [await people.add(f"person{n}", tier=2) for n in range(10)]
    async with admin.transaction():
        await admin.execute("select from ledger.account where owner = $1 for update", ana.id)
        for n in range(6):
            held = [send(house, asked(ana, shop, 1)) for house in houses]
            acts = [send(houses[(n + m) % 2], asked(o, shop, 1)) for m, o in enumerate(others)]
            outcomes = await asyncio.wait_for(asyncio.gather(*held, *acts), 10)
            assert set(map(code_of, outcomes[:2])) == {"OVERLOADED"}
            assert set(map(code_of, outcomes[2:])) == {"COMPLETED"}
    assert await net_of(admin, shop) == 10_000 + 60


async def _freeze(who: Someone) -> None:
    cmd = FreezePerson(
        who.id,
        FreezeScope.SEND,
        FreezeReason.SECURITY,
        "on hold",
        date(2030, 1, 1),
        "t",
        "a test of races",
    )
    await identity.freeze(cmd, now=clock.now())


async def test_freeze_and_block_hold_from_the_next_request(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    """Under load: what is asked after the commit of a freeze or a block is refused, at once."""
    ana, ben, cal = [await people.add(name) for name in ("ana", "ben", "cal")]
    stop = asyncio.Event()

    async def load() -> None:
        while not stop.is_set():
            await send(houses[0], asked(cal, ben, 1))

    running = [asyncio.create_task(load()) for _ in range(4)]
    try:
        for _ in range(5):
            assert code_of(await send(houses[1], asked(ana, ben, 1))) == "COMPLETED"
            await identity.block(ben.id, ana.id, now=clock.now())
            acts = [send(houses[n % 2], asked(ana, ben, 1)) for n in range(6)]
            assert {code_of(o) for o in await asyncio.gather(*acts)} == {"RECIPIENT_NOT_FOUND"}
            await identity.unblock(ben.id, ana.id, now=clock.now())
        await _freeze(ana)
        acts = [send(houses[n % 2], asked(ana, ben, 1)) for n in range(6)]
        assert {code_of(o) for o in await asyncio.gather(*acts)} == {"ACCOUNT_FROZEN"}
    finally:
        stop.set()
        await asyncio.gather(*running)
    assert await net_of(admin, ana) == 10_000 - 5
