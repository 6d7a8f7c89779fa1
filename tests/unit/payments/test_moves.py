"""The table of legal moves, walked at random against the product's page."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from quid.kit import ids
from quid.payments import rules
from quid.payments.errors import StateConflict
from quid.payments.types import PaymentRow, State

# Written from the product's table (3.2) and the README's list, not from the code.
PAGE: Final = {
    "INITIATED": "AUTHORIZED CHALLENGED IN_REVIEW",
    "CHALLENGED": "AUTHORIZED REJECTED CANCELLED EXPIRED",
    "IN_REVIEW": "AUTHORIZED REJECTED CANCELLED EXPIRED",
    "AUTHORIZED": "COMPLETED DECLINED PROCESSING",
    "PROCESSING": "COMPLETED DECLINED FAILED CANCELLED REDIRECTED",
    "REDIRECTED": "COMPLETED DECLINED FAILED CANCELLED",
    "COMPLETED": "REVERSED",
}
AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAYER, PAYEE = UUID(int=1), UUID(int=2)


class Walk(RuleBasedStateMachine):
    """One payment, pushed in every direction."""

    @initialize()
    def begin(self) -> None:
        self.path = [State.INITIATED]

    @rule(to=st.sampled_from(State))
    def push(self, to: State) -> None:
        present = self.path[-1]
        if to.name in PAGE.get(present.name, "").split():
            rules.require_move(present, to)
            self.path.append(to)
        else:
            with pytest.raises(StateConflict) as caught:
                rules.require_move(present, to)
            # To the payer it is one thing who asks for a proof.
            shown = "CHALLENGED" if present is State.REDIRECTED else present.name
            assert caught.value.extra == {"state": shown}

    @rule(first=st.sampled_from(State), then=st.sampled_from(State))
    def push_twice(self, first: State, then: State) -> None:
        is_legal = (
            first.name in PAGE.get(self.path[-1].name, "").split()
            and then.name in PAGE.get(first.name, "").split()
        )
        if is_legal:
            rules.require_move(self.path[-1], first, then)
            self.path += [first, then]
        else:
            with pytest.raises(StateConflict):
                rules.require_move(self.path[-1], first, then)

    @invariant()
    def a_rest_is_a_legal_path(self) -> None:
        if hasattr(self, "path"):
            assert (tuple(self.path) in rules.PATHS) is (self.path[-1] not in rules.PASSING)


TestWalk = Walk.TestCase


def test_where_something_is_waited_for_one_act_begins() -> None:
    for state in State:
        proofs, reviews = (
            _takes(act, state) for act in (rules.require_proof, rules.require_review)
        )
        assert proofs is (state is State.CHALLENGED)
        assert reviews is (state is State.IN_REVIEW)
        assert _takes(rules.require_reversible, state) is (state is State.COMPLETED)


def _takes(act: object, state: State) -> bool:
    try:
        act(state)  # type: ignore[operator]  # one of three functions of a state
    except StateConflict:
        return False
    return True


def row(*states: State) -> PaymentRow:
    """A payment that took this path, a minute a state."""
    return PaymentRow(
        UUID(int=3), PAYER, PAYEE, 100, "USD", "", "private", "private", False, False,
        list(states), [AT + timedelta(minutes=n) for n in range(len(states))], None,
    )  # fmt: skip


@pytest.mark.parametrize("path", sorted(rules.PATHS), ids=lambda p: p[-1].name)
def test_a_line_stands_where_the_money_moved(path: tuple[State, ...]) -> None:
    one = row(*path)
    waited = path[1] in (State.CHALLENGED, State.IN_REVIEW)
    arrived = path.index(State.COMPLETED) if State.COMPLETED in path else None
    left = path.index(State.PROCESSING) if State.PROCESSING in path else arrived
    last = len(path) - 1
    assert rules.listed_at(one, PAYER) == one.times[1 if waited else left or last]
    if arrived is not None:
        assert rules.listed_at(one, PAYEE) == one.times[arrived]


# --- how a challenge may be proved -------------------------------------------------------------

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("factors", "amount", "account", "expected"),
    [
        ([("totp", 2 * DAY)], 500_000, 30 * DAY, ("totp",)),
        ([("totp", DAY)], 500_000, 30 * DAY, ("totp",)),
        ([("totp", DAY - timedelta(seconds=1))], 100, 30 * DAY, ()),
        ([("totp", timedelta(0))], 100, DAY, ("totp",)),
        ([("email_code", 3 * DAY)], 25_000, 30 * DAY, ("email_code",)),
        ([("email_code", 3 * DAY)], 25_001, 30 * DAY, ()),
        ([("email_code", 3 * DAY - timedelta(seconds=1))], 100, 30 * DAY, ()),
        ([("totp", 2 * DAY), ("recovery_code", 2 * DAY)], 500_000, 30 * DAY, ("totp",)),
        ([("recovery_code", 9 * DAY)], 100, 30 * DAY, ()),
        ([], 100, 30 * DAY, ()),
    ],
)
def test_a_proof_must_be_worth_the_amount(
    factors: list[tuple[str, timedelta]],
    amount: int,
    account: timedelta,
    expected: tuple[str, ...],
) -> None:
    found = rules.methods_for(
        [(name, AT - age) for name, age in factors],
        amount_minor=amount,
        payer_since=AT - account,
        now=AT,
    )
    assert found == expected


@given(st.integers(0, ids.BUCKETS - 1))
def test_the_ids_of_a_payments_transfers_differ_and_keep_its_home(bucket: int) -> None:
    payment_id = ids.new(bucket, AT)
    made = [rules.hold_id(payment_id), rules.release_id(payment_id), rules.challenge_id(payment_id)]
    assert len({payment_id, *made}) == 4
    assert {ids.bucket(i) for i in made} == {bucket}
    assert {ids.time_of(i) for i in made} == {AT}
    assert made[0] == rules.hold_id(payment_id)
