"""The port of passkeys: what makes a key, what proves it, and everything that does not."""

import json
import os
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quid.identity.adapters.passkeys import WebauthnPasskeys
from quid.identity.ports import Asker, Known, Passkey, PasskeyRefused, Passkeys, SignCountBack
from tests.support.passkeys import (
    EDDSA,
    ES256,
    HAS_KEY,
    PRESENT,
    RS256,
    VERIFIED,
    Device,
    Lie,
    plain,
    to_bytes,
    to_text,
)

ORIGIN = "https://pay.example.org"
ANA = Asker(UUID(int=7), "ana", "Ana")
SITE: Passkeys = WebauthnPasskeys(ORIGIN)


def _made(device: Device, lie: Lie | None = None) -> Passkey:
    challenge = os.urandom(32)
    options = plain(SITE.to_register(ANA, [], challenge=challenge))
    return SITE.registered(json.dumps(device.make(options, lie)), challenge=challenge)


def _asked(*among: Passkey) -> tuple[bytes, dict[str, Any]]:
    challenge = os.urandom(32)
    known = [Known(k.credential_id, k.transports) for k in among]
    return challenge, plain(SITE.to_sign(known, challenge=challenge))


def test_the_options_say_what_the_house_wants() -> None:
    challenge = os.urandom(32)
    has = [Known(b"old key", ("usb", "smoke-signal"))]
    options = plain(SITE.to_register(ANA, has, challenge=challenge))
    assert options["rp"] == {"name": "Quid", "id": "pay.example.org"}
    assert options["user"] == {
        "id": to_text(ANA.user_id.bytes),
        "name": "ana",
        "displayName": "Ana",
    }
    assert options["attestation"] == "none"
    assert [p["alg"] for p in options["pubKeyCredParams"]] == [ES256, EDDSA, RS256]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert to_bytes(options["challenge"]) == challenge
    [held] = options["excludeCredentials"]
    assert (to_bytes(held["id"]), held["transports"]) == (b"old key", ["usb"])
    free = plain(SITE.to_sign([], challenge=challenge))
    assert (free["rpId"], free["allowCredentials"]) == ("pay.example.org", [])
    assert (free["userVerification"], free["timeout"]) == ("required", 300_000)


def test_at_home_the_site_is_the_name_that_passkeys_know() -> None:
    home = WebauthnPasskeys("http://localhost:8080")
    challenge = os.urandom(32)
    device = Device("http://localhost:8080")
    options = plain(home.to_register(ANA, [], challenge=challenge))
    home.registered(json.dumps(device.make(options)), challenge=challenge)
    elsewhere = Device("http://localhost:8081").make(options)
    with pytest.raises(PasskeyRefused):
        home.registered(json.dumps(elsewhere), challenge=challenge)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_key_proves_itself_and_counts(algorithm: int) -> None:
    device = Device(ORIGIN, algorithm)
    key = _made(device)
    assert (key.sign_count, key.transports) == (1, ("internal", "hybrid"))
    for count in (2, 3):
        challenge, options = _asked(key)
        answer = json.dumps(device.sign(options))
        shown = SITE.shown(answer)
        assert (shown.credential_id, shown.user_id) == (key.credential_id, ANA.user_id)
        assert SITE.signed(answer, key, challenge=challenge) == count
        key = key._replace(sign_count=count)


FOREIGN = {
    "another origin": Lie(origin="https://pay.example.org.evil.test"),
    "plain http": Lie(origin="http://pay.example.org"),
    "another site": Lie(rp_id="example.org"),
    "another challenge": Lie(challenge=to_text(b"c" * 32)),
    "a frame on another page": Lie(is_framed=True),
    "nobody there": Lie(flags=VERIFIED | HAS_KEY),
}


@pytest.mark.parametrize("lie", FOREIGN.values(), ids=FOREIGN)
def test_a_key_made_elsewhere_is_refused(lie: Lie) -> None:
    with pytest.raises(PasskeyRefused):
        _made(Device(ORIGIN), lie)


def test_a_key_made_without_looking_who_is_there_is_refused() -> None:
    with pytest.raises(PasskeyRefused, match="verif"):
        _made(Device(ORIGIN), Lie(flags=PRESENT | HAS_KEY))
    with pytest.raises(PasskeyRefused):
        _made(Device(ORIGIN), Lie(kind="webauthn.get"))


SIGNED_ELSEWHERE = {
    **FOREIGN,
    "nobody there": Lie(flags=VERIFIED),
    "who is there was not looked at": Lie(flags=PRESENT),
    "an answer to make a key": Lie(kind="webauthn.create"),
}


