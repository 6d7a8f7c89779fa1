"""Stripe's wire: forms, errors, keys, replays, lists, expansion."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quid_sandbox.core.faults import Deed, Fault, Match
from quid_sandbox.stripe.errors import StripeError
from quid_sandbox.stripe.form import decode
from tests.support.till import Till, form, open_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


# ---------------------------------------------------------------------- forms


def test_a_form_nests() -> None:
    assert decode("a[b][c]=1&list[0]=x&list[1]=y&open[]=z&e=") == {
        "a": {"b": {"c": "1"}},
        "list": ["x", "y"],
        "open": ["z"],
        "e": "",
    }


@pytest.mark.parametrize("raw", ["a=1&a[b]=2", "a[b]=1&a=2", "a[b=1", "=1", "a]=1", "a[b]c=1"])
def test_a_form_that_means_nothing_is_refused(raw: str) -> None:
    with pytest.raises(StripeError):
        decode(raw)


NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
TREES = st.recursive(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    lambda below: (
        st.lists(below, min_size=1, max_size=3)
        | st.dictionaries(NAMES, below, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_what_is_nested_is_read_as_it_was(tree: dict[str, object]) -> None:
    assert decode(urlencode(form(tree))) == tree


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_form_breaks_the_reader(raw: str) -> None:
    with suppress(StripeError):
        decode(raw)


# ---------------------------------------------------------------------- keys and headers


@pytest.mark.parametrize("said", ["", "Bearer sk_test_other", "Basic c2tfdGVzdA=="])
async def test_a_wrong_key_is_refused(till: Till, said: str) -> None:
    answer = await till.get("/v1/balance", authorization=said)
    assert (answer.status, answer.error["type"]) == (401, "invalid_request_error")


async def test_an_answer_names_its_request_and_the_version_asked_for(till: Till) -> None:
    answer = await till.get("/v1/balance", version="2024-06-20")
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["stripe-version"] == "2024-06-20"


async def test_an_unknown_url_is_told_in_stripes_shape(till: Till) -> None:
    answer = await till.get("/v1/unicorns")
    assert (answer.status, answer.error["type"]) == (404, "invalid_request_error")


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"bogus": 1}, "parameter_unknown", "bogus"),
        ({"automatic_payment_methods": {"bogus": 1}}, "parameter_unknown",
         "automatic_payment_methods[bogus]"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": ""}, None, "currency"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"amount": {"a": 1}}, "parameter_invalid_integer", "amount"),
    ],
)  # fmt: skip
async def test_a_request_that_is_wrong_says_where(
    till: Till, fields: dict[str, object], code: str | None, param: str
) -> None:
    said = {"amount": 500, "currency": "usd", **fields}
    answer = await till.post("/v1/payment_intents", said)
    assert answer.status == 400
    assert (answer.error.get("code"), answer.error["param"]) == (code, param)


async def test_a_missing_parameter_is_named(till: Till) -> None:
    answer = await till.post("/v1/payment_intents", {"amount": 500})
    assert (answer.error["code"], answer.error["param"]) == ("parameter_missing", "currency")


# ---------------------------------------------------------------------- idempotency


async def test_a_key_replays_byte_for_byte(till: Till) -> None:
    first = await till.post("/v1/customers", {"metadata": {"user": "a"}}, key="cus:a")
    await till.advance(hours=23)
    again = await till.post("/v1/customers", {"metadata": {"user": "a"}}, key="cus:a")
    assert again.raw == first.raw
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert len((await till.get("/v1/customers")).body["data"]) == 1


async def test_a_key_is_forgotten_after_a_day(till: Till) -> None:
    first = await till.made("/v1/customers", {}, key="cus:a")
    await till.advance(hours=25)
    assert (await till.made("/v1/customers", {}, key="cus:a"))["id"] != first["id"]


@pytest.mark.parametrize(
    ("path", "fields"), [("/v1/customers", {"name": "B"}), ("/v1/accounts", {"country": "US"})]
)
async def test_a_key_with_another_request_is_refused(
    till: Till, path: str, fields: dict[str, object]
) -> None:
    await till.made("/v1/customers", {"name": "A"}, key="k")
    answer = await till.post(path, fields, key="k")
    assert (answer.status, answer.error["type"]) == (400, "idempotency_error")


async def test_a_declined_confirmation_replays_as_it_was(till: Till) -> None:
    intent = await till.made("/v1/payment_intents", {
        "amount": 900, "currency": "usd", "payment_method_types": ["card"],
    })  # fmt: skip
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    said = {"payment_method": "pm_card_chargeDeclined"}
    first = await till.post(path, said, key="op:confirm")
    again = await till.post(path, said, key="op:confirm")
    assert (first.status, again.raw) == (402, first.raw)
    assert len((await till.get("/v1/charges")).body["data"]) == 1


async def test_a_refused_request_leaves_its_key_free(till: Till) -> None:
    assert (await till.post("/v1/customers", {"bogus": 1}, key="k")).status == 400
    assert (await till.post("/v1/customers", {"name": "A"}, key="k")).status == 200


async def test_an_answer_lost_after_its_effect_is_replayed_and_nothing_moves_twice(
    till: Till,
) -> None:
    lost = Deed("status", status=500, effect=True)
    till.faults.add(Fault(lost, Match(path="/v1/payment_intents/*/confirm")))
    intent = await till.made("/v1/payment_intents", {
        "amount": 900, "currency": "usd", "payment_method_types": ["card"],
    })  # fmt: skip
    path, said = f"/v1/payment_intents/{intent['id']}/confirm", {"payment_method": "pm_card_visa"}
    assert (await till.post(path, said, key="op:confirm")).status == 500
    again = await till.post(path, said, key="op:confirm")
    assert (again.status, again.body["status"]) == (200, "succeeded")
    assert again.headers["idempotent-replayed"] == "true"
    assert till.movements() == ["balance_transaction.charge"]


async def test_a_key_in_flight_is_told_to_wait(till: Till) -> None:
    till.faults.add(Fault(Deed("latency", seconds=0.2), Match(path="/v1/customers")))
    slow, busy = await asyncio.gather(
        till.post("/v1/customers", {}, key="k"), till.post("/v1/customers", {}, key="k")
    )
    assert (busy.status, busy.error["code"]) == (409, "idempotency_key_in_use")
    assert slow.status == 200
    assert (await till.post("/v1/customers", {}, key="k")).raw == slow.raw


# ---------------------------------------------------------------------- lists and expansion


async def test_a_list_is_newest_first_and_goes_both_ways(till: Till) -> None:
    made = [(await till.made("/v1/customers", {"name": str(n)}))["id"] for n in range(5)]
    first = (await till.get("/v1/customers", {"limit": 2})).body
    assert [doc["id"] for doc in first["data"]] == [made[4], made[3]]
    assert (first["object"], first["has_more"], first["url"]) == ("list", True, "/v1/customers")
    rest = (await till.get("/v1/customers", {"starting_after": made[3]})).body
    assert ([doc["id"] for doc in rest["data"]], rest["has_more"]) == (made[2::-1], False)
    back = (await till.get("/v1/customers", {"ending_before": made[2], "limit": 1})).body
    assert ([doc["id"] for doc in back["data"]], back["has_more"]) == ([made[3]], True)


async def test_a_list_is_cut_by_time(till: Till) -> None:
    await till.made("/v1/customers", {})
    await till.advance(seconds=10)
    later = await till.made("/v1/customers", {})
    answer = await till.get("/v1/customers", {"created": {"gte": later["created"]}})
    assert [doc["id"] for doc in answer.body["data"]] == [later["id"]]
    answer = await till.get("/v1/customers", {"created": {"lt": later["created"]}})
    assert len(answer.body["data"]) == 1


@pytest.mark.parametrize("fields", [{"limit": 101}, {"limit": 0}, {"starting_after": "cus_none"}])
async def test_a_page_that_cannot_be_is_refused(till: Till, fields: dict[str, object]) -> None:
    assert (await till.get("/v1/customers", fields)).status == 400


async def test_expansion_goes_four_deep(till: Till) -> None:
    customer = await till.made("/v1/customers", {})
    paid = await till.pay("pm_card_visa", customer=customer["id"])
    path = f"/v1/payment_intents/{paid.body['id']}"
    deep = "latest_charge.balance_transaction.source.customer"
    intent = await till.read(path, [deep])
    source = intent["latest_charge"]["balance_transaction"]["source"]
    assert source["customer"]["id"] == customer["id"]
    answer = await till.get(path, {"expand": [f"{deep}.a"]})
    assert answer.status == 400
    answer = await till.get("/v1/payment_intents", {"expand": ["data.customer"]})
    assert answer.body["data"][0]["customer"]["id"] == customer["id"]


@pytest.mark.parametrize("path", ["nothing", "id", "status", "amount.x"])
async def test_what_cannot_be_expanded_is_refused(till: Till, path: str) -> None:
    paid = await till.pay("pm_card_visa")
    answer = await till.get(f"/v1/payment_intents/{paid.body['id']}", {"expand": [path]})
    assert answer.error["message"] == f"This property cannot be expanded ({path})."


async def test_nothing_of_ours_leaves(till: Till) -> None:
    paid = await till.pay("pm_card_createDispute")
    await till.advance(minutes=2)
    for path in ("/v1/payment_intents", "/v1/charges", "/v1/disputes", "/v1/events"):
        answer = await till.get(path)
        assert b'"_' not in answer.raw
    assert b'"_' not in paid.raw


async def test_the_same_calls_give_the_same_ids(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with open_till(tmp_path / name) as till:
            found.append((await till.pay("pm_card_visa")).body["id"])
    assert found[0] == found[1]
