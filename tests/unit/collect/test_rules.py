"""The rules of requests: moves, bounds, the clock, who may do what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.collect import errors, rules
from quid.collect.service import judging
from quid.collect.types import Person, Request, RequestRow, State
from quid.identity.types import WhoMayRequest

T0: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
ANA, BEN, PAYMENT = (UUID(int=n) for n in (1, 2, 3))


def row(days: int = 30, **changed: object) -> RequestRow:
    """A request of Ana's to Ben, a moment old."""
    expires = T0 + days * DAY
    is_told = rules.is_told_at_birth(T0, expires)
    made = RequestRow(
        UUID(int=9), ANA, BEN, 9500, "USD", "rent", None, True, State.PENDING, T0, expires, None,
        None, 0, None, 0, is_told, rules.next_at(T0, expires, 0, is_told=is_told),
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]  # a test may change any field


def shown(r: RequestRow) -> Request:
    """It with its people."""
    return Request(r, Person(ANA, "ana", "Ana", T0.date()), Person(BEN, "ben", "Ben", T0.date()))


def test_only_pending_has_moves_and_every_state_is_reached() -> None:
    assert rules.MOVES[State.PENDING] == set(State) - {State.PENDING}
    assert not any(rules.MOVES[s] for s in set(State) - {State.PENDING})


@pytest.mark.parametrize("state", set(State) - {State.PENDING})
def test_what_has_ended_says_how_and_when_and_has_no_acts(state: State) -> None:
    payment = PAYMENT if state is State.PAID else None
    ended = row(state=state, ended_at=T0 + DAY, payment_id=payment)
    refusal = judging.why_not(ended)
    assert isinstance(refusal, errors.RequestClosed)
    assert "2026-03-03" in refusal.detail
    assert refusal.extra == {"state": state.name, "ended_at": "2026-03-03T12:00:00.000000Z"}
    for viewer in (ANA, BEN):
        view = rules.view_of(shown(ended), viewer, now=T0 + DAY)
        assert not any((view.can.pay, view.can.decline, view.can.cancel, view.can.remind))
        assert (view.reminders_left, view.remind_from) == (0, None)
        assert not view.is_being_paid
        assert view.amount_paid == (9500 if state is State.PAID else 0)


def test_what_is_being_paid_is_open_without_acts_and_only_its_payer_sees_the_payment() -> None:
    taken = row(payment_id=PAYMENT)
    assert isinstance(judging.why_not(taken), errors.BeingPaid)
    ana, ben = (rules.view_of(shown(taken), viewer, now=T0) for viewer in (ANA, BEN))
    assert (ana.state, ana.payment_ids) == ("PENDING", [])
    assert len(ben.payment_ids) == 1
    for view in (ana, ben):
        assert view.is_being_paid
        assert not any((view.can.pay, view.can.decline, view.can.cancel, view.can.remind))


def test_an_open_one_has_its_acts_each_for_its_side() -> None:
    assert judging.why_not(row()) is None
    ana, ben = (rules.view_of(shown(row()), viewer, now=T0).can for viewer in (ANA, BEN))
    assert (ana.pay, ana.decline, ana.cancel, ana.remind) == (False, False, True, True)
    assert (ben.pay, ben.decline, ben.cancel, ben.remind) == (True, True, False, False)


def test_a_reminder_can_be_sent_from_when_it_says() -> None:
    reminded = shown(row(reminders_sent=1, last_reminded_at=T0 + DAY))
    begins = rules.view_of(reminded, ANA, now=T0 + DAY).remind_from
    assert begins == T0 + 2 * DAY
    for at, can in ((begins - timedelta(microseconds=1), False), (begins, True)):
        assert rules.view_of(reminded, ANA, now=at).can.remind is can
        try:
            judging.require_reminder(reminded.row, now=at)
        except errors.NotYet:
            assert not can
        else:
            assert can


@pytest.mark.parametrize("who", get_args(WhoMayRequest))
@pytest.mark.parametrize("is_friend", [True, False])
@pytest.mark.parametrize("is_known", [True, False])
def test_who_may_ask(who: WhoMayRequest, *, is_friend: bool, is_known: bool) -> None:
    expected = {
        "anyone": True,
        "known": is_friend or is_known,
        "friends": is_friend,
        "nobody": False,
    }[who]
    if expected:
        rules.require_welcome(who, is_friend=is_friend, is_known=is_known)
        return
    with pytest.raises(errors.NotWelcome, match="Nothing was sent"):
        rules.require_welcome(who, is_friend=is_friend, is_known=is_known)


