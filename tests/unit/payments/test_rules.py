"""The table of moves, wishes of visibility, what each viewer sees; bodies read strictly."""

import json
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit.crypto import digest16
from quid.kit.errors import Refusal
from quid.payments import rules, schemas
from quid.payments.schemas import PaymentRequest, read_payment
from quid.payments.types import (
    ActivityRow,
    Balance,
    Kind,
    Party,
    Payment,
    PaymentRow,
    State,
    Visibility,
)

visibilities = st.sampled_from(get_args(Visibility))
ANA, BEN = UUID(int=1 << 70), UUID(int=2 << 70)
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def payment(state: State = State.COMPLETED) -> Payment:
    """A payment of $13.68 from Ana to Ben."""
    row = PaymentRow(
        id=UUID(int=3 << 70),
        payer_id=ANA,
        payee_id=BEN,
        amount_minor=1368,
        currency="USD",
        note="pizza",
        payer_visibility="public",
        payee_visibility="friends",
        payer_show_amount=True,
        payee_show_amount=False,
        states=[State.INITIATED, State.AUTHORIZED, state],
        times=[AT + timedelta(seconds=n) for n in range(3)],
        refusal_code=None if state is State.COMPLETED else "INSUFFICIENT_FUNDS",
    )
    return Payment(row, Party(ANA, "ana", "Ana"), Party(BEN, "ben", "Ben"))


def test_every_state_is_reached_and_every_path_ends() -> None:
    assert {s for path in rules.PATHS for s in path} == set(State)
    assert all(path[0] is State.INITIATED for path in rules.PATHS)
    assert {path[-1] for path in rules.PATHS} == set(State) - rules.PASSING
    assert all(len(set(path)) == len(path) for path in rules.PATHS)


@given(visibilities, visibilities, visibilities)
def test_stricter_wish_wins_in_any_order(
    one: Visibility, two: Visibility, three: Visibility
) -> None:
    order = ("private", "friends", "public")
    assert rules.stricter(one, two) == min(one, two, key=order.index)
    assert rules.stricter(one, two) == rules.stricter(two, one)
    assert rules.stricter(rules.stricter(one, two), three) == min(one, two, three, key=order.index)


def test_payer_sees_the_cost_and_payee_does_not() -> None:
    mine = rules.view_of(payment(), viewer_id=ANA)
    theirs = rules.view_of(payment(), viewer_id=BEN)
    assert (mine.fee, mine.total, len(mine.funding)) == (0, 1368, 1)
    assert (theirs.fee, theirs.total, theirs.funding) == (None, None, [])
    assert (mine.my_visibility, theirs.my_visibility) == ("public", "friends")
    assert mine.visibility == theirs.visibility == "friends"
    assert mine.show_amount is theirs.show_amount is False


def test_only_a_completed_payment_has_a_time_of_completion() -> None:
    assert rules.view_of(payment(), viewer_id=ANA).completed_at == AT + timedelta(seconds=2)
    declined = rules.view_of(payment(State.DECLINED), viewer_id=ANA)
    assert (declined.completed_at, declined.state) == (None, "DECLINED")


@given(st.integers(1, 500_000), st.booleans(), st.sampled_from(list(Kind)))
def test_amount_of_a_line_has_the_sign_of_what_it_did(
    amount: int, is_incoming: bool, kind: Kind
) -> None:
    row = ActivityRow(
        AT, UUID(int=9), kind, is_incoming, State.COMPLETED, amount, "USD", None, "", 5, None,
        paid_by="card",
    )  # fmt: skip
    shown = rules.activity_view(row, None)
    assert shown.amount == (amount if is_incoming else -amount)
    assert shown.direction == ("in" if is_incoming else "out")
    prefixes = {Kind.PAYMENT: "pay_", Kind.DEPOSIT: "dep_", Kind.FUNDING: "op_"}
    assert shown.id.startswith(prefixes.get(kind, "trf_"))


@pytest.mark.parametrize(("owed", "unripe", "free"), [(0, 0, 7), (0, 3, 4), (0, 8, 0), (2, 0, 0)])
def test_what_may_still_be_taken_back_does_not_leave_nor_anything_of_who_owes(
    owed: int, unripe: int, free: int
) -> None:
    balance = Balance(7, 5, 3, owed, "USD", 9, unripe=unripe)
    shown = rules.balance_view(balance)
    assert (shown.withdrawable, shown.available, shown.version) == (free, 7, 9)


# --- bodies ------------------------------------------------------------------------------------

BODY = b'{"payee_id":"usr_x","amount":1,"currency":"USD"}'


def test_fingerprint_is_of_the_meaning_and_not_of_the_spelling() -> None:
    same = [
        BODY,
        b'{ "currency" : "USD", "amount" : 1, "payee_id" : "usr_x" }',
        b'{"payee_id":"usr\\u005fx","amount":1,"currency":"USD"}',
        b'{"payee_id":"usr_x","amount":1,"currency":"USD","note":""}',
        b'{"payee_id":"usr_x","amount":1,"currency":"USD","note":"  "}',
        b'{"payee_id":"usr_x","amount":1,"currency":"USD","visibility":null}',
        b'{"payee_id":"usr_x","amount":1,"currency":"USD","idempotency_key":"k"}',
        b'{"payee_id":"usr_x","amount":1,"currency":"USD","quote_token":"t"}',
    ]
    assert len({read_payment(body).request_hash() for body in same}) == 1


def test_fingerprint_differs_with_each_member() -> None:
    first = read_payment(BODY)
    others = [
        first.model_copy(update={name: value})
        for name, value in {
            "payee_id": "usr_y",
            "amount": 2,
            "note": "x",
            "visibility": "public",
            "show_amount": False,
            "funding_source_id": "balance",
        }.items()
    ]
    assert len({r.request_hash() for r in (first, *others)}) == len(others) + 1


def test_every_member_but_key_and_quote_is_in_the_fingerprint() -> None:
    kept = set(PaymentRequest.model_fields) - {"idempotency_key", "quote_token"}
    assert kept == {
        "payee_id", "amount", "currency", "note", "visibility", "show_amount", "funding_source_id"
    }  # fmt: skip


def test_the_fingerprint_is_that_of_the_model_itself() -> None:
    # Keys of years ago are compared with it: its bytes never change.
    request = read_payment(BODY[:-1] + b',"note":"caf\xc3\xa9","visibility":"public"}')
    fields = request.model_dump(exclude={"idempotency_key", "quote_token"})
    assert request.request_hash() == digest16(msgspec.json.encode(fields, order="sorted"))


@given(
    st.sampled_from([("amount", 2), ("note", "x"), ("visibility", None), ("visibility", "public")]),
    st.sampled_from([1, "y", None, "friends", ""]),
    st.booleans(),
)
def test_a_name_given_twice_is_refused_whatever_its_values(
    pair: tuple[str, object], other: object, is_last: bool
) -> None:
    name, value = pair
    members = [("payee_id", "usr_x"), ("amount", 1), ("currency", "USD"), (name, value)]
    members.insert(len(members) if is_last else 0, (name, other))
    body = ",".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in members)
    with pytest.raises(Refusal) as caught:
        read_payment(f"{{{body}}}".encode())
    assert caught.value.category == "invalid"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_payment(body)
    assert caught.value.category == "invalid"


def test_payee_of_another_kind_is_nobody() -> None:
    with pytest.raises(Refusal) as caught:
        schemas.payee_of(read_payment(BODY))
    assert caught.value.code == "RECIPIENT_NOT_FOUND"
