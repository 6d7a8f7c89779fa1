"""Card charges after they succeeded: their money, what is given back, what the network takes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.funding import service
from quid.funding.errors import InvalidAmount, StateConflict
from quid.funding.service import cards, pulling, refunding
from quid.funding.service.steps import CardSeen
from quid.funding.store import operations as store
from quid.funding.types import Operation, OpState, Provider
from quid.kit import clock, ids
from quid.kit.errors import Forbidden
from quid.ledger.types import Kind
from quid.payments import service as payments
from quid.payments.types import Wish
from tests.support.outside import Payer
from tests.support.people import Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import answer_of
from tests.support.teller import Teller

_POLL = timedelta(seconds=60)


@pytest.fixture
def counter(teller: Teller, admin: asyncpg.Connection) -> Payer:
    """Where people pay with cards."""
    return Payer(teller, admin)


async def _charged(
    counter: Payer, ana: Someone, ben: Someone, card: str = "visa", cents: int = 5_000
) -> Operation:
    """Ana has paid Ben $50.00, unless said, with a card, and a fee on top ($1.50)."""
    source = await counter.card(ana, card)
    outcome = await counter.pay(ana, ben, cents, Wish(source.id))
    payment_id = ids.read("pay", answer_of(outcome)["payment"]["id"])
    assert payment_id is not None
    op = await counter.operation_of(payment_id)
    assert OpState(op.state) is OpState.SUCCEEDED
    return op


async def _looked(teller: Teller, op: Operation) -> Operation:
    await teller.age(op, hours=1)
    return await teller.drive(op.id)


async def _refunded(op: Operation, cents: int | None, key: str = "key") -> Operation:
    made: UUID = await refunding.refund(
        press(operator("finance"), key, str(cents)), op.id, cents, now=clock.now()
    )
    return (await service.drive(made, within=20, now=clock.now())).operation


async def test_its_money_is_ours_after_the_processors_fee(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    op = await _charged(counter, ana, ben)
    charge = await teller.rails.card.get(op.provider_ref or "")
    assert charge is not None
    past = replace(charge, available_on=clock.now() - timedelta(seconds=1))
    for _ in range(2):
        async with teller.database.transaction() as tx:
            held = await store.locked(tx, op.id)
            assert held is not None
            await cards.look(tx, held, CardSeen(past, ()), now=clock.now())
    cost = charge.fee or 0
    assert await teller.house() == {
        Kind.RAIL_AVAILABLE: -(5_150 - cost),
        Kind.COST_RAIL: -cost,
        Kind.FEE_CARD: 150,
    }


async def test_a_refund_takes_what_is_there_and_the_rest_is_owed(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    op = await _charged(counter, ana, ben)
    first = await _refunded(op, 2_000, "first")
    assert (OpState(first.state), first.cents, first.fee) == (OpState.COMPLETED, 2_000, 60)
    assert await teller.books(ana) == {Kind.RECEIVABLE: -2_000}
    op = await _looked(teller, op)
    assert (OpState(op.state), op.refunded_minor) == (OpState.PARTLY_REFUNDED, 2_060)
    with pytest.raises(InvalidAmount):
        await _refunded(op, 3_001, "more")
    rest = await _refunded(op, None, "rest")
    assert (rest.cents, rest.fee) == (3_000, 90)
    again = await _refunded(op, None, "rest")
    assert again.id == rest.id
    op = await _looked(teller, op)
    assert OpState(op.state) is OpState.REFUNDED
    with pytest.raises(StateConflict):
        await _refunded(op, None, "once more")
    assert await teller.books(ana) == {Kind.RECEIVABLE: -5_000}
    assert (await teller.house())[Kind.RAIL_AVAILABLE] == 5_150
    assert len(teller.box.state("stripe.refund")) == 2


async def test_more_than_500_dollars_of_a_charge_go_back_by_two_persons(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    op = await _charged(counter, ana, ben, cents=60_000)
    fay, cas = operator("finance"), operator("compliance")
    alone = await refunding.refund(press(fay, "alone"), op.id, 50_000, now=clock.now())
    assert (await teller.drive(alone)).cents == 50_000
    # What went back already counts.
    asked = await refunding.refund(press(fay, "rest"), op.id, 1, now=clock.now())
    assert await admin.fetchval("select count(*) from funding.operation where kind = 5") == 1
    with pytest.raises(Forbidden):
        await answer(asked, fay)
    for _ in range(2):
        await answer(asked, cas)
    made = await admin.fetch("select id, cents from funding.operation where kind = 5 order by id")
    assert [r["cents"] for r in made] == [50_000, 1]
    await teller.drive(made[1]["id"])
    assert await teller.books(ana) == {Kind.RECEIVABLE: -50_001}
    acts = await admin.fetch("select outcome from kit.audit where action = 'funding.refund'")
    assert sorted(a["outcome"] for a in acts) == ["approved", "asked", "ok"]


async def test_a_refund_that_is_agreed_to_gives_back_no_more_than_is_left(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    op = await _charged(counter, ana, ben, cents=60_000)
    fay, cas = operator("finance"), operator("compliance")
    asked = [await refunding.refund(press(fay, key), op.id, None, now=clock.now()) for key in "ab"]
    await answer(asked[0], cas, key="first")
    with pytest.raises(StateConflict):
        await answer(asked[1], cas, key="second")


async def test_a_refund_that_fails_days_later_is_as_if_it_had_never_been(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    op = await _charged(counter, ana, ben, "refundFail")
    made = await _refunded(op, None)
    assert await teller.books(ana) == {Kind.RECEIVABLE: -5_000}
    teller.box.advance(days=10)
    await _looked(teller, op)
    for _ in range(2):
        made = await _looked(teller, await teller.read(made.id))
    assert OpState(made.state) is OpState.FAILED
    assert await teller.books(ana) == {}
    house = await teller.house()
    assert (house.get(Kind.RAIL_AVAILABLE, 0), house[Kind.FEE_CARD]) == (0, 150)


async def test_a_claim_takes_what_the_payer_has_and_a_won_one_gives_it_back(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    await payments.fund(ana.id, 1_000, key="k", operator="test", now=clock.now())
    op = await _charged(counter, ana, ben, "createDispute")
    teller.box.advance(days=2)
    op = await _looked(teller, op)
    assert OpState(op.state) is OpState.CHARGEBACK
    assert await teller.books(ana) == {Kind.HELD: 5_150, Kind.RECEIVABLE: -4_150}
    assert await teller.books(ben) == {Kind.WALLET: 15_000}
    [claim] = await teller.rails.card.chargebacks(op.provider_ref or "")
    charge = await teller.rails.card.get(op.provider_ref or "")
    assert charge is not None
    for _ in range(2):
        async with teller.database.transaction() as tx:
            held = await store.locked(tx, op.id)
            assert held is not None
            won = replace(claim, status="won")
            await cards.look(tx, held, CardSeen(charge, (won,)), now=clock.now())
    assert OpState((await teller.read(op.id)).state) is OpState.CHARGEBACK_WON
    assert await teller.books(ana) == {Kind.WALLET: 1_000}
    assert (await teller.house())[Kind.LOSS_CARD] == -claim.fee


async def test_a_lost_claim_stays_owed(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    op = await _charged(counter, ana, ben, "createDispute")
    teller.box.advance(days=2)
    op = await _looked(teller, op)
    [claim] = await teller.rails.card.chargebacks(op.provider_ref or "")
    charge = await teller.rails.card.get(op.provider_ref or "")
    assert charge is not None
    async with teller.database.transaction() as tx:
        held = await store.locked(tx, op.id)
        assert held is not None
        lost = replace(claim, status="lost")
        await cards.look(tx, held, CardSeen(charge, (lost,)), now=clock.now())
    assert OpState((await teller.read(op.id)).state) is OpState.CHARGEBACK_LOST
    assert await teller.books(ana) == {Kind.RECEIVABLE: -5_150}
    assert Kind.CHARGEBACK_OPEN not in await teller.house()


async def test_a_claim_long_after_its_money_came_is_heard_of(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    """Nobody looks at a charge any more by himself: the processor's event says that it is time."""
    op = await _charged(counter, ana, ben, "createDispute")
    await pulling.pull(Provider.STRIPE, poll=_POLL, now=clock.now())
    async with teller.database.transaction() as tx:
        await tx.execute("update funding.operation set next_at = null where id = $1", op.id)
    teller.box.advance(days=2)
    await pulling.pull(Provider.STRIPE, poll=_POLL, now=clock.now() + _POLL)
    op = await teller.drive(op.id, now=clock.now() + _POLL)
    assert OpState(op.state) is OpState.CHARGEBACK
    assert await teller.books(ana) == {Kind.HELD: 5_150, Kind.RECEIVABLE: -5_150}


