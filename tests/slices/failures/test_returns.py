"""What banks take back, by the codes of the network: rows 10 to 13 and 24."""

from typing import Any

import asyncpg
import pytest

from quid.funding import errors, service
from quid.funding.store import linking
from quid.funding.types import Operation, OpState, Source, SourceState
from quid.funding.types.linking import Asker
from quid.kit import clock
from quid.ledger.types import Kind
from quid.payments import service as payments
from tests.support.crossing import Called
from tests.support.people import Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import asked, code_of, send
from tests.support.teller import Teller

# On this account a pull of $RR.TT comes back with the code R + RR, TT days after settlement.
RETURNS = "Returns Checking"


async def _paid(teller: Teller, payer: Someone, payee: Someone, cents: int) -> str:
    return code_of(await send(teller.rt, asked(payer, payee, cents)))


async def _consented(teller: Teller, who: Someone, bank: Source) -> None:
    async with teller.database.transaction() as tx:
        asker = Asker(who.id, "192.0.2.7", "a test")
        given: tuple[Any, str, bytes] = ("link", "1", bytes(16))
        await linking.add_consents(tx, asker, [bank.id], given, now=clock.now())


async def _available(teller: Teller, who: Someone, bank: Source, cents: int) -> Operation:
    return await teller.until(await teller.deposit(who, bank, cents), OpState.AVAILABLE)


async def test_row_10_r01_after_all_was_sent_on(teller: Teller, ana: Someone, ben: Someone) -> None:
    op = await _available(teller, ana, await teller.bank(ana, RETURNS), 120)
    assert await _paid(teller, ana, ben, 120) == "COMPLETED"
    op = await teller.until(op, OpState.RETURNED, days=40)
    assert op.failure_code == "R01"
    assert await teller.books(ana) == {Kind.RECEIVABLE: -120}
    assert await teller.books(ben) == {Kind.WALLET: 10_120}
    assert await _paid(teller, ana, ben, 1) == "ACCOUNT_FROZEN"
    assert await _paid(teller, ben, ana, 150) == "COMPLETED"
    async with teller.database.transaction() as tx:
        assert await service.recover(tx, now=clock.now()) == 1
    assert await teller.books(ana) == {Kind.WALLET: 30}
    assert await _paid(teller, ana, ben, 1) == "COMPLETED"


@pytest.mark.parametrize(("cents", "code"), [(1_059, "R10"), (2_902, "R29")])
async def test_row_11_r10_on_day_59_and_r29_end_the_source(
    teller: Teller, ana: Someone, admin: asyncpg.Connection, cents: int, code: str
) -> None:
    bank = await teller.bank(ana, RETURNS)
    await _consented(teller, ana, bank)
    op = await teller.deposit(ana, bank, cents)
    op = await teller.until(op, OpState.RETURNED, days=100)
    assert op.failure_code == code
    assert await teller.books(ana) == {}
    assert await teller.source_state(bank) is SourceState.DISABLED
    assert await admin.fetchval("select count(*) from funding.consent where voided_at is null") == 0
    with pytest.raises(errors.PaymentMethodInvalid):
        await teller.deposit(ana, bank, 100)
    await teller.drive((await teller.age(op, days=10)).id)
    assert len(teller.box.state("transfer")) == 1  # nobody tries again
    told = await admin.fetchval(
        "select count(*) from kit.outbox where payload::text like $1", f"%{code}%"
    )
    assert told >= 1


async def test_row_12_a_duplicate_calls_somebody_and_is_booked_once(
    teller: Teller, ana: Someone, called: Called
) -> None:
    op = await teller.deposit(ana, await teller.bank(ana, RETURNS), 2_402)
    op = await teller.until(op, OpState.RETURNED)
    assert op.failure_code == "R24"
    for _ in range(2):
        op = await teller.told(op, "returned", return_code="R24")
    assert await teller.books(ana) == {}
    assert await teller.house() == {}
    assert [p.name for p in called.pages] == ["funding.duplicate"]


@pytest.mark.parametrize("is_returned_first", [True, False])
async def test_row_12_a_return_and_a_reversal_of_what_it_paid_take_it_back_once(
    teller: Teller, ana: Someone, ben: Someone, *, is_returned_first: bool
) -> None:
    op = await _available(teller, ana, await teller.bank(ana), 5_000)
    command = asked(ana, ben, 5_000)
    assert code_of(await send(teller.rt, command)) == "COMPLETED"

    async def back() -> None:
        await teller.told(op, "returned", return_code="R01")

    async def reversed_() -> None:
        asks = press(operator("finance"))
        question = await payments.ask_to_reverse(
            asks, command.payment_id, amount_minor=None, reason="mistake", now=clock.now()
        )
        await answer(question, operator("compliance"))

    for act in (back, reversed_) if is_returned_first else (reversed_, back):
        await act()
    async with teller.database.transaction() as tx:
        assert await service.recover(tx, now=clock.now()) == int(is_returned_first)
    assert await teller.books(ana) == {}
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert await teller.house() == {}


async def test_row_13_a_completed_withdrawal_that_r03_brings_back_is_credited_once(
    teller: Teller, ben: Someone
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    rule = {"type": "credit", "end": "returned", "code": "R03", "after": "settled"}
    teller.box.order("POST", "rules", rule)
    op = await teller.until(await teller.withdraw(ben, bank, 4_000), OpState.RETURNED)
    for _ in range(2):
        op = await teller.learn(op)
    assert op.failure_code == "R03"
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert await teller.house() == {}
    assert await teller.source_state(bank) is SourceState.DISABLED


async def test_row_13_without_float_it_waits_with_the_money_set_aside_and_calls_somebody(
    teller: Teller, ben: Someone, called: Called
) -> None:
    bank = await teller.bank(ben)
    op = await teller.withdraw(ben, bank, 4_000)
    assert OpState(op.state) is OpState.QUEUED
    assert await teller.books(ben) == {Kind.WALLET: 6_000}
    assert await teller.house() == {Kind.PAYOUTS: 4_000}
    assert {p.name for p in called.pages} == {"funding.float_empty"}
    assert called.pages[0].summary.endswith(", $40.00")
    op = await teller.age(op, minutes=5)
    op = await teller.drive(op.id)
    assert (op.attempts, len(called.pages)) == (2, 1)
    assert teller.box.state("transfer") == []


async def test_row_24_what_was_put_in_leaves_at_once_only_after_its_window(
    teller: Teller, ana: Someone, admin: asyncpg.Connection
) -> None:
    teller.fund()
    bank = await teller.bank(ana)
    op = await _available(teller, ana, bank, 5_000)
    with pytest.raises(errors.InsufficientFunds):
        await teller.withdraw(ana, bank, 1, speed="instant")
    assert op.standard_return_until is not None
    set_window = "update funding.operation set standard_return_until = now() + $1::text::interval"
    await admin.execute(set_window, "1 minute")
    with pytest.raises(errors.InsufficientFunds):
        await teller.withdraw(ana, bank, 1, speed="instant")
    await admin.execute(set_window, "0 seconds")
    op = await teller.withdraw(ana, bank, 5_000, speed="instant")
    assert OpState(op.state) is OpState.PENDING
    assert await teller.books(ana) == {}
