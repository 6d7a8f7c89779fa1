"""Events: what is listed, what is sent, how it is signed."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quid_sandbox.core.clock import wall
from quid_sandbox.core.face import Forgery
from quid_sandbox.stripe.face import StripeFace
from tests.support.till import Till, open_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


def hooks(till: Till) -> list[tuple[str, str, dict[str, Any]]]:
    """What waits to be sent: where, what, with which body."""
    with till.store.transaction() as tx:
        rows = tx.query("SELECT url, kind, body FROM hook ORDER BY id")
    return [(url, kind, json.loads(body)) for url, kind, body in rows]


def deliver(till: Till) -> None:
    """All hooks arrived."""
    with till.store.transaction() as tx:
        tx.query("UPDATE hook SET state = 'sent'")


def signed(till: Till, raw: bytes, forgery: Forgery | None = None) -> tuple[int, list[str]]:
    """Time and signatures of a hook that leaves now."""
    with till.store.transaction() as tx:
        headers = StripeFace().sign(tx, till.world, raw, forgery or Forgery())
    first, *rest = headers["stripe-signature"].split(",")
    return int(first.removeprefix("t=")), [mac.removeprefix("v1=") for mac in rest]


def mac(secret: str, at: int, raw: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()


async def test_an_event_shows_the_object_as_it_was(till: Till) -> None:
    paid = await till.pay("pm_card_visa")
    answer = await till.get("/v1/events", {"type": "payment_intent.succeeded"})
    [event] = answer.body["data"]
    await till.made("/v1/refunds", {"payment_intent": paid.body["id"]})
    found = await till.read(f"/v1/events/{event['id']}")
    assert found["data"]["object"]["id"] == paid.body["id"]
    assert found["data"]["object"]["status"] == "succeeded"
    assert (found["object"], found["livemode"], found["pending_webhooks"]) == ("event", False, 1)
    assert found["request"]["id"] == paid.headers["request-id"]


async def test_what_is_used_is_sent_and_the_rest_only_listed(till: Till) -> None:
    await till.pay("pm_card_visa")
    assert [kind for _, kind, _ in hooks(till)] == ["payment_intent.succeeded"]
    assert await till.events() == [
        "account.external_account.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    [(url, _, body)] = hooks(till)
    assert (url, body["data"]["object"]["object"]) == (
        till.world.hooks["stripe"],
        "payment_intent",
    )


async def test_a_failed_request_sends_nothing(till: Till) -> None:
    await till.post("/v1/refunds", {"payment_intent": "pi_none"})
    assert hooks(till) == []


async def test_what_was_not_delivered_can_be_asked_for(till: Till) -> None:
    await till.pay("pm_card_visa")
    deliver(till)
    await till.pay("pm_card_visa")
    missed = await till.get("/v1/events", {"delivery_success": False})
    assert [event["type"] for event in missed.body["data"]] == ["payment_intent.succeeded"]
    assert missed.body["data"][0]["pending_webhooks"] == 1
    heard = await till.get("/v1/events", {"delivery_success": True, "types": [
        "payment_intent.succeeded", "charge.failed",
    ]})  # fmt: skip
    assert [event["pending_webhooks"] for event in heard.body["data"]] == [0]


async def test_events_are_kept_for_thirty_days(till: Till) -> None:
    await till.pay("pm_card_visa")
    [event] = (await till.get("/v1/events", {"limit": 1})).body["data"]
    await till.advance(days=29)
    assert (await till.get(f"/v1/events/{event['id']}")).status == 200
    await till.advance(days=2)
    assert (await till.get(f"/v1/events/{event['id']}")).status == 404
    assert "payment_intent.succeeded" not in await till.events()


async def test_an_endpoint_hears_what_it_asked_for_and_its_secret_signs(till: Till) -> None:
    said = {"url": "http://127.0.0.1:9/own", "enabled_events": ["charge.failed"]}
    made = await till.made("/v1/webhook_endpoints", said)
    await till.pay("pm_card_visa")
    await till.pay("pm_card_chargeDeclined")
    assert [kind for url, kind, _ in hooks(till) if url == said["url"]] == ["charge.failed"]
    at, macs = signed(till, b"{}")
    assert mac(made["secret"], at, b"{}") in macs
    shown = await till.read(f"/v1/webhook_endpoints/{made['id']}")
    assert "secret" not in shown


async def test_what_happens_at_a_connected_account_says_so(till: Till) -> None:
    said = {"url": "http://127.0.0.1:9/connect", "enabled_events": ["*"], "connect": True}
    await till.made("/v1/webhook_endpoints", said)
    account = (await till.made("/v1/accounts", {"type": "express"}))["id"]
    await till.made(
        f"/v1/accounts/{account}/external_accounts", {"external_account": "tok_visa_debit"}
    )
    await till.pay("pm_card_visa")
    heard = [body for url, _, body in hooks(till) if url == said["url"]]
    assert [body["account"] for body in heard] == [account]


async def test_a_hook_is_signed_at_wall_time(till: Till) -> None:
    at, [signature] = signed(till, b'{"id": "evt_1"}')
    assert abs(at - wall().timestamp()) < 5
    assert signature == mac(till.world.keys.stripe_webhook_secret, at, b'{"id": "evt_1"}')


@pytest.mark.parametrize(
    ("forgery", "is_good", "shift"),
    [
        (Forgery(bad=True), False, 0),
        (Forgery(other_key=True), False, 0),
        (Forgery(shift=3600), True, 3600),
        (Forgery(shift=-3600), True, -3600),
    ],
)
async def test_a_signature_can_be_spoiled(
    till: Till, forgery: Forgery, shift: int, *, is_good: bool
) -> None:
    at, [signature] = signed(till, b"{}", forgery)
    assert abs(at - shift - wall().timestamp()) < 5
    assert (signature == mac(till.world.keys.stripe_webhook_secret, at, b"{}")) is is_good


def test_a_hook_is_tried_for_three_days() -> None:
    waits: list[float] = []
    while (wait := StripeFace().retry(len(waits) + 1)) is not None:
        waits.append(wait)
    assert 2.5 * 86_400 < sum(waits) <= 3.5 * 86_400
