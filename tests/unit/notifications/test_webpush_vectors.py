"""What is sealed and signed for browsers equals the examples of the standards, to the byte."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from quid.notifications.adapters.tokens import Vapid, signed
from quid.notifications.adapters.webpush import sealed
from quid.notifications.types.push import Subscription, SubscriptionKeys
from tests.support.push import opened, unpacked
from tests.support.subscriptions import Browser, packed

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OUR_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIR_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
THEIR_POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)
# RFC 8292, section 2.4.
ORIGIN = "https://push.example.net"
UNTIL = datetime(2016, 1, 23, 4, 36, 8, tzinfo=UTC)
SUBJECT = "mailto:push@example.com"
HEAD = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9"
CLAIMS = (
    "eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpw"
    "dXNoQGV4YW1wbGUuY29tIn0"
)
SIGNATURE = "i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
VAPID_POINT = (
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
)


def key_of(scalar: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unpacked(scalar)), ec.SECP256R1())


def of(browser: Browser) -> Subscription:
    return Subscription(
        browser.endpoint, SubscriptionKeys(packed(browser.point), packed(browser.auth))
    )


def test_a_message_is_sealed_as_in_rfc_8291() -> None:
    to = Subscription("https://push.example.net/1", SubscriptionKeys(THEIR_POINT, AUTH))
    body = sealed(PLAIN, to, key=key_of(OUR_KEY), salt=unpacked(SALT))
    assert packed(body) == BODY


def test_the_judge_of_the_tests_reads_the_example_too() -> None:
    browser = Browser("https://push.example.net/1", key_of(THEIR_KEY), unpacked(AUTH))
    assert packed(browser.point) == THEIR_POINT
    assert opened(unpacked(BODY), browser) == PLAIN


@given(plain=st.binary(max_size=900).filter(lambda b: not b.endswith(b"\0")))
def test_whatever_is_sealed_is_read_by_that_browser_alone(plain: bytes) -> None:
    browser, other = Browser("https://a.example/1"), Browser("https://a.example/1")
    body = sealed(plain, of(browser), pad_to=1024)
    assert opened(body, browser) == plain
    assert len(body) == 86 + 1024 + 16, "the length says nothing of what is in it"
    assert body != sealed(plain, of(browser), pad_to=1024), "a key and a salt for each"
    with pytest.raises(InvalidTag):
        opened(body, other)


def test_claims_are_signed_as_in_rfc_8292() -> None:
    claims: dict[str, str | int] = {"aud": ORIGIN, "exp": int(UNTIL.timestamp()), "sub": SUBJECT}
    token = signed({}, claims, ECKey.import_key(key_of(OUR_KEY)))
    assert token.rpartition(".")[0] == f"{HEAD}.{CLAIMS}"


def test_the_judge_of_the_tests_takes_the_token_of_rfc_8292() -> None:
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(VAPID_POINT))
    key = ECKey.import_key(point)
    token = jwt.decode(f"{HEAD}.{CLAIMS}.{SIGNATURE}", key, algorithms=["ES256"])
    assert token.claims["sub"] == SUBJECT
    with pytest.raises(BadSignatureError):
        jwt.decode(f"{HEAD}.{CLAIMS}.{SIGNATURE[:-2]}AA", key, algorithms=["ES256"])


def test_the_header_names_the_key_and_lives_half_a_day() -> None:
    vapid = Vapid(b"5" * 32, subject=SUBJECT)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    said = vapid.header(ORIGIN, now=now)
    scheme, _, rest = said.partition(" ")
    parts = dict(p.strip().split("=", 1) for p in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", vapid.public_key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(parts["k"]))
    token = jwt.decode(parts["t"], ECKey.import_key(public), algorithms=["ES256"])
    assert token.claims == {"aud": ORIGIN, "exp": int(now.timestamp()) + 43_200, "sub": SUBJECT}


@pytest.mark.parametrize("seed", [b"\0" * 32, b"\xff" * 32])
def test_every_seed_gives_a_key(seed: bytes) -> None:
    assert len(unpacked(Vapid(seed, subject=SUBJECT).public_key)) == 65
