"""Many acts on one dispute, with real commits: one is opened, one ends it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from quid.disputes import service
from quid.disputes.types import Open, State
from quid.identity import service as identity
from quid.identity.types import Invite
from quid.kit import clock
from quid.kit import runtime as kit_runtime
from quid.kit.crypto import digest16
from quid.kit.errors import Refusal
from quid.kit.once import Key
from quid.kit.operators import ALL_OPERATORS, Operator, Press
from quid.kit.runtime import Runtime
from tests.support.disputes import ANSWER, TEXT, opening
from tests.support.people import People, Someone
from tests.support.sending import asked, process, send
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]
Houses = tuple[Runtime, Runtime]


@pytest.fixture
async def ana(people: People) -> Someone:
    """Ana, with $100.00."""
    return await people.add("ana")


@pytest.fixture
async def houses(app_runtime: Runtime) -> AsyncIterator[Houses]:
    """Two processes."""
    async with process() as other:
        yield app_runtime, other


@pytest.fixture
async def payment(app_runtime: Runtime, ana: Someone, people: People) -> UUID:
    """What Ana has paid Ben."""
    command = asked(ana, await people.add("ben"), 1368)
    await send(app_runtime, command)
    return command.payment_id


@pytest.fixture
async def operator(app_runtime: Runtime) -> Operator:
    """Who decides."""
    hashed = await app_runtime.part(identity.Passwords).hash("not used in this test")
    cmd = Invite("op_ada", "Ada", "op_ada@example.org", "analyst", None)
    made = await identity.add_operator(cmd, by="test", now=clock.now(), own_hash=hashed)
    return Operator(made, "op_ada", "analyst", made)


async def told(act: Awaitable[Any], rt: Runtime, well: str) -> str:
    """Act in a process, and say what came of it."""
    with kit_runtime.use(rt):
        try:
            await act
        except Refusal as e:
            return e.code
    return well


async def again(rt: Runtime, cmd: Open) -> service.Opened:
    """Open it in a process, or hear that it has been."""
    with kit_runtime.use(rt):
        return await service.open_dispute(cmd, now=clock.now())


def taking_back(who: Someone, name: str) -> Key:
    """Take it back under a key of its own."""
    return Key(who.id, service.WITHDRAW, digest16(name.encode()), digest16(b""))


def press(operator: Operator, name: str) -> Press:
    """Press a button under a key of its own."""
    return Press(
        operator, Key(ALL_OPERATORS, "ops.test", digest16(name.encode()), b"0" * 16), ANSWER
    )


async def test_of_many_reports_at_once_one_is_opened(
    houses: Houses, ana: Someone, payment: UUID, admin: asyncpg.Connection
) -> None:
    commands: list[Open] = [opening(ana, payment) for _ in range(20)]
    outcomes = await asyncio.gather(
        *(
            told(service.open_dispute(c, now=clock.now()), houses[n % 2], "opened")
            for n, c in enumerate(commands)
        )
    )
    assert Counter(outcomes) == {"opened": 1, "STATE_CONFLICT": 19}
    for table in ("dispute", "message"):
        assert await admin.fetchval(f"select count(*) from disputes.{table}") == 1


async def test_one_key_sent_many_times_at_once_is_one_report(
    houses: Houses, ana: Someone, payment: UUID, admin: asyncpg.Connection
) -> None:
    opened = await asyncio.gather(
        *(again(houses[n % 2], opening(ana, payment, key="one")) for n in range(20))
    )
    assert len({o.dispute_id for o in opened}) == 1
    assert Counter(o.is_replayed for o in opened) == {False: 1, True: 19}
    assert await admin.fetchval("select count(*) from disputes.message") == 1


async def test_of_decisions_and_a_withdrawal_at_once_one_ends_it(
    houses: Houses, ana: Someone, payment: UUID, operator: Operator, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    dispute = (await service.open_dispute(opening(ana, payment), now=now)).dispute_id
    acts = [
        service.decide(press(operator, "a"), dispute, "won", TEXT, now=now),
        service.withdraw(taking_back(ana, "a"), dispute, now=now),
        service.decide(press(operator, "b"), dispute, "lost", TEXT, now=now),
        service.withdraw(taking_back(ana, "b"), dispute, now=now),
    ]
    outcomes = await asyncio.gather(
        *(told(act, houses[n % 2], "ended") for n, act in enumerate(acts))
    )
    assert Counter(outcomes) == {"ended": 1, "STATE_CONFLICT": 3}
    state, events = await admin.fetchrow(
        """select (select state from disputes.dispute),
        (select count(*) from kit.outbox where type = 'disputes.dispute_changed.v1')"""
    )
    assert State(state) in (State.WON, State.LOST, State.WITHDRAWN)
    assert events == 2
