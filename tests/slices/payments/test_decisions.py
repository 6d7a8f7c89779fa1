"""What operators decide of payments: let through, stopped, taken back; large ones by two."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.errors import Forbidden, Refusal, ValidationFailed
from quid.kit.runtime import Runtime
from quid.payments import errors, queries, service
from quid.payments.types import ReversalReason, State
from tests.support.people import People, Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import answer_of, asked, code_of, send
from tests.support.waiting import BIG, money_of, state_of, waiting_payment

pytestmark = pytest.mark.shipped_rules
LARGE = 100_000


@pytest.fixture
async def ana(people: People) -> Someone:
    """Ana, who joined a moment ago, with $3,000.00."""
    return await people.add("ana", funded_minor=300_000, tier=2)


async def paid(house: Runtime, payer: Someone, payee: Someone, amount: int) -> UUID:
    """Send a payment that goes through."""
    command = asked(payer, payee, amount)
    assert code_of(await send(house, command)) == "COMPLETED"
    return command.payment_id


async def reverse(
    payment_id: UUID,
    amount: int | None = None,
    *,
    key: str = "reverse",
    reason: ReversalReason = "mistake",
) -> UUID:
    """Ask for money back, as finance."""
    return await service.ask_to_reverse(
        press(operator("finance"), key, f"{amount}"), payment_id,
        amount_minor=amount, reason=reason, now=clock.now(),
    )  # fmt: skip


async def outcomes_of(admin: asyncpg.Connection, action: str) -> list[str]:
    """What the audit log says of an action, in order."""
    rows = await admin.fetch("select outcome from kit.audit where action = $1 order by id", action)
    return [r["outcome"] for r in rows]


# --- review ------------------------------------------------------------------------------------


async def test_an_analyst_lets_it_through(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    made = await service.approve(press(operator("analyst")), payment_id, now=clock.now())
    assert made == payment_id
    assert await state_of(admin, payment_id) is State.COMPLETED
    assert await money_of(admin, ana) == (300_000 - BIG, 0)
    assert (await money_of(admin, ben))[0] == 10_000 + BIG
    assert await outcomes_of(admin, "payments.approve") == ["ok"]


async def test_an_analyst_stops_it_and_the_money_is_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    await service.reject(press(operator("analyst")), payment_id, now=clock.now())
    assert await state_of(admin, payment_id) is State.REJECTED
    assert await money_of(admin, ana) == (300_000, 0)
    code = await admin.fetchval("select refusal_code from payments.payment")
    assert code == "PAYMENT_REJECTED"
    with pytest.raises(errors.StateConflict) as caught:
        await service.approve(press(operator("analyst"), "other"), payment_id, now=clock.now())
    assert caught.value.extra == {"state": "REJECTED"}


async def test_a_thousand_dollars_need_a_second_operator(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    small = await waiting_payment(house, ana, ben, LARGE - 1)
    large = await waiting_payment(house, ana, ben, LARGE)
    first, second = operator("analyst"), operator("compliance")
    assert await service.approve(press(first, "s"), small, now=clock.now()) == small
    question = await service.approve(press(first, "l"), large, now=clock.now())
    assert question != large
    assert await state_of(admin, large) is State.IN_REVIEW
    with pytest.raises(Forbidden):
        await answer(question, first, key="own")
    await answer(question, second)
    assert await state_of(admin, large) is State.COMPLETED
    assert await money_of(admin, ana) == (300_000 - 2 * LARGE + 1, 0)


async def test_what_ended_meanwhile_cannot_be_approved_any_more(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben, LARGE)
    question = await service.approve(press(operator("analyst")), payment_id, now=clock.now())
    await service.cancel(payment_id, ana.id, now=clock.now())
    with pytest.raises(errors.StateConflict):
        await answer(question, operator("compliance"))
    assert await state_of(admin, payment_id) is State.CANCELLED
    assert await money_of(admin, ana) == (300_000, 0)


async def test_a_second_press_and_a_second_operator_get_the_first_result(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    told = await asyncio.gather(
        *(service.approve(press(operator("analyst")), payment_id, now=clock.now())
          for _ in range(20))
    )  # fmt: skip
    assert set(told) == {payment_id}
    assert await outcomes_of(admin, "payments.approve") == ["ok"]
    assert (await money_of(admin, ben))[0] == 10_000 + BIG


async def test_of_fifty_decisions_at_once_one_holds(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)

    def act(n: int) -> Coroutine[Any, Any, object]:
        now, who = clock.now(), operator("analyst")
        match n % 3:
            case 0:
                return service.approve(press(who, f"a{n}"), payment_id, now=now)
            case 1:
                return service.reject(press(who, f"r{n}"), payment_id, now=now)
            case _:
                return service.cancel(payment_id, ana.id, now=now)

    async def one(n: int) -> str:
        try:
            await act(n)
        except Refusal as e:
            return e.code
        return "done"

    told = await asyncio.gather(*(one(n) for n in range(50)))
    assert sorted(set(told)) == ["STATE_CONFLICT", "done"]
    assert told.count("done") == 1
    final = await state_of(admin, payment_id)
    assert final in (State.COMPLETED, State.REJECTED, State.CANCELLED)
    is_paid = final is State.COMPLETED
    assert await money_of(admin, ana) == ((300_000 - BIG if is_paid else 300_000), 0)


# --- reversal ----------------------------------------------------------------------------------


async def test_two_operators_take_all_of_it_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await paid(house, ana, ben, 2_000)
    question = await reverse(payment_id, reason="fraud")
    assert await money_of(admin, ben) == (12_000, 0)
    await answer(question, operator("compliance"))
    assert await state_of(admin, payment_id) is State.REVERSED
    assert (await money_of(admin, ana), await money_of(admin, ben)) == ((300_000, 0), (10_000, 0))
    lines = await admin.fetch(
        """select user_id, is_incoming, amount_minor, state, balance_after_minor, payment_id
          from payments.activity where kind = 3 order by is_incoming"""
    )
    assert [tuple(r) for r in lines] == [
        (ben.id, False, 2_000, State.REVERSED, 10_000, payment_id),
        (ana.id, True, 2_000, State.REVERSED, 300_000, payment_id),
    ]
    async with house.part(db.Database).read() as conn:
        for who in (ana, ben):
            shown = await queries.payment(conn, payment_id, viewer_id=who.id)
            assert shown is not None
            assert [(r.amount_minor, r.reason) for r in shown.reversals] == [(2_000, "fraud")]
        assert await queries.unmatched(conn) == []
    assert await outcomes_of(admin, "payments.reverse") == ["asked", "approved"]


async def test_in_parts_until_nothing_is_left(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await paid(house, ana, ben, 2_000)
    for n, amount in enumerate((500, 700)):
        await answer(
            await reverse(payment_id, amount, key=f"r{n}"), operator("compliance"), key=f"a{n}"
        )
        assert await state_of(admin, payment_id) is State.COMPLETED
    with pytest.raises(ValidationFailed, match=r"\$8\.00"):
        await reverse(payment_id, 801, key="too much")
    await answer(await reverse(payment_id, key="rest"), operator("compliance"))
    assert await state_of(admin, payment_id) is State.REVERSED
    assert (await money_of(admin, ben))[0] == 10_000
    with pytest.raises(errors.StateConflict):
        await reverse(payment_id, key="again")


async def test_two_questions_do_not_take_more_than_was_paid(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await paid(house, ana, ben, 2_000)
    questions = [await reverse(payment_id, 1_500, key=f"r{n}") for n in range(2)]

    async def one(question: UUID) -> str:
        try:
            await answer(question, operator("compliance"), key=str(question))
        except Refusal as e:
            return e.code
        return "done"

    told = await asyncio.gather(*(one(q) for q in questions))
    assert sorted(told) == ["VALIDATION_ERROR", "done"]
    assert (await money_of(admin, ben))[0] == 10_500
    assert await admin.fetchval("select reversed_minor from payments.payment") == 1_500


async def test_who_has_spent_it_keeps_the_question_open(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await paid(house, ana, ben, 2_000)
    await paid(house, ben, ana, 11_000)
    question = await reverse(payment_id)
    with pytest.raises(errors.AlreadySpent):
        await answer(question, operator("compliance"), key="first")
    assert await state_of(admin, payment_id) is State.COMPLETED
    await paid(house, ana, ben, 5_000)
    await answer(question, operator("compliance"), key="second")
    assert await state_of(admin, payment_id) is State.REVERSED


async def test_a_payment_that_waited_is_taken_back_into_the_wallet(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    with pytest.raises(errors.StateConflict):
        await reverse(payment_id, key="early")
    await service.approve(press(operator("analyst")), payment_id, now=clock.now())
    await answer(await reverse(payment_id), operator("compliance"))
    assert await money_of(admin, ana) == (300_000, 0)
    states = await admin.fetchval("select states from payments.payment")
    assert states == [10, 22, 30, 60, 70]


async def test_limits_do_not_come_back_with_a_reversal(
    house: Runtime, people: People, ben: Someone
) -> None:
    cal = await people.add("cal", tier=1, funded_minor=500_000)
    for n in range(6):
        await paid(house, cal, ben, 49_999 if n else 49_998)
    payment_id = await paid(house, cal, ben, 1)
    await answer(await reverse(payment_id), operator("compliance"))
    told = answer_of(await send(house, asked(cal, ben, 10)))
    assert told["code"] == "DAILY_LIMIT_EXCEEDED"
    assert told["used"] == 6 * 49_999
