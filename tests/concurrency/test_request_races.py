"""Many acts on one request, with real commits: one of them ends it, and it is paid once at most."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import asyncpg
import pytest

from quid.collect import service
from quid.collect.rules import IN_ALL_MAX, TO_ONE_MAX
from quid.collect.types import Ask
from quid.identity import service as identity
from quid.kit import clock, db
from quid.kit import runtime as kit_runtime
from quid.kit.errors import Refusal
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.payments.types import SendPayment
from tests.support.people import People, Someone
from tests.support.requests import BROWSER, asking, changes, later, paying
from tests.support.sending import code_of, process
from tests.support.waiting import money_of
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]
Houses = tuple[Runtime, Runtime]
START = 10_000


@pytest.fixture
async def ana(people: People) -> Someone:
    """Ana, with $100.00."""
    return await people.add("ana", funded_minor=START)


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with $100.00."""
    return await people.add("ben", funded_minor=START)


@pytest.fixture
async def houses(app_runtime: Runtime) -> AsyncIterator[Houses]:
    """Two processes."""
    async with process() as other:
        yield app_runtime, other


async def ask(cmd: Ask, rt: Runtime | None = None) -> str:
    """Ask, and say what came of it."""
    with kit_runtime.use(rt or kit_runtime.current()):
        return await _told(service.ask(cmd, now=clock.now()), "asked")


async def pay(cmd: SendPayment, rt: Runtime | None = None) -> str:
    """Pay, and say what came of it."""
    with kit_runtime.use(rt or kit_runtime.current()):
        try:
            return code_of(await payments.pay(cmd, BROWSER))
        except Refusal as e:
            return e.code


async def expire(rt: Runtime) -> str:
    """Let time end what it may."""
    async with rt.part(db.Database).transaction() as tx:
        await service.tend_due(tx, now=later(days=31))
    return "time"


async def _told(act: Awaitable[Any], well: str) -> str:
    try:
        await act
    except Refusal as e:
        return e.code
    return well


async def state_of(admin: asyncpg.Connection, cmd: Ask) -> tuple[int, object]:
    """Where a request stands, and what paid it."""
    row = await admin.fetchrow(
        "select state, payment_id from collect.request where id = $1", cmd.id
    )
    return row["state"], row["payment_id"]


async def arrived(admin: asyncpg.Connection) -> int:
    """How many payments have gone through."""
    found = await admin.fetchval(
        "select count(*) from payments.payment where states[cardinality(states)] = 60"
    )
    return int(found)


