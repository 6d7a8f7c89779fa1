"""Checkout and 3-D Secure as a browser without script sees them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.till import URL, Till, open_till

GOOD = {"number": "4242 4242 4242 4242", "expires": "12/34", "cvc": "123", "name": "Ana"}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


async def session(till: Till, **fields: object) -> dict[str, Any]:
    customer = (await till.made("/v1/customers", {}))["id"]
    said = {
        "mode": "setup",
        "customer": customer,
        "currency": "usd",
        "payment_method_types": ["card"],
        "success_url": f"{URL}/done?s={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{URL}/back",
        **fields,
    }
    return await till.made("/v1/checkout/sessions", said)


async def finished(till: Till, ident: str) -> dict[str, Any]:
    return await till.read(f"/v1/checkout/sessions/{ident}", ["setup_intent.payment_method"])


async def typed(till: Till, url: str, **fields: str) -> httpx2.Response:
    return await till.browser.post(url, data=fields)


def wrong(reply: httpx2.Response) -> str:
    """What the page says is wrong."""
    assert reply.status_code == 200
    [said] = re.findall(r'role="alert">([^<]+)<', reply.text)
    return str(said)


# ---------------------------------------------------------------------- checkout


async def test_a_card_is_saved_and_the_browser_sent_on(till: Till) -> None:
    made = await session(till, client_reference_id="usr_1")
    page = await till.browser.get(made["url"])
    assert "Sandbox: no real bank" in page.text
    assert "<script" not in page.text
    reply = await typed(till, made["url"], **GOOD)
    assert reply.headers["location"] == f"{URL}/done?s={made['id']}"
    done = await finished(till, made["id"])
    assert (done["status"], done["url"], done["client_reference_id"]) == ("complete", None, "usr_1")
    setup = done["setup_intent"]
    card = setup["payment_method"]["card"]
    assert setup["status"] == "succeeded"
    assert (card["brand"], card["last4"], card["funding"]) == ("visa", "4242", "credit")
    assert setup["payment_method"]["customer"] == made["customer"]
    assert (await till.events())[-3:] == [
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


async def test_a_saved_card_pays(till: Till) -> None:
    made = await session(till)
    await typed(till, made["url"], **GOOD)
    card = (await finished(till, made["id"]))["setup_intent"]["payment_method"]["id"]
    assert (await till.pay(card, customer=made["customer"])).body["status"] == "succeeded"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": "4111 1111 1111 1111"}, "published test number"),
        ({"number": "4111<script>"}, "published test number"),
        ({"number": ""}, "published test number"),
        ({"expires": "13/34"}, "expiration date"),
        ({"expires": "12/20"}, "in the past"),
        ({"cvc": "12"}, "security code"),
        ({"number": "4000000000000002"}, "Your card was declined."),
        ({"number": "4000000000000127"}, "security code is incorrect"),
    ],
)
async def test_what_is_typed_wrong_is_said_and_the_page_stays(
    till: Till, change: dict[str, str], expected: str
) -> None:
    made = await session(till)
    assert expected in wrong(await typed(till, made["url"], **GOOD | change))
    assert (await finished(till, made["id"]))["status"] == "open"
    assert (await typed(till, made["url"], **GOOD)).status_code == 303


async def test_a_declined_card_is_the_setup_intents_error(till: Till) -> None:
    made = await session(till)
    await typed(till, made["url"], **GOOD | {"number": "4000000000009995"})
    setup = (await finished(till, made["id"]))["setup_intent"]
    assert setup["last_setup_error"]["decline_code"] == "insufficient_funds"
    assert (await till.events())[-1] == "setup_intent.setup_failed"


async def test_no_number_is_kept_anywhere(till: Till) -> None:
    made = await session(till)
    await typed(till, made["url"], **GOOD)
    await typed(till, (await session(till))["url"], **GOOD | {"number": "4000002760003184"})
    rows = till.store_text()
    for number in ("4242424242424242", "4242 4242 4242", "4242+4242+4242", "4000002760003184"):
        assert number not in rows
    assert "cvc=123" not in rows


async def test_a_session_is_over_once(till: Till) -> None:
    made = await session(till)
    await typed(till, made["url"], **GOOD)
    assert (await typed(till, made["url"], **GOOD)).status_code == 404
    assert (await till.browser.get(made["url"])).status_code == 404
    assert (await till.post(f"/v1/checkout/sessions/{made['id']}/expire")).status == 400


async def test_a_session_expires_by_itself(till: Till) -> None:
    soon = int((till.world.clock.now() + timedelta(minutes=30)).timestamp())
    made = await session(till, expires_at=soon)
    await till.advance(minutes=31)
    assert (await finished(till, made["id"]))["status"] == "expired"
    assert (await till.events())[-1] == "checkout.session.expired"
    assert (await typed(till, made["url"], **GOOD)).status_code == 404


async def test_a_session_is_expired_by_its_maker(till: Till) -> None:
    made = await session(till)
    ended = await till.made(f"/v1/checkout/sessions/{made['id']}/expire", {})
    assert (ended["status"], ended["url"]) == ("expired", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "payment"},
        {"success_url": "javascript:alert(1)"},
        {"success_url": "http://a\r\nb"},
        {"expires_at": 1},
        {"payment_method_types": ["sepa_debit"]},
        {"customer": "cus_none"},
    ],
)
async def test_a_session_that_cannot_be_is_refused(till: Till, fields: dict[str, object]) -> None:
    said = {"mode": "setup", "success_url": URL, "currency": "usd", **fields}
    assert (await till.post("/v1/checkout/sessions", said)).status == 400


# ---------------------------------------------------------------------- 3-D Secure


async def test_a_bank_asks_before_a_card_is_saved(till: Till) -> None:
    made = await session(till)
    reply = await typed(till, made["url"], **GOOD | {"number": "4000002760003184"})
    asking = reply.headers["location"]
    assert (await finished(till, made["id"]))["setup_intent"]["status"] == "requires_action"
    again = await typed(till, asking, answer="fail")
    assert "failed authentication" in wrong(again)
    reply = await typed(till, made["url"], **GOOD | {"number": "4000002760003184"})
    reply = await typed(till, reply.headers["location"], answer="approve")
    assert reply.headers["location"] == f"{URL}/done?s={made['id']}"
    assert (await finished(till, made["id"]))["setup_intent"]["status"] == "succeeded"


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [("approve", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
async def test_a_bank_asks_before_a_payment(
    till: Till, answer: str, status: str, word: str
) -> None:
    asked = await till.pay("pm_card_authenticationRequired", 1368)
    assert asked.body["status"] == "requires_action"
    url = asked.body["next_action"]["redirect_to_url"]["url"]
    assert "$13.68" in (await till.browser.get(url)).text
    assert till.movements() == []
    reply = await typed(till, url, answer=answer)
    assert reply.headers["location"].startswith(f"{URL}/back?payment_intent={asked.body['id']}&")
    assert reply.headers["location"].endswith(f"redirect_status={word}")
    assert (await till.read(f"/v1/payment_intents/{asked.body['id']}"))["status"] == status
    assert (await typed(till, url, answer="approve")).status_code == 404
    assert till.movements() == ["balance_transaction.charge"] * (answer == "approve")


async def test_nobody_can_be_asked_off_session(till: Till) -> None:
    answer = await till.pay("pm_card_authenticationRequired", off_session=True)
    assert (answer.status, answer.error["code"]) == (402, "authentication_required")


async def test_a_guessed_page_of_a_bank_is_not_there(till: Till) -> None:
    asked = await till.pay("pm_card_authenticationRequired")
    reply = await typed(till, f"{URL}/3ds/{asked.body['id']}/guess", answer="approve")
    assert reply.status_code == 404
    assert till.movements() == []


async def test_a_cancelled_payment_is_not_asked_about(till: Till) -> None:
    asked = await till.pay("pm_card_authenticationRequired")
    url = asked.body["next_action"]["redirect_to_url"]["url"]
    await till.made(f"/v1/payment_intents/{asked.body['id']}/cancel", {})
    assert (await typed(till, url, answer="approve")).status_code == 404
