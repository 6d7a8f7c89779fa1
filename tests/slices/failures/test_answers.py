"""Answers that are lost, cut, wrong or late: rows 3, 4, 16 and 22."""

import pytest

from quid.funding.types import OpState
from quid.kit import clock
from quid.kit.breaker import Board
from quid.ledger.types import Kind, Meter
from quid.payments.errors import QuoteChanged
from quid.payments.types import State, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import Someone
from tests.support.sending import code_of
from tests.support.teller import Teller


@pytest.mark.parametrize("arrived", [True, False])
async def test_row_3_after_its_key_it_is_only_looked_up(
    teller: Teller, ben: Someone, *, arrived: bool
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    teller.box.fault("reset", effect=arrived, match={"path": "/transfer/create"})
    op = await teller.withdraw(ben, bank, 4_000)
    assert op.unsure_since is not None
    before = len(teller.box.journal())
    teller.box.advance(hours=49)
    op = await teller.drive((await teller.age(op, hours=49)).id)
    asked = {m["path"] for m in teller.box.journal()[before:] if m.get("face") == "plaid"}
    assert asked == {"/transfer/get"}
    if arrived:
        assert op.provider_ref is not None
        await teller.until(op, OpState.COMPLETED)
        assert await teller.books(ben) == {Kind.WALLET: 6_000}
    else:
        assert (OpState(op.state), op.failure_code) == (OpState.FAILED, "NOT_DONE")
        assert await teller.books(ben) == {Kind.WALLET: 10_000}
        assert await teller.counted(ben, Meter.BANK_OUT_7D) == 0


async def test_row_3_a_card_that_was_never_asked_is_not_charged_days_later(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    teller, card = counter.teller, await counter.card(ana)
    teller.box.fault("reset", match={"path": "/v1/payment_intents/*/confirm"})
    payment_id = made(await counter.pay(ana, ben, 5_000, Wish(card.id)))
    op = await counter.operation_of(payment_id)
    assert op.unsure_since is not None
    op = await teller.drive((await teller.age(op, hours=49)).id)
    await counter.work()
    assert OpState(op.state) in {OpState.FAILED, OpState.CANCELLED}
    assert await counter.state_of(payment_id) in {State.FAILED, State.DECLINED}
    assert teller.box.state("stripe.charge") == []
    assert await counter.counted(ana) == 0


async def test_row_4_an_open_breaker_in_doubt_touches_no_second_source(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    """What nobody answered for is looked up; meanwhile nothing else pays for it, nor in silence."""
    teller = counter.teller
    await counter.bank(ana)
    await counter.card(ana)
    teller.box.fault("reset", times=3, effect=True, match={"path": "/transfer/create"})
    keys = [f"in-doubt-{n}" for n in range(3)]
    unsure = [made(await counter.pay(ana, ben, 1_000, key=key)) for key in keys]
    teller.rt.part(Board).forced["plaid.write"] = "open"
    for key, payment_id in zip(keys, unsure, strict=True):
        assert made(await counter.pay(ana, ben, 1_000, key=key)) == payment_id
        op = await counter.operation_of(payment_id)
        assert (OpState(op.state), op.unsure_since is None) == (OpState.SUBMITTING, False)
    with pytest.raises(QuoteChanged):  # a fourth would cost a fee now, which nobody has seen
        await counter.pay(ana, ben, 1_000)
    for payment_id in unsure:
        op = await counter.operation_of(payment_id)
        op = await teller.drive(op.id, now=op.next_at)
        assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 3
    assert teller.box.state("stripe.payment_intent") == []


@pytest.mark.parametrize("approved", ["49.99", "10.00"])
async def test_row_16_no_more_is_submitted_than_was_approved(
    teller: Teller, ana: Someone, approved: str
) -> None:
    bank = await teller.bank(ana)
    teller.box.order("POST", "rules", {"decision": "approved", "proposed": approved})
    op = await teller.deposit(ana, bank, 5_000)
    assert (OpState(op.state), op.failure_code) == (OpState.DECLINED, "AMOUNT_CUT")
    assert teller.box.state("transfer") == []
    assert await teller.counted(ana, Meter.BANK_IN_7D) == 0


@pytest.mark.parametrize(("score", "goes"), [(69, False), (None, False), (70, True)])
async def test_row_16_what_the_provider_did_not_check_is_judged_by_us(
    counter: Payer, ana: Someone, ben: Someone, score: int | None, *, goes: bool
) -> None:
    """And never advanced, however well the payer is known."""
    bank = await counter.bank(ana, owner_score=score)
    await counter.trust(ana, bank)
    rule = {"decision": "approved", "code": "MANUALLY_VERIFIED_ITEM"}
    counter.teller.box.order("POST", "rules", rule)
    outcome = await counter.pay(ana, ben, 5_000)
    assert code_of(outcome) == ("PROCESSING" if goes else "PAYMENT_METHOD_DECLINED")
    assert await counter.books(ben) == {Kind.WALLET: 10_000}
    assert len(counter.teller.box.state("transfer")) == int(goes)


@pytest.mark.parametrize("to", ["missing", "null", "unknown"])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/transfer/authorization/create", "authorization.decision"),
        ("/transfer/authorization/create", "authorization.proposed_transfer.amount"),
        ("/transfer/create", "transfer.status"),
        ("/transfer/create", "transfer.amount"),
    ],
)
async def test_row_22_an_answer_that_is_not_as_agreed_is_no_answer(
    teller: Teller, ana: Someone, path: str, field: str, to: str
) -> None:
    bank = await teller.bank(ana)
    teller.box.fault("field", match={"path": path}, field=field, to=to)
    op = await teller.deposit(ana, bank, 5_000)
    assert op.unsure_since is not None
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING
    await teller.until(op, OpState.AVAILABLE)
    assert await teller.books(ana) == {Kind.WALLET: 5_000}
    assert clock.now() < op.deadline
