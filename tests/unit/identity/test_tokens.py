"""Access tokens: one algorithm, one key, one audience, fifteen minutes."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import OctKey, OKPKey

from quid.identity.service import Tokens, seed_of
from quid.identity.service.tokens import digest, new_secret
from quid.kit import ids
from quid.kit.errors import SignInRequired

SEED = bytes(range(32))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
USER, SESSION = ids.new(7, NOW), ids.new(7, NOW)
LIFE = timedelta(minutes=15)
TOKENS = Tokens(SEED)


def _claims(**change: object) -> dict[str, object]:
    issued = int(NOW.timestamp())
    return {
        "iss": "quid",
        "aud": "quid-api",
        "sub": ids.show("usr", USER),
        "sid": ids.show("ses", SESSION),
        "iat": issued,
        "exp": issued + 900,
    } | change


def _key(seed: bytes = SEED) -> OKPKey:
    return OKPKey(OKPKey.binding.from_private_bytes("Ed25519", seed), b"")


def _kid() -> str:
    header = TOKENS.sign(USER, SESSION, now=NOW).split(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    assert isinstance(kid, str)
    return kid


def _signed(header: dict[str, object], claims: dict[str, object], seed: bytes = SEED) -> str:
    whole = {"alg": "Ed25519", "kid": _kid()} | header
    return jwt.encode(whole, claims, _key(seed), algorithms=["Ed25519", "EdDSA"])


def _refused(token: str, now: datetime = NOW) -> bool:
    try:
        TOKENS.read(f"Bearer {token}", now=now)
    except SignInRequired:
        return True
    return False


def test_a_token_names_person_and_session() -> None:
    caller = TOKENS.read(f"Bearer {TOKENS.sign(USER, SESSION, now=NOW)}", now=NOW)
    assert (caller.user_id, caller.session_id, caller.via) == (USER, SESSION, "bearer")
    assert TOKENS.read(f"bearer {_signed({}, _claims())}", now=NOW) == caller


def test_a_token_is_good_for_15_minutes() -> None:
    token = TOKENS.sign(USER, SESSION, now=NOW)
    assert not _refused(token, NOW + LIFE - timedelta(seconds=1))
    assert _refused(token, NOW + LIFE)  # also when it has been verified and remembered
    assert _refused(_signed({}, _claims(jti="fresh")), NOW + LIFE)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "other"},
        {"aud": ["quid-api", "other"]},
        {"iss": "other"},
        {"iat": int(NOW.timestamp()) + 61},
        {"exp": int(NOW.timestamp()) + 901},
        {"exp": int(NOW.timestamp())},
        {"iat": True},
        {"iat": "1", "exp": "2"},
        {"exp": 10**30},
        {"iat": -(10**30)},
        {"exp": None},
        {"sub": ids.show("ses", USER)},
        {"sub": "usr_"},
        {"sub": 7},
        {"sid": None},
        {"sid": ids.show("usr", SESSION)},
    ],
)
def test_claims_must_be_ours(change: dict[str, object]) -> None:
    assert _refused(_signed({}, _claims(**change)))


@pytest.mark.parametrize(
    "header", [{"kid": "another"}, {"crit": ["x"], "x": 1}, {"crit": ["exp"]}, {"jku": "https://x"}]
)
def test_a_foreign_header_is_refused(header: dict[str, object]) -> None:
    try:
        token = _signed(header, _claims())
    except Exception:  # noqa: BLE001 - the library will not write it: build it by hand
        token = _by_hand({"alg": "Ed25519", "kid": _kid()} | header)
    assert _refused(token) or header == {"jku": "https://x"}


def _by_hand(header: dict[str, object]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    text = f"{part(header)}.{part(_claims())}"
    signature = _key().private_key.sign(text.encode())  # type: ignore[union-attr]
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_another_key_or_algorithm_is_refused() -> None:
    assert _refused(_signed({}, _claims(), bytes(32)))
    assert _refused(_by_hand({"alg": "none", "kid": _kid()}))
    assert _refused(_by_hand({"alg": "EdDSA", "kid": _kid()}))
    assert _refused(_by_hand({"alg": "Ed448", "kid": _kid()}))
    public = _key().as_dict(private=False)["x"]
    assert isinstance(public, str)
    raw = base64.urlsafe_b64decode(public + "==")
    mixed_up = jws.serialize_compact(
        {"alg": "HS256", "kid": _kid()},
        json.dumps(_claims()).encode(),
        OctKey.import_key(raw),
        algorithms=["HS256"],
    )
    assert _refused(mixed_up)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_changed_letter_is_refused(place: int) -> None:
    parts = TOKENS.sign(USER, SESSION, now=NOW).split(".")
    middle = len(parts[place]) // 2
    letter = "A" if parts[place][middle] != "A" else "B"
    parts[place] = parts[place][:middle] + letter + parts[place][middle + 1 :]
    assert _refused(".".join(parts))


@given(st.one_of(st.text(), st.from_regex(r"(Bearer )?[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[\w-]*")))
def test_no_header_breaks_the_reader(header: str) -> None:
    with pytest.raises(SignInRequired):
        TOKENS.read(header, now=NOW)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Bearer " + "x" * 5000])
def test_no_token_is_nobody(header: str | None) -> None:
    with pytest.raises(SignInRequired):
        TOKENS.read(header, now=NOW)


def test_the_memory_of_verified_tokens_is_bounded() -> None:
    small = Tokens(SEED, cache_max=3)
    headers = [f"Bearer {small.sign(USER, UUID(int=(n << 64) | 1), now=NOW)}" for n in range(9)]
    for header in headers * 2:
        small.read(header, now=NOW)
    assert len(small._verified) == 3


def test_a_code_is_bound_to_its_challenge_and_to_the_key() -> None:
    tag = TOKENS.code_tag(USER, "123456")
    assert tag == TOKENS.code_tag(USER, "123456")
    assert tag not in (TOKENS.code_tag(SESSION, "123456"), TOKENS.code_tag(USER, "123457"))
    assert tag != Tokens(bytes(32)).code_tag(USER, "123456")


def test_secrets_have_256_bits_and_differ() -> None:
    drawn = {new_secret() for _ in range(100)}
    assert len(drawn) == 100
    assert {len(base64.urlsafe_b64decode(s + "=")) for s in drawn} == {32}
    assert len({digest(s) for s in drawn}) == 100


def test_the_seed_is_64_hex_digits_with_or_without_the_mark_of_development() -> None:
    assert seed_of(SEED.hex()) == seed_of("dev_" + SEED.hex()) == SEED
    for wrong in ("", "dev_", "xy", SEED.hex()[:-2]):
        with pytest.raises(ValueError, match="token_seed"):
            seed_of(wrong)
