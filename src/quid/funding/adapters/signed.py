"""Webhooks signed with a shared secret: Stripe's way, and Standard Webhooks for any other rail.

Both sign a time with the raw body; here it is bounded both ways, while the official libraries let a
time far ahead through. All secrets that are live are tried, two while one is changed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from quid.funding.errors import WebhookForged

_HEADER_MAX: Final = 4096
_TOLERANCE_SECONDS: Final = 300
_PREFIX: Final = "whsec_"


def require_stripe(
    headers: Mapping[str, str], raw: bytes, received_at: datetime, secrets: Sequence[str]
) -> None:
    """Make sure of `Stripe-Signature: t=…,v1=…`. Raises: WebhookForged."""
    parts = [p.strip().partition("=") for p in _header(headers, "stripe-signature").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1:
        raise WebhookForged
    _require_lately(times[0], received_at)
    signed = times[0].encode() + b"." + raw
    _require_one(given, [_mac(secret.encode(), signed).hex() for secret in secrets])


def require_standard(
    headers: Mapping[str, str], raw: bytes, received_at: datetime, secrets: Sequence[str]
) -> str:
    """Make sure of `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`; give the id.

    Source: standardwebhooks.com, symmetric signatures. Raises: WebhookForged.
    """
    name = _header(headers, "webhook-id")
    at = _header(headers, "webhook-timestamp")
    if not name:
        raise WebhookForged
    _require_lately(at, received_at)
    parts = [p.partition(",") for p in _header(headers, "webhook-signature").split(" ")]
    given = [value for version, _, value in parts if version == "v1"]
    signed = f"{name}.{at}.".encode() + raw
    keys = [base64.b64decode(secret.removeprefix(_PREFIX)) for secret in secrets]
    _require_one(given, [base64.b64encode(_mac(key, signed)).decode() for key in keys])
    return name


def _header(headers: Mapping[str, str], name: str) -> str:
    text = next((value for key, value in headers.items() if key.lower() == name), "")
    if len(text) > _HEADER_MAX or not text.isascii():
        raise WebhookForged
    return text


def _require_lately(text: str, received_at: datetime) -> None:
    if not text.isdecimal() or len(text) > 12:
        raise WebhookForged
    if abs(received_at.timestamp() - int(text)) > _TOLERANCE_SECONDS:
        raise WebhookForged


def _require_one(given: Sequence[str], good: Sequence[str]) -> None:
    """Compare every pair, whatever the first ones say."""
    equal = [hmac.compare_digest(theirs, ours) for theirs in given for ours in good]
    if not any(equal):
        raise WebhookForged


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)
