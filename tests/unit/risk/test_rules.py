"""From rows of policy to the limits of a person."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.ledger.types import Meter
from quid.risk import rules
from quid.risk.errors import PaymentTooLarge, VerificationRequired
from quid.risk.queries import Limits
from quid.risk.types import Cap, OverrideRow, PolicyRow, TierLimits, Window

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
