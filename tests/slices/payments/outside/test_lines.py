"""Activity adds up with banks and cards, too: opening and lines are the closing, at every step."""

from typing import Final

import pytest

from quid.funding.service import refunding, stopping
from quid.funding.types import OpKind, OpState
from quid.kit import clock, db, ids
from quid.payments import queries, rules
from quid.payments.queries import NEWEST, ActivityFilter
from quid.payments.service import CURRENCY
from quid.payments.types import ActivityRow, ActivityView, Kind, State, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.presses import operator, press
from tests.support.sending import code_of

_ON_HOLD: Final = {State.PROCESSING, State.CHALLENGED, State.IN_REVIEW}


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


@pytest.fixture
async def cleo(people: People) -> Someone:
    """Cleo, with nothing."""
    return await people.add("cleo", funded_minor=0)


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
            held += signed(line) + sum(signed(x) for x in lines if is_part(x, line))
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


def signed(line: ActivityRow) -> int:
    return line.amount_minor if line.is_incoming else -line.amount_minor


def is_part(line: ActivityRow, payment: ActivityRow) -> bool:
    """Whether it is what a bank is still to pay of a payment whose other part is on hold."""
    return (
        line.kind == Kind.FUNDING
        and line.balance_after_minor is None
        and (line.payment_id, Kind.PAYMENT) == (payment.id, payment.kind)
    )


def shown(line: ActivityRow) -> ActivityView:
    return rules.activity_view(line, None)


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
    lines = await lines_of(counter, ana)
    assert [x.balance_after_minor for x in lines[1:]] == [None, 0, 2_000]


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
    lines = await lines_of(counter, ana)
    lines[4:] = sorted(lines[4:], key=lambda x: x.amount_minor)  # of one moment
    assert told(lines)[1] == ("DEPOSIT", 4_000, "REVERSED")
    assert told(lines)[4:] == [
        ("RETURN", -1_500, "COMPLETED"),
        ("RETURN", -2_500, "COMPLETED"),
    ]
    assert [shown(x).owed for x in lines[4:]] == [0, 2_500]
    assert {shown(lines[n]).operation_id for n in (1, 4, 5)} == {ids.show("dep", deposit.id)}


async def test_a_card_leaves_the_balance_alone(counter: Payer, ana: Someone, ben: Someone) -> None:
    card = await counter.card(ana)
    assert code_of(await counter.pay(ana, ben, 5_000, Wish(card.id))) == "COMPLETED"
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [
        ("FUNDING", 5_000, "COMPLETED"),
        ("PAYMENT", -5_000, "COMPLETED"),
    ]
    assert [x.fee_minor for x in lines[1:]] == [0, 150]
    assert {x.balance_after_minor for x in lines[2:]} == {2_000}


async def test_a_card_that_says_no_moves_nothing_and_says_why(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    card = await counter.card(ana, "chargeCustomerFail")
    assert code_of(await counter.pay(ana, ben, 5_000, Wish(card.id))) == "PAYMENT_METHOD_DECLINED"
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [("FUNDING", 5_000, "DECLINED"), ("PAYMENT", -5_000, "DECLINED")]
    assert [x.balance_after_minor for x in lines[1:]] == [None, None]
    async with counter.teller.rt.part(db.Database).read() as conn:
        kept = await queries.payment(conn, lines[2].id, viewer_id=ana.id)
    assert kept is not None
    failure = rules.view_of(kept, viewer_id=ana.id).failure
    assert failure is not None
    assert failure.code == "PAYMENT_METHOD_DECLINED"
    assert "Choose another" in failure.detail


async def test_a_refund_that_the_wallet_did_not_have_says_what_is_owed(
    counter: Payer, ana: Someone, ben: Someone, cleo: Someone
) -> None:
    card = await counter.card(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000, Wish(card.id)))
    assert code_of(await counter.pay(ana, cleo, 2_000, None)) == "COMPLETED"
    charge = await counter.operation_of(payment_id)
    pressed = press(operator("finance"), "back", "all")
    refund_id = await refunding.refund(pressed, charge.id, None, now=clock.now())
    await counter.teller.drive(refund_id)
    await counter.teller.age(charge, hours=1)
    await counter.teller.drive(charge.id)
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [
        ("FUNDING", 5_000, "REVERSED"),
        ("PAYMENT", -5_000, "COMPLETED"),
        ("PAYMENT", -2_000, "COMPLETED"),
        ("REFUND", -5_000, "COMPLETED"),
    ]
    back = shown(lines[4])
    assert (back.balance_after, back.owed) == (None, 5_000)
    assert (back.operation_id, back.payment_id) == (
        ids.show("op", refund_id),
        ids.show("pay", payment_id),
    )
    assert shown(lines[1]).id == shown(lines[1]).operation_id == ids.show("op", charge.id)


async def test_a_withdrawal_that_was_taken_back_is_no_return(counter: Payer, ana: Someone) -> None:
    bank = await counter.bank(ana)
    deposit = await counter.teller.deposit(ana, bank, 4_000)
    await counter.teller.until(deposit, OpState.SETTLED)
    out = await counter.teller.withdraw(ana, bank, 5_000)
    await stopping.cancel(out.id, ana.id, [OpKind.WITHDRAWAL], now=clock.now())
    lines = await lines_of(counter, ana)
    assert told(lines)[2:] == [
        ("WITHDRAWAL", -5_000, "CANCELLED"),
        ("WITHDRAWAL", 5_000, "CANCELLED"),
    ]
    assert {shown(x).operation_id for x in lines[2:]} == {ids.show("wd", out.id)}


async def test_a_bank_that_takes_back_what_the_payee_has_is_told(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.trust(ana, await counter.bank(ana))
    payment_id = made(await counter.pay(ana, ben, 5_000))
    pulled = await counter.operation_of(payment_id)
    await counter.teller.told(pulled, "failed")
    lines = await lines_of(counter, ana)
    assert told(lines)[1:] == [
        ("FUNDING", 3_000, "REVERSED"),
        ("PAYMENT", -5_000, "COMPLETED"),
        ("RETURN", -3_000, "COMPLETED"),
    ]
    assert (shown(lines[3]).owed, shown(lines[3]).balance_after) == (3_000, None)
    assert {shown(x).operation_id for x in lines[1:]} == {ids.show("dep", pulled.id)}
