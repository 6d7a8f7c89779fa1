"""Activity adds up with banks and cards, too: opening and lines are the closing, at every step."""

from typing import Final

import pytest

from quid.funding.types import OpState
from quid.kit import clock, db
from quid.payments import queries
from quid.payments.queries import NEWEST, ActivityFilter
from quid.payments.service import CURRENCY
from quid.payments.types import ActivityRow, Kind, State, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.sending import code_of

_ON_HOLD: Final = {State.PROCESSING, State.CHALLENGED, State.IN_REVIEW}


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def lines_of(counter: Payer, who: Someone) -> list[ActivityRow]:
    """The lines of somebody, oldest first; each leads to the next, the last to the balance."""
    await counter.work()
    async with counter.teller.rt.part(db.Database).read() as conn:
        rows = await queries.activity(conn, who.id, ActivityFilter(), before=NEWEST, page=(100, 0))
        balance = await queries.balance(conn, who.id, currency=CURRENCY, now=clock.now())
    lines = rows[::-1]
    held = 0
    for line in lines:
        if line.balance_after_minor is not None:
            held += line.amount_minor if line.is_incoming else -line.amount_minor
            assert line.balance_after_minor == held >= 0, line
    assert balance is not None
    assert held == balance.available
    waits = sum(
        line.amount_minor * (-1 if line.is_incoming else 1)
        for line in lines
        if line.state in _ON_HOLD and line.kind in (Kind.PAYMENT, Kind.FUNDING)
    )
    assert waits == balance.on_hold
    return lines


def told(lines: list[ActivityRow]) -> list[tuple[str, int, str]]:
    return [
        (
            Kind(x.kind).name,
            x.amount_minor if x.is_incoming else -x.amount_minor,
            State(x.state).name,
        )
        for x in lines
    ]


async def test_a_payment_of_two_parts_has_a_line_for_each(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    assert told(await lines_of(counter, ana))[1:] == [
        ("FUNDING", 3_000, "PROCESSING"),
        ("PAYMENT", -5_000, "PROCESSING"),
    ]
    assert await lines_of(counter, ben) == []
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [
        ("FUNDING", 3_000, "COMPLETED"),
        ("PAYMENT", -5_000, "COMPLETED"),
    ]
    assert (lines[1].payment_id, lines[1].note) == (payment_id, "First Bank ••0000")
    assert told(await lines_of(counter, ben)) == [("PAYMENT", 5_000, "COMPLETED")]


async def test_what_failed_leaves_its_lines_and_the_release(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana, name="Empty Checking")
    assert code_of(await counter.pay(ana, ben, 5_000)) == "PAYMENT_METHOD_DECLINED"
    assert told(await lines_of(counter, ana))[1:] == [
        ("FUNDING", 3_000, "DECLINED"),
        ("PAYMENT", -5_000, "DECLINED"),
        ("RELEASE", 2_000, "DECLINED"),
    ]


async def test_deposits_withdrawals_returns_and_what_was_owed(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    counter.teller.fund()
    deposit = await counter.teller.deposit(ana, bank, 4_000)
    assert told(await lines_of(counter, ana))[1:] == []
    deposit = await counter.teller.until(deposit, OpState.SETTLED)
    await counter.teller.withdraw(ana, bank, 1_000)
    assert code_of(await counter.pay(ana, ben, 3_500, None)) == "COMPLETED"
    assert told(await lines_of(counter, ana))[1:] == [
        ("DEPOSIT", 4_000, "COMPLETED"),
        ("WITHDRAWAL", -1_000, "PROCESSING"),
        ("PAYMENT", -3_500, "COMPLETED"),
    ]
    await counter.teller.told(deposit, "returned", return_code="R01")
    assert told(await lines_of(counter, ana))[4:] == [("RETURN", -1_500, "COMPLETED")]


async def test_a_card_leaves_the_balance_alone(counter: Payer, ana: Someone, ben: Someone) -> None:
    card = await counter.card(ana)
    assert code_of(await counter.pay(ana, ben, 5_000, Wish(card.id))) == "COMPLETED"
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [
        ("FUNDING", 5_000, "COMPLETED"),
        ("PAYMENT", -5_000, "COMPLETED"),
    ]
    assert {x.fee_minor for x in lines[1:]} == {150}
    assert {x.balance_after_minor for x in lines[2:]} == {2_000}