async def test_a_refund_that_fails_after_it_was_paid_back_gives_that_back(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    """What the payer owed for it was taken from what came in since: it is hers again."""
    op = await _charged(counter, ana, ben, "refundFail")
    made = await _refunded(op, None)
    assert await teller.books(ana) == {Kind.RECEIVABLE: -5_000}
    await payments.fund(ana.id, 3_000, key="k", operator="test", now=clock.now())
    async with teller.database.transaction() as tx:
        assert await service.recover(tx, now=clock.now()) == 1
    assert await teller.books(ana) == {Kind.RECEIVABLE: -2_000}
    teller.box.advance(days=10)
    await _looked(teller, op)
    for _ in range(2):
        made = await _looked(teller, await teller.read(made.id))
    assert OpState(made.state) is OpState.FAILED
    assert await teller.books(ana) == {Kind.WALLET: 3_000}


async def test_a_refund_that_is_not_on_its_charge_is_not_given_again(
    teller: Teller, counter: Payer, ana: Someone, ben: Someone
) -> None:
    op, other = await _charged(counter, ana, ben), await _charged(counter, ana, ben, "mastercard")
    made = await _refunded(op, None)
    teller.box.advance(days=2)  # its key is known no more
    async with teller.database.transaction() as tx:
        set_ref = "update funding.operation set provider_ref = $2 where id = $1"
        await tx.execute(set_ref, other.id, None)
        await tx.execute(set_ref, op.id, other.provider_ref)
        await tx.execute("update funding.operation set next_at = now() where id = $1", made.id)
    made = await teller.drive(made.id)
    assert OpState(made.state) is OpState.COMPLETED
    assert len(teller.box.state("stripe.refund")) == 1
