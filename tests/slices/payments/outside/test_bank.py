"""A bank pays: at once on credit, when it has settled, or not at all."""

from uuid import UUID

import pytest

from quid.funding.settings import FundingSettings
from quid.funding.types import OpState, SourceState
from quid.identity import service as identity
from quid.kit import clock, ids
from quid.ledger.types import Kind, Meter
from quid.payments import service
from quid.payments.errors import PaymentMethodInvalid, StateConflict
from quid.payments.service.waiting import cancel
from quid.payments.types import Outcome, State, Wish
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.sending import answer_of, code_of


def made(outcome: Outcome) -> UUID:
    """The payment of an answer."""
    told = answer_of(outcome)
    shown = told["payment_id"] if "payment_id" in told else told["payment"]["id"]
    found = ids.read("pay", shown)
    assert found is not None
    return found


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def test_what_the_balance_does_not_cover_waits_for_the_bank(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    outcome = await counter.pay(ana, ben, 5_000)
    told = answer_of(outcome)
    assert told["payment"]["state"] == "PROCESSING"
    assert [(x["kind"], x["amount"], x["fee"]) for x in told["payment"]["funding"]] == [
        ("balance", 2_000, 0),
        ("bank", 3_000, 0),
    ]
    assert told["payment"]["lands_on"] is not None
    assert (told["balance"]["available"], told["balance"]["on_hold"]) == (0, 2_000)
    assert await counter.books(ana) == {Kind.RESERVED: 2_000, Kind.INCOMING: 3_000}
    assert await counter.books(ben) == {}
    assert await counter.counted(ana) == 5_000
    payment_id = made(outcome)
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(payment_id) is State.COMPLETED
    assert await counter.books(ana) == {}
    assert await counter.books(ben) == {Kind.WALLET: 5_000}
    assert await counter.counted(ana) == 5_000
    await counter.work()
    assert await service.settle(payment_id, now=clock.now()) is State.COMPLETED
    assert await counter.books(ben) == {Kind.WALLET: 5_000}


async def test_who_has_earned_credit_pays_at_once(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    await counter.trust(ana, bank)
    outcome = await counter.pay(ana, ben, 5_000)
    assert code_of(outcome) == "COMPLETED"
    assert await counter.books(ana) == {Kind.ADVANCE: -3_000, Kind.INCOMING: 3_000}
    assert await counter.books(ben) == {Kind.WALLET: 5_000}
    op = await counter.operation_of(made(outcome))
    assert op.is_advanced
    await counter.teller.until(op, OpState.SETTLED)
    await counter.work()
    assert await counter.books(ana) == {}
    assert await counter.books(ben) == {Kind.WALLET: 5_000}


async def test_the_house_gives_no_more_credit_than_it_is_set_to(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    await counter.trust(ana, bank)
    rt = counter.teller.rt
    settings = rt.part(FundingSettings)
    rt.put(settings.model_copy(update={"advance_total_minor": 2_999}))
    assert code_of(await counter.pay(ana, ben, 5_000)) == "PROCESSING"
    assert await counter.books(ben) == {}
    assert Kind.ADVANCE not in await counter.books(ana)


async def test_what_comes_back_after_the_payee_has_it_the_payer_owes(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    await counter.trust(ana, bank)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    op = await counter.operation_of(payment_id)
    await counter.teller.told(op, "returned", return_code="R01")
    await counter.work()
    assert await counter.state_of(payment_id) is State.COMPLETED
    assert await counter.books(ben) == {Kind.WALLET: 5_000}
    assert await counter.books(ana) == {Kind.RECEIVABLE: -3_000}
    refused = await counter.pay(ana, ben, 100)
    assert code_of(refused) == "ACCOUNT_FROZEN"


async def test_a_pull_that_comes_back_before_it_was_given_ends_the_payment(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    op = await counter.operation_of(payment_id)
    await counter.teller.told(op, "returned", return_code="R01")
    await counter.work()
    assert await counter.state_of(payment_id) is State.FAILED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.books(ben) == {}
    assert await counter.counted(ana) == 0


async def test_what_the_bank_declines_at_once_is_told_at_once(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana, name="Empty Checking")
    key = "declined-once"
    first = await counter.pay(ana, ben, 5_000, key=key)
    assert code_of(first) == "PAYMENT_METHOD_DECLINED"
    assert await counter.state_of(made(first)) is State.DECLINED
    again = await counter.pay(ana, ben, 5_000, key=key)
    assert answer_of(again) == answer_of(first)
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.counted(ana) == 0
    assert await counter.teller.counted(ana, Meter.BANK_IN_7D) == 0


async def test_a_named_bank_pays_all_of_it(counter: Payer, ana: Someone, ben: Someone) -> None:
    bank = await counter.bank(ana, is_default=False)
    outcome = await counter.pay(ana, ben, 1_500, Wish(bank.id))
    assert answer_of(outcome)["payment"]["funding"][0]["kind"] == "bank"
    assert await counter.books(ana) == {Kind.WALLET: 2_000, Kind.INCOMING: 1_500}


async def test_without_a_bank_it_is_declined_as_ever(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    outcome = await counter.pay(ana, ben, 5_000)
    assert code_of(outcome) == "INSUFFICIENT_FUNDS"
    assert await counter.state_of(made(outcome)) is State.DECLINED


async def test_a_bank_that_needs_repair_is_told_of_when_it_is_named(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana, state=SourceState.NEEDS_REPAIR)
    with pytest.raises(PaymentMethodInvalid) as caught:
        await counter.pay(ana, ben, 5_000, Wish(bank.id))
    assert caught.value.extra == {"needs": "repair"}
    assert code_of(await counter.pay(ana, ben, 5_000)) == "INSUFFICIENT_FUNDS"
    assert await counter.books(ana) == {Kind.WALLET: 2_000}


async def test_the_bank_is_at_it_and_it_can_no_longer_be_taken_back(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    with pytest.raises(StateConflict):
        await cancel(payment_id, ana.id, now=clock.now())
    assert await counter.state_of(payment_id) is State.PROCESSING
    assert (await counter.operation_of(payment_id)).state != OpState.CANCELLED


async def test_what_was_not_submitted_can_be_taken_back(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    counter.teller.box.fault("reset", times=20, match={"path": "/transfer/*"})
    payment_id = made(await counter.pay(ana, ben, 5_000))
    assert await counter.state_of(payment_id) is State.PROCESSING
    shown = await cancel(payment_id, ana.id, now=clock.now())
    assert shown.row.state is State.CANCELLED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.counted(ana) == 0


async def test_a_payee_who_is_gone_meanwhile_gets_nothing_and_the_payer_keeps_it(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    await identity.block(ben.id, ana.id, now=clock.now())
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(payment_id) is State.DECLINED
    assert await counter.books(ana) == {Kind.WALLET: 5_000}
    assert await counter.books(ben) == {}
    assert await counter.counted(ana) == 0
