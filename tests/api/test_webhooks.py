"""POST /v1/webhooks/{provider}: bounds, refusals, and the short way."""

import hashlib
import hmac

import httpx2
import msgspec
import pytest

from quid.kit import clock
from quid.kit.web import Door
from tests.support.api import client_of
from tests.support.sandbox import Sandbox
from tests.support.wallets import providers, sandbox

__all__ = ["providers", "sandbox"]


@pytest.fixture
async def door(providers: Sandbox, app: Door) -> Door:
    """The application, with providers."""
    assert providers
    return app


def signed(box: Sandbox, raw: bytes) -> dict[str, str]:
    at = int(clock.now().timestamp())
    secret = box.stripe_webhook_secret.encode()
    digest = hmac.new(secret, f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={at},v1={digest}", "content-type": "application/json"}


def event(name: str, size: int = 0) -> bytes:
    return msgspec.json.encode(
        {
            "id": name,
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": 1_700_000_000,
            "livemode": False,
            "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
            "more": "x" * size,
        }
    )


async def post(app: Door, path: str, raw: bytes, headers: dict[str, str]) -> httpx2.Response:
    async with client_of(app) as client:
        return await client.post(path, content=raw, headers=headers)


async def test_each_answer(door: Door, sandbox: Sandbox) -> None:
    path, raw = "/v1/webhooks/stripe", event("evt_1")
    cases = [
        (path, raw, signed(sandbox, raw), 200),
        (path, raw, signed(sandbox, raw), 200),  # again
        (path, raw, {"stripe-signature": "t=1,v1=00"}, 401),
        (path, raw, {}, 401),
        (path, b"{", signed(sandbox, b"{"), 400),
        ("/v1/webhooks/paypal", raw, {}, 404),
        ("/v1/webhooks/STRIPE", raw, {}, 404),
    ]
    for where, body, headers, status in cases:
        answer = await post(door, where, body, headers)
        assert answer.status_code == status, (where, headers, answer.text)


async def test_a_body_of_256_kib_is_taken_and_a_larger_one_is_not(
    door: Door, sandbox: Sandbox
) -> None:
    large = event("evt_large", 200 * 1024)
    answer = await post(door, "/v1/webhooks/stripe", large, signed(sandbox, large))
    assert answer.status_code == 200, answer.text
    larger = event("evt_larger", 256 * 1024)
    answer = await post(door, "/v1/webhooks/stripe", larger, signed(sandbox, larger))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_where_no_provider_is_set_up_there_is_nothing(app: Door) -> None:
    answer = await post(app, "/v1/webhooks/stripe", event("evt_1"), {})
    assert answer.status_code == 404