@pytest.mark.parametrize("lie", SIGNED_ELSEWHERE.values(), ids=SIGNED_ELSEWHERE)
def test_an_answer_of_elsewhere_is_refused(lie: Lie) -> None:
    device = Device(ORIGIN)
    key = _made(device)
    challenge, options = _asked(key)
    with pytest.raises(PasskeyRefused) as refused:
        SITE.signed(json.dumps(device.sign(options, lie)), key, challenge=challenge)
    assert not isinstance(refused.value, SignCountBack)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_an_answer_of_another_key_is_refused(algorithm: int) -> None:
    device = Device(ORIGIN, algorithm)
    first, second = _made(device), _made(device)
    challenge, options = _asked()
    answer = device.sign(options, by=device.keys[1])
    with pytest.raises(PasskeyRefused):
        SITE.signed(json.dumps(answer), first, challenge=challenge)
    shown = to_text(first.credential_id)
    with pytest.raises(PasskeyRefused):
        SITE.signed(json.dumps(answer | {"id": shown, "rawId": shown}), first, challenge=challenge)
    SITE.signed(json.dumps(answer), second, challenge=challenge)


@pytest.mark.parametrize(("known", "told", "is_good"), [
    (0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False),
])  # fmt: skip
def test_a_count_goes_up_or_is_not_kept(known: int, told: int, is_good: bool) -> None:
    device = Device(ORIGIN)
    key = _made(device)._replace(sign_count=known)
    challenge, options = _asked(key)
    answer = json.dumps(device.sign(options, Lie(count=told)))
    if is_good:
        assert SITE.signed(answer, key, challenge=challenge) == told
    else:
        with pytest.raises(SignCountBack):
            SITE.signed(answer, key, challenge=challenge)


def test_no_alarm_of_a_copy_without_its_signature() -> None:
    device = Device(ORIGIN)
    key = _made(device)._replace(sign_count=9)
    challenge, options = _asked(key)
    answer = device.sign(options, Lie(count=3))
    answer["response"]["signature"] = to_text(b"\x30\x06\x02\x01\x01\x02\x01\x01")
    with pytest.raises(PasskeyRefused) as refused:
        SITE.signed(json.dumps(answer), key, challenge=challenge)
    assert not isinstance(refused.value, SignCountBack)


# --- whatever comes ----------------------------------------------------------------------------

_DEVICES = {algorithm: Device(ORIGIN, algorithm) for algorithm in (ES256, EDDSA, RS256)}
_KEYS = {algorithm: _made(device) for algorithm, device in _DEVICES.items()}
_PARTS = ("clientDataJSON", "authenticatorData", "signature", "id")


@settings(max_examples=300, deadline=None)
@given(
    algorithm=st.sampled_from(sorted(_KEYS)),
    part=st.sampled_from(_PARTS),
    where=st.integers(0, 10_000),
    bits=st.integers(1, 255),
)
def test_one_changed_byte_proves_nothing(algorithm: int, part: str, where: int, bits: int) -> None:
    key = _KEYS[algorithm]._replace(sign_count=0)
    challenge, options = _asked(key)
    answer = _DEVICES[algorithm].sign(options)
    holder = answer if part == "id" else answer["response"]
    raw = bytearray(to_bytes(holder[part]))
    raw[where % len(raw)] ^= bits
    holder[part] = to_text(bytes(raw))
    if part == "id":
        answer["rawId"] = holder[part]
    with pytest.raises(PasskeyRefused) as refused:
        SITE.signed(json.dumps(answer), key, challenge=challenge)
    assert not isinstance(refused.value, SignCountBack)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["id", "rawId", "type", "response", *_PARTS[:3], "userHandle"]),
    value=_JSON | st.text(alphabet="Aa0_-="),
)
def test_whatever_a_browser_sends_is_refused_and_no_fault(name: str, value: object) -> None:
    key = _KEYS[ES256]
    challenge, options = _asked(key)
    answer = _DEVICES[ES256].sign(options)
    holder = answer if name in answer else answer["response"]
    if holder[name] == value or name == "userHandle":
        return
    holder[name] = value
    text = json.dumps(answer)
    for judge in (
        lambda: SITE.signed(text, key, challenge=challenge),
        lambda: SITE.registered(text, challenge=challenge),
    ):
        with pytest.raises(PasskeyRefused):
            judge()


@pytest.mark.parametrize("text", ["", "null", "[]", '"x"', "{}", "[" * 5_000, "\udc80", '{"id":1}'])
def test_what_is_no_answer_is_refused(text: str) -> None:
    for judge in (
        lambda: SITE.shown(text),
        lambda: SITE.registered(text, challenge=b"c" * 32),
        lambda: SITE.signed(text, _KEYS[ES256], challenge=b"c" * 32),
    ):
        with pytest.raises(PasskeyRefused):
            judge()


@settings(max_examples=200, deadline=None)
@given(where=st.integers(0, 10_000), bits=st.integers(1, 255))
def test_a_damaged_new_key_is_no_fault(where: int, bits: int) -> None:
    challenge = os.urandom(32)
    device = Device(ORIGIN)
    options = plain(SITE.to_register(ANA, [], challenge=challenge))
    made = device.make(options)
    raw = bytearray(to_bytes(made["response"]["attestationObject"]))
    raw[where % len(raw)] ^= bits
    made["response"]["attestationObject"] = to_text(bytes(raw))
    with suppress(PasskeyRefused):  # what says which make of device it is may change unseen
        found = SITE.registered(json.dumps(made), challenge=challenge)
        assert found.credential_id == device.keys[-1].credential_id
