"""Many answers to one request at once, with real commits, in two processes: it is paid once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest

from quid.collect import service as collect
from quid.collect.types import State as Request
from quid.kit import clock, db
from quid.kit.errors import Overloaded, Refusal
from quid.kit.runtime import Runtime
from quid.payments import queries, service
from quid.payments.types import State
from tests.support.answering import answering, request_by, request_state
from tests.support.database import connected
from tests.support.people import People, Someone
from tests.support.sending import code_of, process, send
from tests.support.waiting import (
    BIG,
    ask_for_proofs,
    code_now,
    give_totp,
    money_of,
    proof,
    state_of,
)
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]
Houses = tuple[Runtime, Runtime]
CLOSED = {"REQUEST_CLOSED", "STATE_CONFLICT"}


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


async def pay(rt: Runtime, request_id: UUID, ana: Someone, ben: Someone, cents: int) -> str:
    """Answer a request under a key of its own; who is asked to come again does, as a client."""
    command = answering(request_id, ana, ben, cents)
    for _ in range(100):
        outcome = await send(rt, command)
        if not isinstance(outcome, Overloaded):
            return code_of(outcome)
        await asyncio.sleep(0.05)
    raise AssertionError("nobody was free")


async def said(act: Awaitable[object]) -> str:
    """What an act on the request comes to."""
    try:
        await act
    except Refusal as e:
        return e.code
    return "done"


async def test_fifty_keys_pay_a_request_once(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    request_id = await request_by(ben, ana, 100)
    told = Counter(
        await asyncio.gather(*(pay(houses[n % 2], request_id, ana, ben, 100) for n in range(50)))
    )
    assert told["COMPLETED"] == 1
    assert set(told) <= {"COMPLETED", *CLOSED}, told
    assert await money_of(admin, ana) == (9_900, 0)
    assert await money_of(admin, ben) == (10_100, 0)
    [kept] = await admin.fetch("select id from payments.payment")
    assert await request_state(admin, request_id) == (Request.PAID, kept["id"])


@pytest.mark.parametrize("turn", range(3))
async def test_of_paying_declining_and_cancelling_at_once_one_happens(
    houses: Houses, people: People, admin: asyncpg.Connection, turn: int
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    request_id = await request_by(ben, ana, 100)
    acts: list[Callable[[int], Awaitable[str]]] = [
        lambda n: pay(houses[n % 2], request_id, ana, ben, 100),
        lambda _: said(collect.decline(request_id, ana.id, now=clock.now())),
        lambda _: said(collect.cancel(request_id, ben.id, now=clock.now())),
    ]
    told = Counter(await asyncio.gather(*(acts[(n + turn) % 3](n) for n in range(51))))
    state, payment_id = await request_state(admin, request_id)
    is_paid = state is Request.PAID
    assert told["COMPLETED"] == int(is_paid)
    assert told["done"] == int(not is_paid)
    assert set(told) <= {"COMPLETED", "done", *CLOSED}, told
    assert await money_of(admin, ana) == (9_900 if is_paid else 10_000, 0)
    assert await admin.fetchval("select count(*) from payments.payment") == int(is_paid)
    assert (payment_id is not None) is is_paid


async def test_many_requests_between_the_same_people_never_deadlock(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    wanted = [(await request_by(ben, ana, 100), ana, ben) for _ in range(20)] + [
        (await request_by(ana, ben, 100), ben, ana) for _ in range(20)
    ]
    told = Counter(
        await asyncio.gather(
            *(
                pay(houses[(n + k) % 2], request_id, payer, payee, 100)
                for k in range(2)
                for n, (request_id, payer, payee) in enumerate(wanted)
            )
        )
    )
    assert told["COMPLETED"] == 40
    assert set(told) <= {"COMPLETED", *CLOSED}, told
    assert await money_of(admin, ana) == (10_000, 0)
    assert await admin.fetchval(
        "select count(*) from collect.request where state = 20 and payment_id is not null"
    ) == 40  # fmt: skip


@pytest.mark.shipped_rules
async def test_what_ends_a_waiting_answer_tells_the_request_the_same(
    houses: Houses, people: People, admin: asyncpg.Connection
) -> None:
    await ask_for_proofs(admin)
    ana, ben = await people.add("ana", funded_minor=100_000, tier=2), await people.add("ben")
    await give_totp(houses[0], ana)
    request_id = await request_by(ben, ana, BIG)
    waiting = answering(request_id, ana, ben, BIG)
    assert code_of(await send(houses[0], waiting)) == "CHALLENGED"
    code = code_now()
    acts: list[Callable[[], Awaitable[str]]] = [
        lambda: said(service.verify(proof(waiting.payment_id, ana, code), now=clock.now())),
        lambda: said(service.cancel(waiting.payment_id, ana.id, now=clock.now())),
        lambda: said(collect.decline(request_id, ana.id, now=clock.now())),
        lambda: said(collect.cancel(request_id, ben.id, now=clock.now())),
    ]
    await asyncio.gather(*(acts[n % 4]() for n in range(48)))
    ended, (state, payment_id) = (
        await state_of(admin, waiting.payment_id),
        await request_state(admin, request_id),
    )
    if ended is State.COMPLETED:
        assert (state, payment_id) == (Request.PAID, waiting.payment_id)
    else:
        assert ended is State.CANCELLED
        assert state in (Request.PENDING, Request.DECLINED, Request.CANCELLED)
        assert payment_id is None
    left = 100_000 - BIG if ended is State.COMPLETED else 100_000
    assert await money_of(admin, ana) == (left, 0)
    async with houses[0].part(db.Database).read() as conn:
        assert await queries.unmatched(conn) == []
