"""Tokens: JSON Web Tokens of API clients, and the random secrets of sessions.

An access token is signed with Ed25519 (RFC 9864's name, and no other algorithm), lives 15 minutes
and names a session; it says who calls, never whether the session still stands.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from quid.identity import rules
from quid.kit import ids
from quid.kit.web import Caller, SignInRequired

_ALGORITHM: Final = "Ed25519"
_ISSUER: Final = "quid"
_AUDIENCE: Final = "quid-api"
_SKEW: Final = timedelta(seconds=60)
_TOKEN_MAX: Final = 2048
_CACHE_MAX: Final = 20_000


class Tokens:
    """The signing key and the tokens verified lately (a part of the runtime)."""

    def __init__(self, seed: bytes, *, cache_max: int = _CACHE_MAX) -> None:
        binding = OKPKey.binding
        self._key = OKPKey(binding.from_private_bytes("Ed25519", seed), b"")
        self._public = OKPKey.import_key(self._key.as_dict(private=False))
        self._kid = self._public.thumbprint()[:16]
        self._seed = seed
        self._cache_max = cache_max
        self._verified: dict[bytes, tuple[Caller, datetime]] = {}

    def sign(
        self, user_id: UUID, session_id: UUID, *, now: datetime, is_operator: bool = False
    ) -> str:
        """Make an access token of this session, good for 15 minutes."""
        issued = int(now.timestamp())
        claims: dict[str, str | int | bool] = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": ids.show("usr", user_id),
            "sid": ids.show("ses", session_id),
            "iat": issued,
            "exp": issued + int(rules.ACCESS_LIFE.total_seconds()),
        }
        if is_operator:
            claims["ops"] = True
        header = {"alg": _ALGORITHM, "kid": self._kid}
        return jwt.encode(header, claims, self._key, algorithms=[_ALGORITHM])

    def read(self, authorization: str | None, *, now: datetime) -> Caller:
        """Name the caller of an `Authorization: Bearer` header. No I/O.

        Verified tokens are remembered by hash until they expire (a check costs 70 µs, a hash 1).
        Raises: SignInRequired.
        """
        if authorization is None:
            raise SignInRequired
        name = hashlib.sha256(authorization.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(name)
        if known is not None and now < known[1]:
            return known[0]
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(token) > _TOKEN_MAX:
            raise SignInRequired
        verified = self._verify(token.strip(), now)
        if len(self._verified) >= self._cache_max:
            # Tokens live equally long, so the oldest entry is the next to expire.
            del self._verified[next(iter(self._verified))]
        self._verified[name] = verified
        return verified[0]

    def code_tag(self, challenge_id: UUID, code: str) -> bytes:
        """Hash a one-time code under our key: six digits alone would be guessed from a dump."""
        key = hashlib.blake2b(self._seed, person=b"quid codes").digest()
        return hmac.digest(key, challenge_id.bytes + code.encode(), "sha256")

    def _verify(self, token: str, now: datetime) -> tuple[Caller, datetime]:
        try:
            found = jwt.decode(token, self._public, algorithms=[_ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError) as e:
            raise SignInRequired from e
        claims = found.claims
        sub, sid, issued, expires = (claims.get(k) for k in ("sub", "sid", "iat", "exp"))
        if (
            found.header.get("kid") != self._kid
            or claims.get("iss") != _ISSUER
            or claims.get("aud") != _AUDIENCE
            or not (type(issued) is int and type(expires) is int)
            or not (isinstance(sub, str) and isinstance(sid, str))
        ):
            raise SignInRequired
        user_id, session_id = ids.read("usr", sub), ids.read("ses", sid)
        begins, ends = _instant(issued), _instant(expires)
        if user_id is None or session_id is None or begins is None or ends is None:
            raise SignInRequired
        if not (begins - _SKEW <= now < ends <= begins + rules.ACCESS_LIFE):
            raise SignInRequired("This access token has expired: POST /v1/auth/refresh.")
        return Caller(user_id, session_id, "bearer", claims.get("ops") is True), ends


def _instant(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def seed_of(secret: str) -> bytes:
    """Read the setting `token_seed`: 64 hex digits, `dev_` before a development key.

    Raises: ValueError naming the setting.
    """
    try:
        seed = bytes.fromhex(secret.removeprefix("dev_"))
    except ValueError as e:
        raise ValueError("token_seed: 64 hex digits") from e
    if len(seed) != 32:
        raise ValueError("token_seed: 64 hex digits")
    return seed


def new_secret() -> str:
    """Draw 256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Hash a random secret for storage; it has 256 bits, so one round is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
