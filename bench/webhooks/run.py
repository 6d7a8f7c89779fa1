"""The adapters' verification as the route calls it, in rounds that alternate with its floor."""

import asyncio
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey

from quid.funding.adapters.calls import Wire
from quid.funding.adapters.plaid import PlaidEvents, PlaidWire
from quid.funding.adapters.plaid.webhooks import Watchman, _Known
from quid.funding.adapters.stripe import StripeEvents, StripeWire
from quid.kit.breaker import Board
from quid.kit.crypto import Secret
from quid.kit.http import Client

NOWHERE: Final = "http://127.0.0.1:9"
BOUND: Final = 2_000
AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
BANK: Final = json.dumps(
    {"webhook_type": "TRANSFER", "webhook_code": "TRANSFER_EVENTS_UPDATE", "environment": "sandbox"}
).encode()
CARD: Final = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1,
        "livemode": False,
        "data": {
            "object": {
                "id": "pi_1",
                "object": "payment_intent",
                "status": "succeeded",
                "amount": 1,
                "padding": ["as long as a real one"] * 100,
            }
        },
    }
).encode()
Verify = Callable[[], Awaitable[object]]


def bank() -> tuple[Verify, Verify]:
    """Plaid's: ours, and one check of an ES256 signature."""
    key, kid = ECKey.generate_key("P-256", private=True), str(uuid4())
    public = ECKey.import_key(key.as_dict(private=False))
    claims = {
        "iat": int(AT.timestamp()),
        "request_body_sha256": hashlib.sha256(BANK).hexdigest(),
    }
    token = jws.serialize_compact(
        {"alg": "ES256", "kid": kid}, json.dumps(claims), key, algorithms=["ES256"]
    )
    wire = PlaidWire(
        Wire("plaid", Client(NOWHERE), Board()), NOWHERE, client_id="", secret=Secret("")
    )
    events = PlaidEvents(wire)
    watchman: Watchman = events._watchman  # noqa: SLF001 - its key is put there, not asked for
    watchman._known[kid] = _Known(public, AT + timedelta(days=1), None)  # noqa: SLF001 - as above
    headers, raw_token = {"Plaid-Verification": token}, token.encode()

    async def ours() -> object:
        return await events.verify_webhook(headers, BANK, AT)

    async def floor() -> object:
        return jws.deserialize_compact(raw_token, public, algorithms=["ES256"])

    return ours, floor


def card() -> tuple[Verify, Verify]:
    """Stripe's: ours with two live secrets, and one HMAC with the reading of the body."""
    at = int(AT.timestamp())
    signed = f"{at}.".encode() + CARD
    mac = hmac.digest(b"whsec_new", signed, "sha256").hex()
    wire = StripeWire(Wire("stripe", Client(NOWHERE), Board()), NOWHERE, key=Secret(""))
    events = StripeEvents(wire, [Secret("whsec_new"), Secret("whsec_old")])
    headers = {"Stripe-Signature": f"t={at},v1={mac}"}

    async def ours() -> object:
        return await events.verify_webhook(headers, CARD, AT)

    async def floor() -> object:
        hmac.compare_digest(hmac.digest(b"whsec_new", signed, "sha256").hex(), mac)
        return json.loads(CARD)

    return ours, floor


async def rate(verify: Verify, seconds: float) -> float:
    """So many a second of processor time."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for _ in range(50):
            await verify()
        count += 50
    return count / spent


async def measure(seconds: float) -> dict[str, float]:
    """Medians of three rounds, each contender in each."""
    contenders: dict[str, Verify] = {}
    for name, (ours, floor) in {"plaid": bank(), "stripe": card()}.items():
        contenders |= {f"{name}, as the route calls it": ours, f"{name}, its floor": floor}
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(3):
        for name, verify in contenders.items():
            found[name].append(await rate(verify, seconds))
    return {name: statistics.median(rates) for name, rates in found.items()}


def main(options: list[str]) -> int:
    """Print the table; fail below the bound."""
    found = asyncio.run(measure(0.5 if "--quick" in options else 2.0))
    for name, verified in found.items():
        print(f"{name:32} {verified:>10,.0f} /s of a core")
    ours = [verified for name, verified in found.items() if "route" in name]
    print(f"bound {BOUND:,}/s: {'kept' if min(ours) >= BOUND else 'BROKEN'}")
    return int(min(ours) < BOUND)
