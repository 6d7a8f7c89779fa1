"""Breakers against a model with a clock of its own, and places for so many calls."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from quid.kit.breaker import Board, Breaker, Bulkhead, Call, Refused, Rule, State

RULE = Rule()


class Time:
    """Seconds in a test's hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def told(breaker: Breaker, *outcomes: bool | None) -> None:
    """Calls one after another, good, bad, or ended without a word."""
    for outcome in outcomes:
        with breaker.calling() as call:
            if outcome is not None:
                (call.good if outcome else call.bad)()


def stands(breaker: Breaker) -> State:
    """Where it stands now: asked each time."""
    return breaker.state


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker("bank.read", RULE, now=time)


def test_five_failures_in_a_row_open_it_and_a_success_between_does_not(
    breaker: Breaker,
) -> None:
    told(breaker, *[False] * 4, True, *[False] * 4)
    assert stands(breaker) is State.CLOSED
    told(breaker, False)
    assert stands(breaker) is State.OPEN
    with pytest.raises(Refused) as refused:
        told(breaker, True)
    assert refused.value.after == RULE.open_for


def test_half_of_twenty_within_thirty_seconds_opens_it(breaker: Breaker, time: Time) -> None:
    told(breaker, *[True, False] * 9, True)
    assert stands(breaker) is State.CLOSED
    told(breaker, False)
    assert stands(breaker) is State.OPEN
    assert time.at == 1000


def test_failures_of_long_ago_do_not_count(breaker: Breaker, time: Time) -> None:
    for _ in range(40):
        told(breaker, True, False)
        time.at += 4
    assert stands(breaker) is State.CLOSED


def test_after_a_minute_three_probes_and_three_successes_close_it(
    breaker: Breaker, time: Time
) -> None:
    told(breaker, *[False] * 5)
    time.at += RULE.open_for
    with breaker.calling() as one, breaker.calling() as two, breaker.calling() as three:
        with pytest.raises(Refused):
            told(breaker, True)
        one.good()
        two.good()
        three.good()
        assert stands(breaker) is State.HALF_OPEN
    assert stands(breaker) is State.CLOSED


def test_one_failed_probe_opens_it_for_another_minute(breaker: Breaker, time: Time) -> None:
    told(breaker, *[False] * 5)
    time.at += RULE.open_for
    told(breaker, True, True, False)
    assert stands(breaker) is State.OPEN
    time.at += RULE.open_for - 1
    with pytest.raises(Refused):
        told(breaker, True)


def test_a_probe_that_says_nothing_gives_its_place_back(breaker: Breaker, time: Time) -> None:
    told(breaker, *[False] * 5)
    time.at += RULE.open_for
    told(breaker, *[None] * 10, True, True, True)
    assert stands(breaker) is State.CLOSED


def test_what_began_before_it_opened_says_nothing_of_the_probes(
    breaker: Breaker, time: Time
) -> None:
    with breaker.calling() as slow:
        told(breaker, *[False] * 5)
        time.at += RULE.open_for
        told(breaker, True)
        slow.bad()
    assert stands(breaker) is State.HALF_OPEN


def test_a_call_that_raises_is_judged_by_what_was_said_before(breaker: Breaker) -> None:
    for _ in range(5):
        with suppress(ValueError), breaker.calling() as call:
            call.bad()
            raise ValueError
    assert stands(breaker) is State.OPEN


def test_operators_win(time: Time) -> None:
    board = Board(now=time)
    breaker = board.breaker("bank.read", RULE)
    board.forced["bank.read"] = "open"
    with pytest.raises(Refused):
        told(breaker, True)
    board.forced["bank.read"] = "closed"
    told(breaker, *[False] * 20)
    assert stands(breaker) is State.CLOSED
    del board.forced["bank.read"]
    assert stands(breaker) is State.OPEN, "it went on judging"


class Model(RuleBasedStateMachine):
    """Any calls in any order, answered late: never more than three probes, never shut for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.breaker = Breaker("bank.read", RULE, now=self.time)
        self.out: list[tuple[object, Call, State]] = []

    @rule()
    def begin(self) -> None:
        state = self.breaker.state
        way = self.breaker.calling()
        try:
            call = way.__enter__()
        except Refused:
            assert state is not State.CLOSED
        else:
            assert state is not State.OPEN
            self.out.append((way, call, state))

    @rule(which=st.integers(0, 20), outcome=st.sampled_from([True, False, None]))
    def end(self, which: int, outcome: bool | None) -> None:
        if not self.out:
            return
        way, call, _ = self.out.pop(which % len(self.out))
        call.is_good = outcome
        way.__exit__(None, None, None)  # type: ignore[attr-defined]  # a context manager

    @rule(seconds=st.sampled_from([0.1, 5.0, 29.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.time.at += seconds

    @invariant()
    def probes_are_few(self) -> None:
        assert self.breaker._probes_out + self.breaker._probes_good <= RULE.probes

    @invariant()
    def a_minute_of_quiet_lets_somebody_through(self) -> None:
        at, self.time.at = self.time.at, self.time.at + RULE.open_for
        state = self.breaker.state
        self.time.at = at
        assert state is not State.OPEN


def test_any_order_of_calls() -> None:
    run_state_machine_as_test(Model, settings=settings(max_examples=60, deadline=None))


@given(st.lists(st.booleans(), max_size=60))
def test_a_success_of_each_four_never_opens_it_by_the_row(outcomes: list[bool]) -> None:
    breaker = Breaker("bank.read", Rule(share_of=10_000), now=Time())
    for outcome in outcomes:
        told(breaker, outcome, False, False, True)
    assert stands(breaker) is State.CLOSED


async def test_so_many_are_out_so_many_wait_and_the_others_are_refused() -> None:
    hall, gate = Bulkhead(out=2, waiting=3), asyncio.Event()

    async def visit() -> None:
        async with hall.place(seconds=5):
            await gate.wait()

    visits = [asyncio.create_task(visit()) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Refused):
        await visit()
    gate.set()
    await asyncio.gather(*visits)
    await visit()


async def test_nobody_waits_for_a_place_longer_than_he_has() -> None:
    hall = Bulkhead(out=1, waiting=1)
    async with hall.place(seconds=1):
        with pytest.raises(Refused):
            async with hall.place(seconds=0.01):
                pass
    async with hall.place(seconds=1):
        pass
