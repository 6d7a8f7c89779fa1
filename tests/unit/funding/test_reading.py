"""Money, times and names as providers write them; addresses and keys that may not pass."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.adapters.plaid.models import TransferRow
from quid.funding.adapters.reading import (
    Balance,
    Dollars,
    Read,
    bounded,
    dollars,
    floor_cents,
    hosted,
    loads,
    plain,
    read,
    whole_cents,
)
from quid.funding.adapters.stripe.form import Form, encode, pairs
from quid.funding.errors import ContractBroken
from quid.funding.ports import ProviderKey

HOSTS = frozenset({"hosted.plaid.com", "127.0.0.1:8001"})


class Priced(Read):
    amount: Dollars
    left: Balance = None


@given(st.integers(0, 10**12))
def test_what_is_written_is_read(cents: int) -> None:
    assert whole_cents(dollars(cents)) == cents
    assert whole_cents(f"-{dollars(cents)}") == -cents


@pytest.mark.parametrize(
    "amount",
    ["1.001", "", "ten", "NaN", "Infinity", "1e400", "--1", 0.1, None, True, [], "1_0.0x", 10**14],
)
def test_what_is_no_amount_is_not_guessed(amount: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        whole_cents(amount)


@given(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False))
def test_a_balance_is_rounded_down(amount: Decimal) -> None:
    cents = floor_cents(amount)
    assert cents is not None
    assert cents <= amount * 100 < cents + 1


def test_no_float_is_ever_made() -> None:
    found = read(Priced, b'{"amount": "0.10", "left": 0.29}')
    assert (found.amount, found.left) == (10, 29)
    assert loads(b'{"x": 4503599627370496.27}') == {"x": Decimal("4503599627370496.27")}


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b"null", b'{"amount": NaN}', b'{"amount": null}', b"\xff", b"[" * 10**5,
     b'{"amount": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_an_answer_that_is_none_breaks_the_contract_and_says_nothing_of_it(content: bytes) -> None:
    with pytest.raises(ContractBroken) as raised:
        read(Priced, content)
    assert "html" not in str(raised.value)
    assert raised.value.__suppress_context__


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_fields_that_nobody_knows_are_let_through(more: dict[str, object]) -> None:
    row = {
        "id": "t1",
        "authorization_id": "a1",
        "type": "debit",
        "amount": "13.68",
        "created": "2026-03-02T12:00:00Z",
        "status": "something_new",
        "network": "ach",
        "cancellable": True,
    }
    unknown = {name: what for name, what in more.items() if name not in TransferRow.model_fields}
    known = read(TransferRow, json.dumps({**unknown, **row}).encode())
    assert (known.amount, known.status) == (1368, "something_new")
    assert known.created == datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://hosted.plaid.com/link/x",
        "http://127.0.0.1:8001/link/x",
    ],
)
def test_the_providers_own_pages_are_let_through(url: str) -> None:
    assert hosted(url, HOSTS) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://hosted.plaid.com.evil.test/x",
        "https://user@hosted.plaid.com/x",
        "http://hosted.plaid.com/x",
        "https://hosted.plaid.com:444/x",
        "javascript:alert(1)",
        "//hosted.plaid.com/x",
        "https://hosted.plaid.com/\nx",
        "https://[x",
        "",
    ],
)
def test_a_page_elsewhere_is_nobodys_to_open(url: str) -> None:
    with pytest.raises(ContractBroken, match="FOREIGN_PAGE"):
        hosted(url, HOSTS)


def test_a_key_is_never_cut() -> None:
    assert bounded(ProviderKey("x" * 50))
    for key in ("", "x" * 51):
        with pytest.raises(ValueError, match="key"):
            bounded(ProviderKey(key))


@given(st.text(max_size=60), st.integers(1, 22))
def test_a_statement_has_letters_digits_and_spaces_alone(text: str, most: int) -> None:
    shown = plain(text, most=most)
    assert 1 <= len(shown) <= max(most, 4)
    assert all(c.isascii() and (c.isalnum() or c == " ") for c in shown)


def test_a_form_is_written_as_the_processor_reads_it() -> None:
    form: Form = {"a": {"b": 1, "c": {"d": True}}, "list": ["x", {"y": "z"}], "t": "ü &="}
    assert pairs(form) == (
        *(("a[b]", "1"), ("a[c][d]", "true")),
        *(("list[0]", "x"), ("list[1][y]", "z"), ("t", "ü &=")),
    )
    assert encode(form).endswith(b"t=%C3%BC+%26%3D")
