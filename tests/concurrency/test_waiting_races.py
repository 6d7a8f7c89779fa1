"""Many acts on one payment that waits, with real commits: one of them ends it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.errors import Refusal
from quid.kit.runtime import Runtime
from quid.payments import service
from quid.payments.types import Payment, State
from tests.support.people import People, Someone
from tests.support.waiting import (
    BIG,
    ask_for_proofs,
    code_now,
    give_totp,
    make_due,
    money_of,
    proof,
    state_of,
    waiting_payment,
)
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]
pytestmark = [pytest.mark.shipped_rules, pytest.mark.usefixtures("proofs")]


@pytest.fixture
async def ana(people: People, app_runtime: Runtime) -> Someone:
    """Ana, who joined a moment ago, with $1,000.00 and an app."""
    found = await people.add("ana", funded_minor=100_000, tier=2)
    await give_totp(app_runtime, found)
    return found


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with $100.00."""
    return await people.add("ben")


@pytest.fixture
async def proofs(admin: asyncpg.Connection) -> None:
    """Rules that ask for proofs."""
    await ask_for_proofs(admin)


async def test_of_fifty_acts_at_once_one_ends_it(
    app_runtime: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(app_runtime, ana, ben)
    code = code_now()

    async def one(n: int) -> str:
        act = (
            service.cancel(payment_id, ana.id, now=clock.now())
            if n % 2
            else service.verify(proof(payment_id, ana, code), now=clock.now())
        )
        try:
            return (await act).row.state.name
        except Refusal as e:
            return e.code

    told = await asyncio.gather(*(one(n) for n in range(50)))
    final = await state_of(admin, payment_id)
    assert final in (State.COMPLETED, State.CANCELLED)
    assert told.count(final.name) == 1, told
    assert set(told) - {final.name} <= {
        "STATE_CONFLICT", "CHALLENGE_EXPIRED", "CHALLENGE_FAILED"
    }  # fmt: skip
    back = final is State.CANCELLED
    assert await money_of(admin, ana) == (100_000 if back else 100_000 - BIG, 0)
    assert (await money_of(admin, ben))[0] == (10_000 if back else 10_000 + BIG)


async def test_time_and_proof_and_change_of_mind_at_once(
    app_runtime: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(app_runtime, ana, ben)
    await make_due(admin, payment_id)

    async def late() -> str:
        async with app_runtime.part(db.Database).transaction() as tx:
            return "EXPIRED" if await service.expire_due(tx, now=clock.now()) else "nothing"

    async def told(act: Coroutine[Any, Any, Payment]) -> str:
        try:
            return (await act).row.state.name
        except Refusal as e:
            return e.code

    acts = [late() for _ in range(6)]
    acts += [told(service.cancel(payment_id, ana.id, now=clock.now())) for _ in range(6)]
    acts += [told(service.verify(proof(payment_id, ana), now=clock.now())) for _ in range(3)]
    found = await asyncio.gather(*acts)
    final = await state_of(admin, payment_id)
    assert final in (State.EXPIRED, State.CANCELLED)
    assert found.count("EXPIRED") + found.count("CANCELLED") <= 1, found
    assert await money_of(admin, ana) == (100_000, 0)
    told_of = await admin.fetchval(
        "select count(*) from kit.outbox where type = 'payments.payment_released.v1'"
    )
    assert told_of == 1