@pytest.mark.parametrize("turn", range(3))
async def test_of_fifty_acts_at_once_one_ends_it(
    turn: int, houses: Houses, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    cmd = asking(ana, ben, 700)
    await ask(cmd)

    def act(n: int) -> Awaitable[str]:
        match (n + turn) % 4:
            case 0 | 3:
                return pay(paying(ben, ana, cmd.id, 700, key=f"k{n}"), houses[n % 2])
            case 1:
                return _told(service.decline(cmd.id, ben.id, now=clock.now()), "DECLINED")
            case _:
                return _told(service.cancel(cmd.id, ana.id, now=clock.now()), "CANCELLED")

    told = Counter(await asyncio.gather(*(act(n) for n in range(50))))
    ended = {"COMPLETED", "DECLINED", "CANCELLED"} & set(told)
    assert [told[e] for e in ended] == [1], told
    # A payment that comes while another is tried in the same commit is told that it is being paid.
    assert set(told) - ended <= {"REQUEST_CLOSED", "STATE_CONFLICT", "OVERLOADED"}, told
    state, payment_id = await state_of(admin, cmd)
    is_paid = ended == {"COMPLETED"}
    assert (state == 20, payment_id is not None) == (is_paid, is_paid)
    assert await arrived(admin) == is_paid
    moved = 700 * is_paid
    assert await money_of(admin, ben) == (START - moved, 0)
    assert await money_of(admin, ana) == (START + moved, 0)
    assert len(await changes(admin)) == 2


async def test_paid_from_two_tabs_it_is_paid_once(
    houses: Houses, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    for amount in range(1, 11):
        cmd = asking(ana, ben, amount)
        await ask(cmd)
        tabs = [
            pay(paying(ben, ana, cmd.id, amount, key=f"{cmd.id}-{n}"), rt)
            for n, rt in enumerate(houses * 2)
        ]
        told = Counter(await asyncio.gather(*tabs))
        assert told["COMPLETED"] == 1, told
        assert set(told) <= {"COMPLETED", "REQUEST_CLOSED", "STATE_CONFLICT"}, told
    assert await arrived(admin) == 10
    assert await money_of(admin, ben) == (START - 55, 0)


async def test_one_key_many_times_is_one_payment(
    houses: Houses, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    cmd = asking(ana, ben, 700)
    await ask(cmd)
    told = await asyncio.gather(
        *(pay(paying(ben, ana, cmd.id, 700, key="one"), houses[n % 2]) for n in range(100))
    )
    assert set(told) == {"COMPLETED"}
    assert await arrived(admin) == 1
    assert await changes(admin) == ["created", "paid"]


async def test_time_and_a_block_and_a_payment_at_once(
    houses: Houses, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:

    async def refuse() -> str:
        async with houses[1].part(db.Database).transaction() as tx:
            await service.end_between(tx, [(ben.id, ana.id)], now=clock.now())
        return "blocked"

    for n in range(8):
        cmd = asking(ana, ben, 10)
        await ask(cmd)
        acts = [expire(houses[0]), refuse(), pay(paying(ben, ana, cmd.id, 10, key=f"k{n}"))]
        told = await asyncio.gather(*acts[n % 3 :], *acts[: n % 3])
        state, payment_id = await state_of(admin, cmd)
        assert (state == 20) == ("COMPLETED" in told) == (payment_id is not None), told
        assert state in (20, 40, 50)
    assert await arrived(admin) * 10 == START - (await money_of(admin, ben))[0]


async def test_the_bounds_of_open_requests_hold_under_parallel_ones(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana = await people.add("ana", funded_minor=0)
    others = [await people.add(f"ben_{n}", funded_minor=0) for n in range(4)]
    told = Counter(
        await asyncio.gather(
            *(ask(asking(ana, o, 1), houses[n % 2]) for n in range(40) for o in others)
        )
    )
    assert told == {"asked": IN_ALL_MAX, "STATE_CONFLICT": 160 - IN_ALL_MAX}
    per = await admin.fetch("select count(*) from collect.request group by requestee_id")
    assert max(r[0] for r in per) <= TO_ONE_MAX
    # Another person's bound is their own.
    assert await ask(asking(others[0], ana, 1)) == "asked"


async def test_thirty_to_one_person_and_no_more(houses: Houses, ana: Someone, ben: Someone) -> None:
    commands = [asking(ana, ben, 1) for _ in range(50)]
    told = await asyncio.gather(*(ask(c, houses[n % 2]) for n, c in enumerate(commands)))
    assert Counter(told) == {"asked": TO_ONE_MAX, "STATE_CONFLICT": 50 - TO_ONE_MAX}
    # What has ended makes room, but not today.
    made = next(c for c, t in zip(commands, told, strict=True) if t == "asked")
    await service.cancel(made.id, ana.id, now=clock.now())
    assert await ask(asking(ana, ben, 1)) == "STATE_CONFLICT"
    tomorrow = later(days=1)
    assert (await service.ask(asking(ana, ben, 1, now=tomorrow), now=tomorrow)).request_id


async def test_one_key_asks_once(
    houses: Houses, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    told = await asyncio.gather(
        *(ask(asking(ana, ben, 700, key="one"), houses[n % 2]) for n in range(50))
    )
    assert set(told) == {"asked"}
    assert await changes(admin) == ["created"]


async def test_of_many_reminders_at_once_one_is_sent(
    app_runtime: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    assert kit_runtime.current() is app_runtime
    cmd = asking(ana, ben)
    await ask(cmd)
    told = await asyncio.gather(
        *(_told(service.remind(cmd.id, ana.id, now=clock.now()), "reminded") for _ in range(20))
    )
    assert Counter(told) == {"reminded": 1, "STATE_CONFLICT": 19}
    assert await changes(admin) == ["created", "reminded"]


async def test_whoever_is_blocked_while_a_payment_waits_gets_nothing_and_it_ends_then(
    app_runtime: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    """A block that finds a request being paid ends it once that payment has ended."""
    cmd = asking(ana, ben, 700)
    await ask(cmd)
    payment = paying(ben, ana, cmd.id, 700)
    await admin.execute(
        "update collect.request set payment_id = $1 where id = $2", payment.payment_id, cmd.id
    )
    await identity.block(ben.id, ana.id, now=clock.now())
    for is_free in (False, True):
        async with app_runtime.part(db.Database).transaction() as tx:
            await service.end_between(tx, [(ben.id, ana.id)], now=clock.now())
            await service.tend_due(tx, now=clock.now())
        assert (await state_of(admin, cmd))[0] == (40 if is_free else 10)
        if not is_free:
            await admin.execute("update collect.request set payment_id = null")
    assert await changes(admin) == ["created"]
