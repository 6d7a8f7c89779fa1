"""Webhooks signed with a shared secret: vectors, and everything that is not quite right."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.adapters.signed import require_standard, require_stripe
from quid.funding.errors import WebhookForged

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
RAW = b'{"id": "evt_1"}'
SECRETS = ("whsec_new", "whsec_old")


def stripe(raw: bytes = RAW, *, at: float | None = None, by: str = "whsec_new") -> str:
    t = int(AT.timestamp() if at is None else at)
    mac = hmac.new(by.encode(), f"{t}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={t},v1={mac},v0=ignored"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_either_live_secret_signs_within_five_minutes(secret: str, skew: int) -> None:
    header = stripe(at=AT.timestamp() + skew, by=secret)
    require_stripe({"Stripe-Signature": header}, RAW, AT, SECRETS)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        stripe(at=AT.timestamp() - 301),
        stripe(at=AT.timestamp() + 301),
        stripe(at=AT.timestamp() + 10**9),
        stripe(by="whsec_other"),
        stripe(RAW.replace(b" ", b"")),
        stripe().replace("v1=", "v0="),
        stripe() + ",t=1",
        stripe().replace("t=", "t=-"),
        "t=٣,v1=x",
        "x" * 5000,
    ],
)
def test_anything_else_is_forged(header: str) -> None:
    with pytest.raises(WebhookForged):
        require_stripe({"stripe-signature": header}, RAW, AT, SECRETS)


def test_no_secret_lets_nobody_in() -> None:
    with pytest.raises(WebhookForged):
        require_stripe({"stripe-signature": stripe(by="")}, RAW, AT, ())


@given(st.binary(max_size=200), st.text(max_size=200))
def test_nothing_made_up_gets_in_and_nothing_breaks(raw: bytes, header: str) -> None:
    for name in ("stripe-signature", "webhook-signature"):
        headers = {name: header, "webhook-id": "msg_1", "webhook-timestamp": "1772452800"}
        check = require_stripe if name.startswith("stripe") else require_standard
        with pytest.raises(WebhookForged):
            check(headers, raw, AT, ("whsec_c2VjcmV0",))


# The vector of the specification's own libraries.
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_RAW = b'{"test": 2432232314}'
VECTOR_AT = datetime.fromtimestamp(1614265330, UTC)


def test_a_standard_webhook_names_itself() -> None:
    assert require_standard(VECTOR, VECTOR_RAW, VECTOR_AT, (VECTOR_SECRET,)).startswith("msg_")
    rotated = {**VECTOR, "webhook-signature": f"v1,AAAA {VECTOR['webhook-signature']} v2,x"}
    assert require_standard(rotated, VECTOR_RAW, VECTOR_AT, (SECRET_OTHER, VECTOR_SECRET))


SECRET_OTHER = "whsec_c29tZXRoaW5nIGVsc2U="


@pytest.mark.parametrize(
    ("change", "raw", "secret"),
    [
        ({"webhook-id": "msg_other"}, VECTOR_RAW, VECTOR_SECRET),
        ({"webhook-id": ""}, VECTOR_RAW, VECTOR_SECRET),
        ({"webhook-timestamp": "1614265331"}, VECTOR_RAW, VECTOR_SECRET),
        ({"webhook-timestamp": "1614265999"}, VECTOR_RAW, VECTOR_SECRET),
        ({"webhook-signature": ""}, VECTOR_RAW, VECTOR_SECRET),
        ({}, b'{"test":2432232314}', VECTOR_SECRET),
        ({}, VECTOR_RAW, SECRET_OTHER),
    ],
)
def test_a_standard_webhook_that_is_not_quite_right_is_forged(
    change: dict[str, str], raw: bytes, secret: str
) -> None:
    with pytest.raises(WebhookForged):
        require_standard({**VECTOR, **change}, raw, VECTOR_AT, (secret,))
