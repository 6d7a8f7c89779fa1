"""The waterfall: lines add up, the fee is exact, and none is taken that was not seen."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.rules import plan as rules
from quid.funding.rules.plan import Choice, Offer
from quid.funding.types import LineKind, SourceKind, SourceState, Want

PAYER, OTHER = UUID(int=1), UUID(int=2)
BANK_ID, CARD_ID = UUID(int=10), UUID(int=11)
BPS: Final = 300


def bank(state: SourceState = SourceState.VERIFIED, **more: object) -> Offer:
    """A bank of the payer's."""
    fields: dict[str, object] = {"user_id": PAYER, "can_pull": True, "can_push": True,
                                 "verify_method": "instant", **more}  # fmt: skip
    return Offer(0, BANK_ID, kind=SourceKind.BANK, state=state, institution="Sea", last4="0001",
                 **fields)  # type: ignore[arg-type]  # fmt: skip # a test names any field


def card(state: SourceState = SourceState.VERIFIED) -> Offer:
    """A card of the payer's."""
    return Offer(
        0, CARD_ID, PAYER, SourceKind.CREDIT_CARD, state, False, False, None, "Visa", "4242"
    )


_states = st.sampled_from(SourceState)
_banks = st.none() | st.builds(bank, _states, can_pull=st.booleans())
_cards = st.none() | st.builds(card, _states)
_shut: st.SearchStrategy[frozenset[LineKind]] = st.frozensets(st.sampled_from(["bank", "card"]))
_wants = st.builds(
    Want,
    payer_id=st.just(PAYER),
    cents=st.integers(1, 500_000) | st.integers(1, 120),
    available=st.integers(-5, 600_000) | st.integers(0, 120),
    source_id=st.none(),
    is_balance=st.booleans(),
    accepted_fee=st.none() | st.integers(0, 20_000),
    bank_left=st.none() | st.integers(0, 600_000),
)


@given(_wants, _banks, _cards, _shut)
def test_lines_add_up_and_no_fee_is_silent(
    want: Want, a_bank: Offer | None, a_card: Offer | None, shut: frozenset[LineKind]
) -> None:
    plan = rules.cover(want, Choice(bank=a_bank, card=a_card, shut=shut), card_bps=BPS)
    if plan.refusal == rules.INSUFFICIENT_FUNDS:
        assert not plan.lines
        assert want.available < want.cents
        return
    assert sum(line.cents for line in plan.lines) == want.cents
    assert all(line.cents > 0 for line in plan.lines)
    outside = [line for line in plan.lines if line.kind != "balance"]
    assert len(outside) <= 1
    for line in outside:
        assert line.kind not in shut
        # Rounded half up, by another way of counting than the rule's.
        share = Decimal(line.cents) * 3 / 100
        fee = int(share.quantize(Decimal(1), ROUND_HALF_UP))
        assert line.fee == (fee if line.kind == "card" else 0)
        assert line.kind == "bank" or line.cents >= rules.CARD_MINOR_MIN
        assert line.kind == "card" or want.bank_left is None or line.cents <= want.bank_left
    on_balance = sum(line.cents for line in plan.lines if line.kind == "balance")
    assert on_balance <= max(0, want.available)
    assert plan.fee == sum(line.fee for line in plan.lines)
    assert (plan.refusal == rules.QUOTE_CHANGED) is (plan.fee > (want.accepted_fee or 0))


@given(_wants, _banks)
def test_who_named_a_bank_pays_all_with_it(want: Want, a_bank: Offer | None) -> None:
    want = want._replace(source_id=BANK_ID, is_balance=False)
    plan = rules.cover(want, Choice(named=a_bank), card_bps=BPS)
    if plan.refusal is None:
        [line] = plan.lines
        assert (line.source_id, line.cents, line.fee) == (BANK_ID, want.cents, 0)
    else:
        assert plan.refusal in (rules.NOT_FOUND, rules.SOURCE_INVALID)


@pytest.mark.parametrize(
    ("offer", "refusal", "needs"),
    [
        (bank(SourceState.VERIFYING), rules.SOURCE_INVALID, ("wait",)),
        (bank(SourceState.VERIFYING, verify_method="typed"), rules.SOURCE_INVALID, ("amounts",)),
        (bank(SourceState.NEEDS_REPAIR), rules.SOURCE_INVALID, ("repair",)),
        (bank(SourceState.DISABLED), rules.SOURCE_INVALID, ("another",)),
        (bank(can_pull=False, can_push=False), rules.SOURCE_INVALID, ("review",)),
        (bank(can_pull=False), rules.SOURCE_INVALID, ("another",)),
        (card(SourceState.EXPIRED), rules.SOURCE_INVALID, ("another",)),
        (bank(SourceState.REMOVED), rules.NOT_FOUND, ()),
    ],
)
def test_a_named_source_that_cannot_pay_says_what_it_needs(
    offer: Offer, refusal: str, needs: tuple[str, ...]
) -> None:
    plan = rules.cover(Want(PAYER, 100, 0, offer.id), Choice(named=offer), card_bps=BPS)
    assert (plan.refusal, plan.needs, plan.lines) == (refusal, needs, ())


def test_a_strangers_source_is_not_there() -> None:
    plan = rules.cover(
        Want(PAYER, 100, 0, BANK_ID), Choice(named=bank(user_id=OTHER)), card_bps=BPS
    )
    assert plan.refusal == rules.NOT_FOUND


def test_a_named_bank_whose_provider_is_down_says_so() -> None:
    choice = Choice(named=bank(), shut=frozenset({"bank"}))
    plan = rules.cover(Want(PAYER, 100, 0, BANK_ID), choice, card_bps=BPS)
    assert plan.refusal == rules.EXTERNAL_SERVICE_ERROR


def test_a_card_pays_fifty_cents_at_least_and_the_balance_less() -> None:
    want = Want(PAYER, 100, available=90, accepted_fee=2)
    plan = rules.cover(want, Choice(card=card()), card_bps=BPS)
    assert [(x.kind, x.cents, x.fee) for x in plan.lines] == [("balance", 50, 0), ("card", 50, 2)]


def test_a_named_card_costs_what_it_costs_unless_less_was_seen() -> None:
    want, choice = Want(PAYER, 1_000, 0, CARD_ID), Choice(named=card())
    assert rules.cover(want, choice, card_bps=BPS).fee == 30
    seen = rules.cover(want._replace(accepted_fee=29), choice, card_bps=BPS)
    assert (seen.refusal, seen.fee) == (rules.QUOTE_CHANGED, 30)