@pytest.mark.parametrize(
    ("to_one", "in_all", "is_room"),
    [(0, 0, True), (29, 99, True), (30, 30, False), (0, 100, False), (29, 100, False)],
)
def test_thirty_to_one_and_a_hundred_in_all(to_one: int, in_all: int, *, is_room: bool) -> None:
    try:
        rules.require_room(to_one=to_one, in_all=in_all)
    except errors.NotYet:
        assert not is_room
    else:
        assert is_room


@pytest.mark.parametrize(
    ("to_one", "in_all", "is_calm"),
    [(0, 0, True), (29, 99, True), (30, 30, False), (0, 100, False), (29, 100, False)],
)
def test_thirty_a_day_of_one_and_a_hundred_of_all(
    to_one: int, in_all: int, *, is_calm: bool
) -> None:
    try:
        rules.require_calm(to_one=to_one, in_all=in_all)
    except errors.NotYet:
        assert not is_calm
    else:
        assert is_calm


def test_a_reminder_rests_for_exactly_a_day() -> None:
    once = row(reminders_sent=1, last_reminded_at=T0)
    with pytest.raises(errors.NotYet):
        judging.require_reminder(once, now=T0 + DAY - timedelta(microseconds=1))
    judging.require_reminder(once, now=T0 + DAY)
    with pytest.raises(errors.NotYet, match="3 times"):
        judging.require_reminder(replace(once, reminders_sent=3), now=T0 + 30 * DAY)


def test_across_a_block_only_what_was_paid_is_there() -> None:
    for state in State:
        there = rules.is_there(row(state=state), is_blocked=True)
        assert there is (state is State.PAID)
        assert rules.is_there(row(state=state), is_blocked=False)
    ended = row(state=State.CANCELLED, is_ended_by_block=True)
    assert not rules.is_there(ended, is_blocked=False)


def lived(days: int, looks: list[timedelta]) -> list[tuple[str, timedelta]]:
    """Let time look at a request at these ages, in order, and say what it does at each."""
    r = row(days)
    done: list[tuple[str, timedelta]] = []
    for age in sorted(looks):
        now = T0 + age
        if now < r.due_at:
            continue
        due = rules.due_of(r, now=now)
        if due.is_over:
            return [*done, ("expired", age)]
        if due.tells_expiring:
            done.append(("expiring", age))
        elif due.reminds:
            done.append(("reminded", age))
        assert due.again_at > now
        r = replace(
            r,
            steps_taken=due.steps_taken,
            is_told_expiring=due.is_told_expiring,
            due_at=due.again_at,
        )
    return done


def test_who_looks_all_the_time_sees_each_thing_at_its_hour() -> None:
    hours = [timedelta(hours=h) for h in range(24 * 91)]
    assert lived(30, hours) == [
        ("reminded", DAY),
        ("reminded", 3 * DAY),
        ("reminded", 7 * DAY),
        ("expiring", 27 * DAY),
        ("expired", 30 * DAY),
    ]
    assert lived(1, hours) == [("expired", DAY)]
    assert lived(3, hours) == [("reminded", DAY), ("expired", 3 * DAY)]
    # At seven days of ten both are due: the coming end says it all.
    assert lived(10, hours) == [
        ("reminded", DAY),
        ("reminded", 3 * DAY),
        ("expiring", 7 * DAY),
        ("expired", 10 * DAY),
    ]


@given(days=st.integers(1, 90), looks=st.lists(st.integers(0, 100 * 24), max_size=40))
def test_whenever_time_looks_nothing_is_told_twice_or_out_of_order(
    days: int, looks: list[int]
) -> None:
    ages = sorted({timedelta(hours=h) for h in looks} | {timedelta(days=101)})
    done = lived(days, ages)
    names = [name for name, _ in done]
    assert names[-1] == "expired"
    assert names.count("expired") == 1
    assert names.count("expiring") <= (days > 3)
    assert names.count("reminded") <= sum(d < days for d in (1, 3, 7))
    first = next(a for a in ages if a >= days * DAY)
    assert done[-1] == ("expired", first)
    for name, age in done[:-1]:
        assert age < days * DAY
        assert age >= ((days - 3) * DAY if name == "expiring" else DAY)
