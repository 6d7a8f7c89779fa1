"""Money is counted, never measured."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit.money import MINOR_MAX, Money, plain, read_minor

MINOR = st.integers(-MINOR_MAX // 2, MINOR_MAX // 2)


@given(MINOR, MINOR)
def test_sums_are_those_of_integers(a: int, b: int) -> None:
    one, two = Money(a, "USD"), Money(b, "USD")
    assert (one + two).minor == a + b
    assert (one - two).minor == a - b
    assert one + two - two == one
    assert (one < two, one > two, one == two) == (a < b, a > b, a == b)


@given(MINOR, MINOR)
def test_currencies_do_not_mix(a: int, b: int) -> None:
    one, two = Money(a, "USD"), Money(b, "EUR")
    assert one != two
    with pytest.raises(TypeError, match="USD and EUR"):
        _ = one + two
    with pytest.raises(TypeError):
        _ = one - two
    with pytest.raises(TypeError):
        _ = one < two


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_only_whole_numbers_are_money(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")  # type: ignore[arg-type]  # that is the point


def test_there_is_a_largest_amount() -> None:
    most = Money(MINOR_MAX, "USD")
    assert Money(-MINOR_MAX, "USD") < most
    for step in (1, -1):
        with pytest.raises(ValueError, match="more money"):
            Money(step * (MINOR_MAX + 1), "USD")
    with pytest.raises(ValueError, match="more money"):
        _ = most + Money(1, "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "USD", "$0.00"),
        (5, "USD", "$0.05"),
        (-5, "USD", "-$0.05"),
        (123_450, "USD", "$1,234.50"),
        (-100_000_000, "USD", "-$1,000,000.00"),
        (1368, "EUR", "13.68 EUR"),
        (-1, "EUR", "-0.01 EUR"),
    ],
)
def test_money_is_shown_to_people(minor: int, currency: str, text: str) -> None:
    assert Money(minor, currency).text() == text


@given(st.integers(0, MINOR_MAX - 1))
def test_what_is_shown_is_read_again(minor: int) -> None:
    shown = Money(minor, "USD").text()
    assert read_minor(shown) == minor
    assert read_minor(shown.replace(",", "").removeprefix("$")) == minor


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("13.68", 1368),
        ("13", 1300),
        ("13.6", 1360),
        ("0.01", 1),
        ("007.10", 710),
        (" $1,300.05 ", 130_005),
        ("9999999999999.99", 10**15 - 1),
    ],
)
def test_an_amount_is_read_as_it_is_written(typed: str, minor: int) -> None:
    assert read_minor(typed) == minor


SIGNS = ["", "-1", "+1", "$", "$$1", "1$", "$-5", "€5", "1 000", "1.5 0", "1_0", "NaN", "inf"]
POINTS = ["1e3", "1.", ".5", "1.234", "1.2.3", "1.-5", "0x10", "12345678901234"]
GROUPS = ["1,23", "1,2345", ",1", "1,", "1,,000", "1,234,56.00", "1234,567"]
SCRIPTS = ["\u0661\u0662", "1.\u0661", "\u00b2"]


@pytest.mark.parametrize("typed", [*SIGNS, *POINTS, *GROUPS, *SCRIPTS])
def test_an_amount_in_doubt_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        read_minor(typed)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(typed: str) -> None:
    try:
        minor = read_minor(typed)
    except ValueError:
        return
    assert Decimal(typed.strip().removeprefix("$").replace(",", "")) * 100 == minor


@given(MINOR)
def test_a_plain_number_is_exact(minor: int) -> None:
    assert Decimal(plain(minor)) * 100 == minor
    assert "." in plain(minor)
    if 0 <= minor < 10**15:
        assert read_minor(plain(minor)) == minor
