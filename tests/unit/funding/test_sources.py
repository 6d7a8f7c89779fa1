"""What makes a bank or card usable, what is typed, and where a browser may be led."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.rules import sources as rules
from quid.funding.rules.sources import MayMove, Scores
from quid.funding.service import typed
from quid.funding.settings import FundingSettings
from quid.funding.store import sources as store
from quid.funding.types import SourceState
from quid.kit import clock, ids, runtime
from quid.kit.fields import Fields
from quid.kit.runtime import Runtime
from quid_sandbox.plaid.banks import BANKS
from tests.support.wallets import bank_row

SCORES = Scores(passing=70, review=50)
ALL = MayMove(pull=True, push=True)


@pytest.fixture(scope="module", autouse=True)
def parts() -> Iterator[None]:
    """What sealing and judging ask for."""
    made = Runtime()
    made.put(Fields({1: b"f" * 32}, primary=1, blind=b"b" * 32))
    made.put(FundingSettings())
    with runtime.use(made):
        yield


@pytest.mark.parametrize("number", sorted({b.routing for b in BANKS} | {"011000015", "110000000"}))
def test_routing_numbers_that_exist_are_taken(number: str) -> None:
    assert rules.is_routing(number)


@given(
    number=st.sampled_from([b.routing for b in BANKS]),
    place=st.integers(0, 8),
    other=st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(number: str, place: int, other: int) -> None:
    digit = str((int(number[place]) + other) % 10)
    assert not rules.is_routing(number[:place] + digit + number[place + 1 :])


@given(st.text(max_size=12))
def test_what_is_not_nine_digits_is_no_routing_number(text: str) -> None:
    if not (len(text) == 9 and text.isascii() and text.isdigit()):
        assert not rules.is_routing(text)


@pytest.mark.parametrize(
    ("score", "is_passed", "expected"),
    [
        (100, False, (True, True)),
        (70, False, (True, True)),
        (69, False, (False, False)),
        (50, False, (False, False)),
        (49, False, (False, False)),
        (None, False, (False, False)),
        (69, True, (True, True)),
        (50, True, (True, True)),
        (49, True, (False, True)),
        (0, True, (False, True)),
        (None, True, (False, True)),
    ],
)
def test_who_may_pull_and_push(
    score: int | None, is_passed: bool, expected: tuple[bool, bool]
) -> None:
    assert rules.may_move(SCORES, score, ALL, is_passed=is_passed) == expected
    nothing = MayMove(pull=False, push=False)
    assert rules.may_move(SCORES, score, nothing, is_passed=is_passed) == nothing


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (None, SourceState.VERIFIED),
        ("automatically_verified", SourceState.VERIFIED),
        ("manually_verified", SourceState.VERIFIED),
        ("pending_automatic_verification", SourceState.VERIFYING),
        ("pending_manual_verification", SourceState.VERIFYING),
        ("unsent", SourceState.VERIFYING),
        ("a_word_of_tomorrow", SourceState.VERIFYING),
        ("verification_expired", SourceState.EXPIRED),
        ("verification_failed", SourceState.FAILED),
    ],
)
def test_how_far_an_account_is_proven(status: str | None, state: SourceState) -> None:
    assert rules.how_far(status)[0] is state


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("/", True),
        ("/wallet?linked=1#top", True),
        ("", False),
        ("wallet", False),
        ("//evil.test", False),
        ("/\\evil.test", False),
        ("https://evil.test", False),
        ("/a\r\nlocation: x", False),
        ("/ä", False),
        ("/" + "x" * 200, False),
    ],
)
def test_a_browser_comes_back_to_our_own_site(path: str, is_ours: bool) -> None:
    assert rules.is_own_path(path) is is_ours


@pytest.mark.parametrize(
    ("url", "is_theirs"),
    [
        ("https://secure.plaid.com/link/x", True),
        ("http://127.0.0.1:4001/link/x", True),
        ("http://secure.plaid.com/link/x", False),
        ("https://secure.plaid.com.evil.test/x", False),
        ("https://secure.plaid.com@evil.test/x", False),
        ("https://evil@secure.plaid.com/x", False),
        ("http://127.0.0.1:4002/link/x", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
    ],
)
def test_nobody_is_sent_to_another_host(url: str, is_theirs: bool) -> None:
    hosts = frozenset({"secure.plaid.com", "127.0.0.1:4001"})
    assert rules.is_hosted(url, hosts) is is_theirs


def test_a_card_is_over_when_its_month_is() -> None:
    assert not rules.is_over(11, 2026, on=date(2026, 11, 30))
    assert rules.is_over(11, 2026, on=date(2026, 12, 1))
    assert not rules.is_over(None, None, on=date(2026, 12, 1))


def test_the_two_amounts_always_differ() -> None:
    drawn = {typed.draw() for _ in range(2000)}
    assert all(1 <= low <= 99 and 1 <= high <= 99 and low != high for low, high in drawn)
    assert {c for pair in drawn for c in pair} == set(range(1, 100))


CENTS = st.integers(1, 99)


@given(
    secret=st.tuples(CENTS, CENTS).filter(lambda two: two[0] != two[1]),
    guesses=st.lists(st.tuples(CENTS, CENTS) | st.none(), max_size=6),
)
def test_who_does_not_know_the_amounts_has_three_tries(
    secret: tuple[int, int], guesses: list[tuple[int, int] | None]
) -> None:
    """None stands for the right answer, in the other order."""
    now = clock.now()
    owner = ids.new(3, now)
    source = bank_row(
        owner, at=now, state=SourceState.VERIFYING, verify_method="typed", tries_left=rules.TRIES
    )
    sealed = store.seal_amounts(source.id, owner, secret)
    source = replace(source, amounts=sealed)
    wrong = 0
    for guess in guesses:
        answer = guess or secret[::-1]
        if source.state != SourceState.VERIFYING:
            assert source.amounts is None
            break
        is_right = bytes(sorted(answer)) == store.amounts_of(source)
        assert is_right == (sorted(answer) == sorted(secret))
        source = typed.judged(source, is_right=is_right, now=now)
        wrong += not is_right
        expected = {0: SourceState.VERIFYING, 1: SourceState.VERIFYING, 2: SourceState.VERIFYING}
        assert source.state == (
            SourceState.VERIFIED if is_right else expected.get(wrong, SourceState.FAILED)
        )
    assert wrong <= rules.TRIES
