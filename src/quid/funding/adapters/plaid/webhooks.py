"""Who rang: Plaid signs each webhook with a token whose claims hold the hash of the body.

The algorithm is pinned before anything else, and a key that nobody knows costs one question a
minute at most: forged names of keys must not become calls.
"""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from quid.funding.adapters.calls import KEY_READ
from quid.funding.adapters.plaid.models import Key, KeyAnswer
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.errors import (
    ContractBroken,
    Declined,
    InvalidRequest,
    ProviderError,
    Unreachable,
    WebhookForged,
)
from quid.funding.ports import Doorbell
from quid.kit.errors import ValidationFailed

HEADER: Final = "plaid-verification"
_ALGORITHM: Final = "ES256"
_TOKEN_MAX: Final = 4096
_OLD: Final = timedelta(minutes=5)
_AHEAD: Final = timedelta(seconds=60)
_KEY_LIFE: Final = timedelta(hours=24)
_PAUSE: Final = timedelta(minutes=1)
_STRANGERS_MAX: Final = 1000


class _Claims(msgspec.Struct):
    iat: int
    request_body_sha256: str


class _Words(msgspec.Struct):
    webhook_type: str
    webhook_code: str
    environment: str = ""
    item_id: str | None = None
    link_token: str | None = None


class _Head(msgspec.Struct):
    alg: str
    kid: str


@dataclass(frozen=True, slots=True)
class _Known:
    key: ECKey
    until: datetime
    expired_at: int | None


class Watchman:
    """Knows Plaid's keys, and asks for one that it does not know."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire
        self._known: dict[str, _Known] = {}
        self._strangers: dict[str, datetime] = {}
        self._asking: dict[str, asyncio.Task[_Known]] = {}
        self._ask_after: datetime | None = None
        self._was_away = False  # the last question had no answer: not knowing is no forgery

    async def verify(
        self, headers: Mapping[str, str], raw: bytes, received_at: datetime
    ) -> Doorbell:
        """Make sure that Plaid signed exactly these bytes, lately.

        Raises: WebhookForged; ValidationFailed when it is signed and cannot be read;
        ProviderError when its key cannot be had.
        """
        token = next((v for name, v in headers.items() if name.lower() == HEADER), "")
        kid = _kid_of(token)
        known = await self._key(kid, received_at)
        claims = _signed(token, known)
        issued = claims.iat
        now = received_at.timestamp()
        if not now - _OLD.total_seconds() <= issued <= now + _AHEAD.total_seconds():
            raise WebhookForged
        if known.expired_at is not None and issued > known.expired_at:
            raise WebhookForged
        if not hmac.compare_digest(
            claims.request_body_sha256.encode(), sha256(raw).hexdigest().encode()
        ):
            raise WebhookForged
        return _doorbell(token, raw)

    async def _key(self, kid: str, now: datetime) -> _Known:
        known = self._known.get(kid)
        if known is not None and now < known.until:
            return known
        asking = self._asking.get(kid)
        if asking is None:
            if known is None:
                self._admit(kid, now)
            asking = asyncio.create_task(self._fetch(kid, now), name="plaid-key")
            self._asking[kid] = asking
            asking.add_done_callback(lambda done: self._asked(kid, done))
        return await asyncio.shield(asking)

    def _admit(self, kid: str, now: datetime) -> None:
        """Let a stranger's key be asked for, one a minute. Raises: WebhookForged, Unreachable."""
        denied = self._strangers.get(kid)
        if denied is not None and now < denied:
            raise WebhookForged
        if self._ask_after is not None and now < self._ask_after:
            if self._was_away:
                raise Unreachable("KEY_SOURCE", "asked less than a minute ago")
            raise WebhookForged
        self._ask_after = now + _PAUSE

    def _asked(self, kid: str, done: "asyncio.Task[_Known]") -> None:
        self._asking.pop(kid, None)
        if not done.cancelled():
            done.exception()  # whoever waited has had it

    async def _fetch(self, kid: str, now: datetime) -> _Known:
        try:
            answer = await self._wire.ask(
                KEY_READ, "/webhook_verification_key/get", {"key_id": kid}, KeyAnswer
            )
        except (InvalidRequest, Declined):
            if len(self._strangers) >= _STRANGERS_MAX:
                self._strangers.clear()
            self._strangers[kid] = now + _PAUSE
            self._known.pop(kid, None)  # withdrawn: from now on it is a stranger's
            self._was_away = False
            raise WebhookForged from None
        except ProviderError:
            self._was_away = True
            raise
        self._was_away = False
        known = _Known(_import(answer.key, kid), now + _KEY_LIFE, answer.key.expired_at)
        self._known[kid] = known
        return known


def _kid_of(token: str) -> str:
    """Read the name of the key, the algorithm judged first. Raises: WebhookForged."""
    if not 0 < len(token) <= _TOKEN_MAX or not token.isascii():
        raise WebhookForged
    try:
        head = msgspec.json.decode(_base64(token.partition(".")[0]), type=_Head)
    except (msgspec.DecodeError, ValueError):
        raise WebhookForged from None
    if head.alg != _ALGORITHM:
        raise WebhookForged
    try:
        is_uuid = str(UUID(head.kid)) == head.kid.lower()
    except ValueError:
        is_uuid = False
    if not is_uuid:
        raise WebhookForged
    return head.kid


def _base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(token: str, known: _Known) -> _Claims:
    try:
        found = jws.deserialize_compact(token.encode(), known.key, algorithms=[_ALGORITHM])
        return msgspec.json.decode(found.payload, type=_Claims)
    except (JoseError, msgspec.DecodeError, ValueError):
        raise WebhookForged from None


def _import(key: Key, kid: str) -> ECKey:
    """Take a key that is for signatures of this kind. Raises: ContractBroken."""
    if (key.kid, key.alg, key.crv, key.kty) != (kid, _ALGORITHM, "P-256", "EC"):
        raise ContractBroken("UNKNOWN_KEY", "not a key of ES256")
    try:
        return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": key.x, "y": key.y})
    except (JoseError, ValueError):
        raise ContractBroken("UNKNOWN_KEY", "not a point of the curve") from None


def _doorbell(token: str, raw: bytes) -> Doorbell:
    try:
        words = msgspec.json.decode(raw, type=_Words)
    except (msgspec.DecodeError, ValueError):
        raise ValidationFailed("This webhook is signed and cannot be read.") from None
    kind = f"{words.webhook_type}.{words.webhook_code}"[:100]
    is_live = words.environment == "production"
    name = sha256(token.encode()).hexdigest()
    if words.webhook_type == "TRANSFER":
        return Doorbell(name, kind, "transfers", None, is_live)
    if words.webhook_type == "LINK" and words.link_token:
        return Doorbell(name, kind, "session", words.link_token, is_live)
    if words.webhook_type in ("ITEM", "AUTH") and words.item_id:
        return Doorbell(name, kind, "item", words.item_id, is_live)
    return Doorbell(name, kind, "other", None, is_live)
