"""The two shipped rules: where each begins to fit, what they ask for, what an approval costs."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.risk import rules
from quid.risk.types import Action, Facts, Reason, RuleRow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
R1 = RuleRow(1, "R1", True, 85, 50_000, "USD", 604_800, None)
R2 = RuleRow(1, "R2", True, 90, None, None, None, 10)
SHIPPED = rules.ruleset([R1, R2])
USD_MAX = 500_000


def fact(amount: int = 100, *, age: timedelta = 30 * WEEK, before: int = 0) -> Facts:
    """A payment of an old account, of a dollar, the first of its hour."""
    return Facts(UUID(int=1), UUID(int=2), NOW - age, amount, "USD", before)


def decide(one: Facts, ruleset: rules.Ruleset = SHIPPED) -> tuple[Action, int, tuple[str, ...]]:
    """Judge it alone."""
    [decision] = rules.assess(ruleset, [one], now=NOW)
    return decision.action, decision.score, decision.rules


@pytest.mark.parametrize(
    ("one", "fits"),
    [
        (fact(50_000, age=timedelta(0)), False),
        (fact(50_001, age=timedelta(0)), True),
        (fact(50_001, age=WEEK - SECOND), True),
        (fact(50_001, age=WEEK), False),
        (fact(50_001, age=WEEK + SECOND), False),
        (fact(50_001, age=-SECOND), True),
        (fact(50_001, age=timedelta(0))._replace(currency="EUR"), False),
    ],
)
def test_a_young_account_that_pays_much_is_reviewed(one: Facts, fits: bool) -> None:
    assert decide(one) == ((Action.REVIEW, 85, ("R1",)) if fits else (Action.APPROVE, 0, ()))


@pytest.mark.parametrize(("before", "fits"), [(0, False), (10, False), (11, True), (500, True)])
def test_the_twelfth_payment_of_an_hour_is_reviewed(before: int, fits: bool) -> None:
    expected = (Action.REVIEW, 90, ("R2",)) if fits else (Action.APPROVE, 0, ())
    assert decide(fact(before=before)) == expected


def test_of_two_rules_the_stronger_speaks() -> None:
    [found] = rules.assess(SHIPPED, [fact(50_001, age=SECOND, before=11)], now=NOW)
    assert (found.score, found.rules) == (90, ("R2", "R1"))
    assert found.reason is Reason.TOO_MANY_PAYMENTS


@pytest.mark.parametrize(
    ("floor", "action"),
    [
        (50, Action.CHALLENGE),
        (79, Action.CHALLENGE),
        (80, Action.REVIEW),
        (94, Action.REVIEW),
    ],
)
def test_the_score_says_what_is_asked(floor: int, action: Action) -> None:
    ruleset = rules.ruleset([RuleRow(7, "R2", True, floor, None, None, None, 10)])
    [found] = rules.assess(ruleset, [fact(before=11)], now=NOW)
    assert (found.action, found.score, found.ruleset_version) == (action, floor, 7)


def test_a_rule_that_is_off_never_fits() -> None:
    off = [RuleRow(2, r.id, False, r.floor, *_rest(r)) for r in (R1, R2)]
    ruleset = rules.ruleset(off)
    assert decide(fact(USD_MAX, age=SECOND, before=10**6), ruleset)[0] is Action.APPROVE
    assert (ruleset.counts_up_to, SHIPPED.counts_up_to) == (0, 11)
    assert decide(fact(USD_MAX, age=SECOND, before=10**6), rules.ruleset([]))[0] is Action.APPROVE


def _rest(row: RuleRow) -> tuple[int | None, str | None, int | None, int | None]:
    return row.above_minor, row.currency, row.younger_than_seconds, row.more_than


@pytest.mark.parametrize(
    "row",
    [
        RuleRow(1, "R1", True, 85, None, "USD", 1, None),
        RuleRow(1, "R1", True, 85, 1, None, 1, None),
        RuleRow(1, "R1", True, 85, 1, "USD", None, None),
        RuleRow(1, "R2", True, 85, None, None, None, None),
    ],
)
def test_a_rule_with_a_hole_is_no_rule(row: RuleRow) -> None:
    with pytest.raises(ValueError, match="names no"):
        rules.ruleset([row])


@given(
    st.lists(
        st.builds(
            fact,
            st.integers(1, USD_MAX),
            age=st.timedeltas(timedelta(0), 2 * WEEK),
            before=st.integers(0, 30),
        ),
        max_size=30,
    )
)
def test_a_batch_is_judged_as_each_alone(facts: list[Facts]) -> None:
    together = rules.assess(SHIPPED, facts, now=NOW)
    assert together == [rules.assess(SHIPPED, [f], now=NOW)[0] for f in facts]
    for one, found in zip(facts, together, strict=True):
        held = (one.amount_minor > 50_000 and NOW - one.payer_since < WEEK) or one.sent_before > 10
        assert (found.action is not Action.APPROVE) is held
        assert (found.reason is None) is (not held)


def test_an_approval_costs_less_than_three_microseconds() -> None:
    facts = [fact(USD_MAX, before=10)] * 1000
    best = min(_seconds_of(facts) for _ in range(20))
    assert best / len(facts) < 3e-6


def _seconds_of(facts: list[Facts]) -> float:
    began = time.process_time()
    rules.assess(SHIPPED, facts, now=NOW)
    return time.process_time() - began
