"""From rows of policy to the limits of a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.ledger.types import Meter
from quid.risk import rules
from quid.risk.errors import PaymentTooLarge, VerificationRequired
from quid.risk.queries import BankLimits, Limits
from quid.risk.types import (
    BankCaps,
    Cap,
    CreditFacts,
    OverrideRow,
    PolicyRow,
    TierLimits,
    Window,
)

LATER = datetime(2027, 1, 1, tzinfo=UTC)
ANA = UUID(int=1)
TIERS = (
    TierLimits(0, 29_999, Cap(29_999, 20), Cap(29_999, None)),
    TierLimits(1, 299_999, Cap(299_999, 100), Cap(699_999, None)),
    TierLimits(2, 500_000, Cap(1_000_000, 200), Cap(6_000_000, None)),
)


def _rows(tiers: tuple[TierLimits, ...]) -> list[PolicyRow]:
    return [
        PolicyRow("USD", 1, t.tier, window, cap.max_minor, cap.max_count)
        for t in tiers
        for window, cap in (
            ("payment", Cap(t.payment_minor, None)),
            ("day", t.day),
            ("week", t.week),
        )
    ]


def _own(window: Window, max_minor: int, max_count: int | None = None) -> OverrideRow:
    return OverrideRow(ANA, "USD", window.value, max_minor, max_count, LATER)


BANK = BankCaps(Cap(30_000, None), Cap(70_000, 5), 50_000, 10_000)
_BANK_ROWS = {
    Window.BANK_IN: BANK.in_week,
    Window.BANK_OUT: BANK.out_week,
    Window.BANK_OUT_EACH: Cap(BANK.out_each_minor, None),
    Window.BANK_CREDIT: Cap(BANK.credit_minor, None),
}


def _with_banks(*, but: Window | None = None) -> list[PolicyRow]:
    return _rows(TIERS) + [
        PolicyRow("USD", 1, tier, window, cap.max_minor, cap.max_count)
        for tier in range(3)
        for window, cap in _BANK_ROWS.items()
        if window != but
    ]


def test_where_banks_take_part_each_tier_has_all_their_limits() -> None:
    [*found] = rules.tiers(_with_banks())["USD"]
    assert [t.bank for t in found] == [BANK] * 3
    for window in _BANK_ROWS:
        with pytest.raises(ValueError, match=f"has no {window}"):
            rules.tiers(_with_banks(but=window))


def test_an_own_limit_of_banks_replaces_the_tiers() -> None:
    tier = replace(TIERS[1], bank=BANK)
    own = rules.overridden(tier, [_own(Window.BANK_IN, 5), _own(Window.BANK_OUT, 6)])
    assert own.bank == replace(BANK, in_week=Cap(5, None), out_week=Cap(6, 5))
    assert replace(own, bank=BANK) == tier
    unbanked = rules.overridden(TIERS[1], [_own(Window.BANK_IN, 5), _own(Window.BANK_OUT, 6)])
    assert unbanked == TIERS[1]


def test_limits_of_banks_become_checks_of_the_wallet() -> None:
    limits = BankLimits(BANK, "USD")
    [into], [out] = limits.in_checks(7), limits.out_checks(7)
    assert (into.account, into.meter, into.cap_minor) == (7, Meter.BANK_IN_7D, 30_000)
    assert (out.account, out.meter, out.cap_minor, out.cap_count) == (
        7,
        Meter.BANK_OUT_7D,
        70_000,
        5,
    )
    assert limits.refuse_out(50_000) is None
    refusal = limits.refuse_out(50_001)
    assert isinstance(refusal, PaymentTooLarge)
    assert "$500.00" in refusal.detail


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = CreditFacts(
    user_id=ANA,
    tier=1,
    payer_since=NOW - timedelta(days=30),
    verified_at=NOW - timedelta(days=7),
    settled_pulls=2,
    returned_at=NOW - timedelta(days=60),
    amount_minor=10_000,
    score=49,
)
_SOON = timedelta(seconds=1)


def test_credit_is_given_at_each_bound() -> None:
    assert rules.may_advance(GOOD, room_minor=10_000, now=NOW)
    assert rules.may_advance(GOOD._replace(returned_at=None), room_minor=10_000, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"payer_since": GOOD.payer_since + _SOON},
        {"verified_at": NOW - timedelta(days=7) + _SOON},
        {"verified_at": None},
        {"settled_pulls": 1},
        {"returned_at": NOW - timedelta(days=60) + _SOON},
        {"amount_minor": 10_001},
        {"score": 50},
    ],
)
def test_credit_is_refused_just_beyond_each_bound(change: dict[str, Any]) -> None:
    assert not rules.may_advance(GOOD._replace(**change), room_minor=10_000, now=NOW)


def test_rows_become_tiers_in_any_order() -> None:
    assert rules.tiers(reversed(_rows(TIERS))) == {"USD": TIERS}


@pytest.mark.parametrize("hole", range(9))
def test_a_policy_with_a_hole_is_refused(hole: int) -> None:
    rows = _rows(TIERS)
    del rows[hole]
    with pytest.raises(ValueError, match="limit policy USD: tier"):
        rules.tiers(rows)


@given(st.sampled_from(TIERS), st.integers(1, 500_000))
def test_a_payment_is_refused_exactly_above_its_tiers_bound(
    limits: TierLimits, amount: int
) -> None:
    refusal = Limits(limits, TIERS, "USD").refuse(amount)
    assert (refusal is None) == (amount <= limits.payment_minor)
    if refusal is not None:
        assert isinstance(refusal, VerificationRequired)
        assert refusal.extra["next_tier"] == (1 if amount <= 299_999 else 2)
        assert refusal.extra["limit"] == limits.payment_minor


def test_what_no_tier_allows_is_a_wrong_amount_and_not_a_missing_proof() -> None:
    low = tuple(replace(t, payment_minor=min(t.payment_minor, 100_000)) for t in TIERS)
    assert isinstance(Limits(low[2], low, "USD").refuse(100_001), PaymentTooLarge)
    assert isinstance(Limits(low[1], low, "USD").refuse(100_001), PaymentTooLarge)
    assert isinstance(Limits(low[0], low, "USD").refuse(100_000), VerificationRequired)


def test_an_own_limit_replaces_the_tiers_and_keeps_its_number() -> None:
    own = rules.overridden(TIERS[1], [_own(Window.DAY, 500), _own(Window.WEEK, 10_000, 7)])
    assert own == replace(TIERS[1], day=Cap(500, 100), week=Cap(10_000, 7))
    assert rules.overridden(TIERS[1], []) == TIERS[1]


def test_limits_become_checks_of_the_payers_account() -> None:
    day, week = Limits(TIERS[0], TIERS, "USD").of(77)
    assert (day.account, day.meter, day.cap_minor, day.cap_count, day.tag) == (
        77,
        Meter.SEND_24H,
        29_999,
        20,
        "DAILY_LIMIT_EXCEEDED",
    )
    assert (week.account, week.meter, week.cap_minor, week.cap_count, week.tag) == (
        77,
        Meter.SEND_7D,
        29_999,
        None,
        "WEEKLY_LIMIT_EXCEEDED",
    )
