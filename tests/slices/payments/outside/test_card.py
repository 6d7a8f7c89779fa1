"""A card pays: its fee, what its bank asks, what it declines."""

from uuid import UUID

import asyncpg
import pytest

from quid.funding import service as funding
from quid.funding.service.refunding import refund
from quid.funding.types import OpState
from quid.identity import service as identity
from quid.kit import clock
from quid.ledger.types import Kind
from quid.payments import service
from quid.payments.errors import QuoteChanged
from quid.payments.service.waiting import cancel
from quid.payments.types import State, Wish
from tests.contracts.deeds import press
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.presses import operator
from tests.support.presses import press as press_as_operator
from tests.support.sending import answer_of, code_of


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def test_a_card_that_is_named_pays_all_and_its_fee_on_top(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    card = await counter.card(ana)
    outcome = await counter.pay(ana, ben, 5_000, Wish(card.id))
    told = answer_of(outcome)["payment"]
    assert (told["state"], told["fee"], told["total"]) == ("COMPLETED", 150, 5_150)
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.books(ben) == {Kind.WALLET: 5_000}
    house = await counter.teller.house()
    assert (house[Kind.FEE_CARD], house[Kind.RAIL_PENDING]) == (150, -5_150)
    assert len(counter.teller.box.state("stripe.charge")) == 1


async def test_no_card_is_charged_that_was_not_agreed_to(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.card(ana)
    with pytest.raises(QuoteChanged) as caught:
        await counter.pay(ana, ben, 5_000)
    assert caught.value.extra == {"fee": 90, "total": 5_090}
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert counter.teller.box.state("stripe.charge") == []


async def test_what_its_bank_declines_is_told_and_nothing_is_taken(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    card = await counter.card(ana, "chargeCustomerFail")
    outcome = await counter.pay(ana, ben, 5_000, Wish(card.id))
    assert code_of(outcome) == "PAYMENT_METHOD_DECLINED"
    assert await counter.state_of(made(outcome)) is State.DECLINED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.counted(ana) == 0


async def asked_by_the_bank(counter: Payer, ana: Someone, ben: Someone) -> tuple[UUID, str]:
    """Pay with a card whose bank asks its owner; give the payment and the page."""
    card = await counter.card(ana, "authenticationRequired")
    outcome = await counter.pay(ana, ben, 5_000, Wish(card.id))
    told = answer_of(outcome)["payment"]
    assert told["state"] == "CHALLENGED"
    assert told["challenge"]["methods"] == ["redirect"]
    assert told["can"]["cancel"]
    return made(outcome), told["challenge"]["url"]


async def test_the_owner_says_yes_on_the_page_of_the_bank(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    payment_id, url = await asked_by_the_bank(counter, ana, ben)
    assert await counter.books(ben) == {}
    press(counter.teller.box, url, answer="approve")
    op = await counter.operation_of(payment_id)
    assert op.next_at is not None
    await counter.teller.drive(op.id, now=op.next_at)
    await counter.work()
    assert await counter.state_of(payment_id) is State.COMPLETED
    assert await counter.books(ben) == {Kind.WALLET: 5_000}


async def test_the_payer_takes_it_back_while_the_bank_asks(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    payment_id, _ = await asked_by_the_bank(counter, ana, ben)
    shown = await cancel(payment_id, ana.id, now=clock.now())
    assert shown.row.state is State.CANCELLED
    await counter.teller.drive((await counter.operation_of(payment_id)).id)
    await counter.work()
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert [c["status"] for c in counter.teller.box.state("stripe.payment_intent")] == ["canceled"]


async def test_what_was_charged_for_somebody_who_is_gone_is_the_payers_with_the_fee(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id, url = await asked_by_the_bank(counter, ana, ben)
    await identity.block(ben.id, ana.id, now=clock.now())
    press(counter.teller.box, url, answer="approve")
    op = await counter.operation_of(payment_id)
    assert op.next_at is not None
    await counter.teller.drive(op.id, now=op.next_at)
    async with counter.teller.database.transaction() as tx:
        ahead = await funding.touched(tx, op.id)
    await counter.work()
    assert await counter.state_of(payment_id) is State.DECLINED
    moved = await admin.fetchrow(
        "select debit_id, credit_id from ledger.journal where cause_id = $1", op.id
    )
    assert moved is not None
    assert {*moved} <= {*ahead}  # all of it was locked at once
    assert await counter.books(ana) == {Kind.WALLET: 2_000 + 5_150}
    assert Kind.FEE_CARD not in await counter.teller.house()
    assert await service.settle(payment_id, now=clock.now()) is State.DECLINED
    # There was no fee, so none is given back with it: all of it leaves the wallet again.
    given = press_as_operator(operator("finance"))
    made_refund = await refund(given, op.id, None, now=clock.now())
    await counter.teller.drive(made_refund)
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert Kind.FEE_CARD not in await counter.teller.house()


async def test_what_was_claimed_before_it_was_given_strands_nothing(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id, url = await asked_by_the_bank(counter, ana, ben)
    press(counter.teller.box, url, answer="approve")
    op = await counter.operation_of(payment_id)
    assert op.next_at is not None
    await counter.teller.drive(op.id, now=op.next_at)
    await admin.execute("update funding.operation set state = 62 where id = $1", op.id)
    await counter.work()
    assert await counter.state_of(payment_id) is State.COMPLETED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}


async def test_a_card_that_could_not_be_asked_in_time_is_not_asked_later(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    """The processor took nothing for a quarter of an hour: nobody waits for it any longer."""
    card = await counter.card(ana)
    counter.teller.box.fault(
        "status", times=9, match={"path": "/v1/payment_intents/*/confirm"}, status=429
    )
    outcome = await counter.pay(ana, ben, 5_000, Wish(card.id))
    payment_id = made(outcome)
    assert await counter.state_of(payment_id) is State.PROCESSING
    op = await counter.operation_of(payment_id)
    op = await counter.teller.drive((await counter.teller.age(op, hours=1)).id)
    assert OpState(op.state) is OpState.FAILED
    assert counter.teller.box.state("stripe.charge") == []
    await counter.work()
    assert await counter.state_of(payment_id) is State.FAILED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.counted(ana) == 0
