"""Anything at all as a payment: a code in answer, nothing moved, and never a fault of ours."""

import json
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.payers import LEAKS, PAYMENTS, Payer, books_of, problem

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["USD", "public", "usr_" + "0" * 26, 2**53, 500_000, 500_001]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
members = st.sampled_from(
    ["payee_id", "amount", "currency", "note", "visibility", "show_amount", "funding_source_id"]
)
# An answer names the member that is wrong: then a word of our inside is the caller's own.
strange = st.text(max_size=10).filter(lambda name: not LEAKS.search(name))
_many = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_many
@given(changed=st.dictionaries(members | strange, anything, min_size=1, max_size=3))
async def test_any_members_answer_with_a_code(
    ana: Payer, admin: asyncpg.Connection, changed: dict[str, object]
) -> None:
    # Nobody has this id, so that a body that is right moves nothing either.
    before = await books_of(admin)
    body = {"payee_id": "usr_" + "0" * 26, "amount": 1, "currency": "USD", **changed}
    headers = {"content-type": "application/json", "idempotency-key": "k"}
    answer = await ana.http.post(PAYMENTS, content=json.dumps(body).encode(), headers=headers)
    assert answer.status_code in (400, 404, 422), answer.text
    problem(answer, answer.status_code, answer.json()["code"])
    assert await books_of(admin) == before


@_many
@given(body=st.binary(max_size=200), key=st.binary(max_size=70))
async def test_any_bytes_answer_with_a_code(
    ana: Payer, admin: asyncpg.Connection, body: bytes, key: bytes
) -> None:
    before = await books_of(admin)
    headers: Any = {"idempotency-key": key.replace(b"\n", b"").replace(b"\r", b"")}
    answer = await ana.http.post(PAYMENTS, content=body, headers=headers)
    problem(answer, 400, answer.json()["code"])
    assert await books_of(admin) == before


@_many
@given(amount=st.integers(-(10**6), 10**6) | st.integers(499_990, 500_010) | st.integers(-10, 10))
async def test_amount_passes_exactly_from_one_cent_to_five_thousand_dollars(
    ana: Payer, ben: Payer, amount: int
) -> None:
    told = problem(await ana.pay(ben.who, amount, funding_source_id="bank"), *_bound(amount))
    assert told["money_moved"] == "no"


def _bound(amount: int) -> tuple[int, str]:
    # A source that does not exist is judged after the amount, so nothing ever moves here.
    if 1 <= amount <= 500_000:
        return (404, "NOT_FOUND")
    return (400, "INVALID_AMOUNT")
