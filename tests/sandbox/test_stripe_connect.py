"""Pushes to debit cards: accounts, onboarding, transfers, payouts, reversals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.till import URL, Till, open_till

CARD = {"expires": "12/34", "cvc": "123"}
DEBIT, FAILING, SLOW = "4000056655665556", "4000056655665572", "4000056755665555"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


async def account(till: Till) -> str:
    said = {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    return str((await till.made("/v1/accounts", said))["id"])


async def link(till: Till, ident: str) -> str:
    said = {
        "account": ident,
        "type": "account_onboarding",
        "return_url": f"{URL}/done",
        "refresh_url": f"{URL}/again",
    }
    return str((await till.made("/v1/account_links", said))["url"])


async def ready(till: Till, typed: dict[str, str] | None = None) -> tuple[str, str]:
    """An account with $50 and a card, or what was typed; and where that goes."""
    await till.pay("pm_card_bypassPending", 100_000)
    ident = await account(till)
    reply = await till.browser.post(await link(till, ident), data=typed or CARD | {"number": DEBIT})
    assert reply.headers["location"] == f"{URL}/done"
    said = {"amount": 5000, "currency": "usd", "destination": ident, "transfer_group": "wd_1"}
    await till.made("/v1/transfers", said)
    [target] = (await till.get(f"/v1/accounts/{ident}/external_accounts")).body["data"]
    return ident, str(target["id"])


async def available(till: Till, ident: str) -> int:
    answer = await till.get("/v1/balance", account=ident)
    return int(answer.body["available"][0]["amount"])


async def test_an_account_can_do_nothing_until_its_owner_was_on_the_page(till: Till) -> None:
    ident = await account(till)
    assert (await till.read(f"/v1/accounts/{ident}"))["capabilities"] == {"transfers": "inactive"}
    said = {"amount": 1, "currency": "usd", "destination": ident}
    answer = await till.post("/v1/transfers", said)
    assert answer.error["code"] == "insufficient_capabilities_for_transfer"
    url = await link(till, ident)
    assert "Sandbox: no real bank" in (await till.browser.get(url)).text
    await till.browser.post(url, data=CARD | {"number": DEBIT})
    found = await till.read(f"/v1/accounts/{ident}")
    assert (found["capabilities"], found["payouts_enabled"]) == ({"transfers": "active"}, True)
    [card] = found["external_accounts"]["data"]
    assert (card["last4"], card["available_payout_methods"]) == ("5556", ["standard", "instant"])
    assert (await till.browser.post(url, data=CARD | {"number": DEBIT})).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        CARD | {"number": "4242424242424242"},
        CARD | {"number": "4111111111111111"},
        {"routing": "110000000", "account": "999999999999"},
        {"routing": "021000021", "account": "000123456789"},
    ],
)
async def test_only_published_debit_cards_and_accounts_are_taken(
    till: Till, typed: dict[str, str]
) -> None:
    ident = await account(till)
    reply = await till.browser.post(await link(till, ident), data=typed)
    assert (reply.status_code, 'role="alert"' in reply.text) == (200, True)
    assert (await till.read(f"/v1/accounts/{ident}"))["external_accounts"]["data"] == []


async def test_a_stale_link_goes_back_for_a_new_one(till: Till) -> None:
    url = await link(till, await account(till))
    await till.advance(minutes=6)
    assert (await till.browser.get(url)).headers["location"] == f"{URL}/again"


async def test_a_card_has_one_fingerprint_for_charge_and_push(till: Till) -> None:
    _, card = await ready(till)
    paid = await till.pay("pm_card_visa_debit", expand=["payment_method"])
    ident = (await till.get("/v1/accounts")).body["data"][0]["id"]
    found = await till.read(f"/v1/accounts/{ident}/external_accounts/{card}")
    assert found["fingerprint"] == paid.body["payment_method"]["card"]["fingerprint"]


async def push(till: Till, ident: str, to: str, **fields: object) -> dict[str, Any]:
    said = {"amount": 4000, "currency": "usd", "method": "instant", "destination": to, **fields}
    return await till.made("/v1/payouts", said, account=ident)


async def test_an_instant_push_is_paid_and_counted_once(till: Till) -> None:
    ident, card = await ready(till)
    made = await push(till, ident, card, metadata={"op_id": "wd_1"})
    assert (made["status"], made["type"], await available(till, ident)) == ("pending", "card", 1000)
    await till.advance(minutes=2)
    answer = await till.get(f"/v1/payouts/{made['id']}", account=ident)
    assert answer.body["status"] == "paid"
    # It is that account's alone.
    assert (await till.get(f"/v1/payouts/{made['id']}")).status == 404
    moved = till.movements()
    assert moved.count("balance_transaction.transfer") == 1
    assert moved.count("balance_transaction.payout") == 1


@pytest.mark.parametrize(
    ("typed", "code", "method"),
    [
        (CARD | {"number": FAILING}, "could_not_process", "instant"),
        ({"routing": "110000000", "account": "000111111116"}, "no_account", "standard"),
        ({"routing": "110000000", "account": "000111111113"}, "account_closed", "standard"),
        ({"routing": "110000000", "account": "000222222227"}, "insufficient_funds", "standard"),
    ],
)
async def test_a_failed_push_comes_back_and_can_be_taken_back(
    till: Till, typed: dict[str, str], code: str, method: str
) -> None:
    ident, to = await ready(till, typed)
    made = await push(till, ident, to, method=method)
    await till.advance(days=4)
    answer = await till.get(f"/v1/payouts/{made['id']}", account=ident)
    assert (answer.body["status"], answer.body["failure_code"]) == ("failed", code)
    assert await available(till, ident) == 5000
    [transfer] = (await till.get("/v1/transfers", {"transfer_group": "wd_1"})).body["data"]
    back = await till.made(f"/v1/transfers/{transfer['id']}/reversals", {"amount": 5000})
    assert (back["amount"], await available(till, ident)) == (5000, 0)
    found = await till.read(f"/v1/transfers/{transfer['id']}")
    assert (found["reversed"], found["reversals"]["data"][0]["id"]) == (True, back["id"])


async def test_what_was_pushed_cannot_be_taken_back(till: Till) -> None:
    ident, card = await ready(till)
    await push(till, ident, card, amount=5000)
    [transfer] = (await till.get("/v1/transfers")).body["data"]
    answer = await till.post(f"/v1/transfers/{transfer['id']}/reversals")
    assert answer.error["code"] == "balance_insufficient"


async def test_a_card_that_takes_no_instant_push_says_so(till: Till) -> None:
    ident, card = await ready(till, CARD | {"number": SLOW})
    said = {"amount": 1, "currency": "usd", "method": "instant", "destination": card}
    answer = await till.post("/v1/payouts", said, account=ident)
    assert answer.error["code"] == "instant_payouts_unsupported"


@pytest.mark.parametrize("path", ["/v1/payouts", "/v1/transfers"])
async def test_more_than_is_there_is_not_pushed(till: Till, path: str) -> None:
    ident, card = await ready(till)
    said: dict[str, object] = {"amount": 200_000, "currency": "usd"}
    if path == "/v1/payouts":
        answer = await till.post(path, said | {"destination": card}, account=ident)
    else:
        answer = await till.post(path, said | {"destination": ident})
    assert answer.error["code"] == "balance_insufficient"


async def test_a_strange_account_is_not_ours(till: Till) -> None:
    answer = await till.get("/v1/balance", account="acct_none")
    assert (answer.status, answer.error["code"]) == (403, "account_invalid")


async def test_a_standard_push_of_our_own_can_be_called_off(till: Till) -> None:
    await till.pay("pm_card_bypassPending", 100_000)
    made = await till.made("/v1/payouts", {"amount": 500, "currency": "usd"})
    gone = await till.made(f"/v1/payouts/{made['id']}/cancel", {})
    assert gone["status"] == "canceled"
    await till.advance(days=5)
    assert (await till.read(f"/v1/payouts/{made['id']}"))["status"] == "canceled"
