"""Who rang: Stripe signs the time and the raw body with a secret that both know."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from quid.funding.errors import WebhookForged

HEADER: Final = "stripe-signature"
_HEADER_MAX: Final = 4096
_TOLERANCE_SECONDS: Final = 300


def require_signature(
    headers: Mapping[str, str], raw: bytes, received_at: datetime, secrets: Sequence[bytes]
) -> None:
    """Make sure that one of the secrets signed exactly these bytes, lately.

    The official library lets a time far ahead through; here it is bounded both ways.
    Raises: WebhookForged.
    """
    header = next((v for name, v in headers.items() if name.lower() == HEADER), "")
    if len(header) > _HEADER_MAX or not header.isascii():
        raise WebhookForged
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not times[0].isdecimal() or len(times[0]) > 12:
        raise WebhookForged
    if abs(received_at.timestamp() - int(times[0])) > _TOLERANCE_SECONDS:
        raise WebhookForged
    signed = times[0].encode() + b"." + raw
    good = [hmac.new(secret, signed, hashlib.sha256).hexdigest().encode() for secret in secrets]
    # Every pair is compared, whatever the first ones say.
    if not any([hmac.compare_digest(ours, theirs) for ours in good for theirs in given]):  # noqa: C419 - as above
        raise WebhookForged
