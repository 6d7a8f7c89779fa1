"""The rules of disputes: moves, what may be reported, what is shown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args
from uuid import UUID

import pytest

from quid.disputes import errors, rules
from quid.disputes.types import Claim, Dispute, DisputeRow, ReportClaim, State
from quid.payments.types import PaymentRow
from quid.payments.types import State as Payment

T0: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA, BEN, PAYMENT = (UUID(int=n) for n in (1, 2, 3))
ROW: Final = DisputeRow(
    UUID(int=9), ANA, "scam", PAYMENT, None, State.OPEN, T0, date(2026, 3, 16), None, None
)
MONEY_IS_THERE: Final = (Payment.COMPLETED, Payment.REVERSED)
# Written out by hand from the product: OPEN, NEEDS_INFO <-> UNDER_REVIEW, and three ends.
LEGAL: Final = {
    ("OPEN", "NEEDS_INFO"),
    ("NEEDS_INFO", "UNDER_REVIEW"),
    ("UNDER_REVIEW", "NEEDS_INFO"),
    *(
        (begins, ends)
        for begins in ("OPEN", "NEEDS_INFO", "UNDER_REVIEW")
        for ends in ("WON", "LOST", "WITHDRAWN")
    ),
}


def at(state: State) -> DisputeRow:
    """A dispute in a state."""
    return replace(ROW, state=state, ended_at=None if state in rules.OPEN else T0)


def payment(state: Payment, *, reached: Payment | None = None) -> PaymentRow:
    """A payment of Ana's to Ben that has come to a state, by another one if said."""
    states = [Payment.INITIATED, *([reached] if reached else []), state]
    times = [T0] * len(states)
    return PaymentRow(
        PAYMENT, ANA, BEN, 100, "USD", "", "private", "private", False, False, list(states), times,
        None,
    )  # fmt: skip


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_no_move_is_made_but_those_of_the_product(before: State, after: State) -> None:
    if (before.name, after.name) in LEGAL:
        rules.require_move(at(before), after)
        return
    with pytest.raises(errors.StateConflict) as refused:
        rules.require_move(at(before), after)
    assert refused.value.extra == {"state": before.name}
    assert ("2026-03-02" in refused.value.detail) is (before not in rules.OPEN)


@pytest.mark.parametrize("state", set(Payment) - {Payment.COMPLETED})
def test_only_what_has_arrived_is_reported(state: Payment) -> None:
    if state is Payment.REVERSED:
        rules.require_reportable(payment(state, reached=Payment.COMPLETED), now=T0)
        return
    with pytest.raises(errors.NotDisputable, match="has arrived"):
        rules.require_reportable(payment(state), now=T0)


def test_a_payment_is_reported_for_120_days_and_not_a_moment_longer() -> None:
    arrived = payment(Payment.COMPLETED)
    rules.require_reportable(arrived, now=T0 + timedelta(days=120))
    with pytest.raises(errors.NotDisputable, match="120 days"):
        rules.require_reportable(arrived, now=T0 + timedelta(days=120, microseconds=1))


@pytest.mark.parametrize("state", Payment)
def test_only_what_our_checks_have_stopped_is_appealed(state: Payment) -> None:
    if state is Payment.REJECTED:
        rules.require_rejected(payment(state))
        return
    with pytest.raises(errors.NotDisputable):
        rules.require_rejected(payment(state))


@pytest.mark.parametrize("state", State)
def test_a_person_reads_what_they_may_do(state: State) -> None:
    can = rules.view_of(Dispute(at(state), [])).can
    assert can.answer is (state is State.NEEDS_INFO)
    assert can.withdraw is (state in (State.OPEN, State.NEEDS_INFO, State.UNDER_REVIEW))


def test_claims_are_those_of_the_product() -> None:
    assert set(get_args(ReportClaim)) == {
        "unauthorized", "scam", "wrong_person", "wrong_amount", "duplicate", "not_as_agreed",
        "other",
    }  # fmt: skip
    reports, appeals = (set(get_args(part)) for part in get_args(Claim))
    assert appeals == rules.APPEALS
    assert not reports & appeals
