"""A server that plays the push services of browsers, Google and Apple, and judges what it is sent.

It reads with code of its own: what it could not have read, no browser could.
"""

import asyncio
import base64
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from quid.kit import clock
from tests.support import http2
from tests.support.certificates import Authority
from tests.support.http2 import Asked, Reply
from tests.support.subscriptions import Browser, packed

TOPIC: Final = "org.example.quid"
TEAM: Final = "TEAM123456"
KEY_ID: Final = "KEY1234567"
_HOUR: Final = 3600
_P256: Final = ec.SECP256R1()


@dataclass
class PushServices:
    """All three behind one address.

    `next`: what is answered instead, in order, to what is pushed; None: nothing, ever (`hanging`).
    `taken`: what was accepted, as the device sees it.
    """

    port: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    next: deque[Reply | None] = field(default_factory=deque)
    next_tokens: deque[Reply | None] = field(default_factory=deque)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    lines: http2.Lines = field(default_factory=http2.Lines)
    tokens_given: int = 0
    token_life: int = _HOUR
    apns_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(_P256)
    )
    fcm_key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(65537, 2048)
    )

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://localhost:{self.port}"

    def subscribe(self, name: str) -> Browser:
        """A browser that has chosen this push service."""
        path = f"/push/{name}?x=%2F"
        self.browsers[path] = Browser(self.url + path)
        return self.browsers[path]

    def apns_pem(self) -> str:
        """The key as Apple hands it out."""
        return _pem(self.apns_key)

    def fcm_credentials(self) -> str:
        """The service account as Google hands it out."""
        account = {
            "type": "service_account",
            "project_id": "quid-tests",
            "private_key_id": "key-1",
            "private_key": _pem(self.fcm_key),
            "client_email": "sender@quid-tests.example.org",
            "token_uri": f"{self.url}/token",
        }
        return json.dumps(account)

    async def answer(self, asked: Asked) -> Reply:
        """Judge a request; what was ordered comes first."""
        self.asked.append(asked)
        ordered = self.next_tokens if asked.path == "/token" else self.next
        if ordered:
            reply = ordered.popleft()
            if reply is None:
                self.hanging.set()
                await asyncio.Event().wait()
            return reply or Reply(500)
        try:
            assert asked.method == "POST"
            if asked.path == "/token":
                return self._give_token(asked)
            if asked.path.startswith("/v1/projects/"):
                return self._take_for_google(asked)
            if asked.path.startswith("/3/device/"):
                return self._take_for_apple(asked)
            return self._take_for_browser(asked)
        except Exception as e:  # noqa: BLE001 - a door: what it found is the answer
            return Reply(400, json.dumps({"reason": f"{type(e).__name__} {e}"}).encode())

    def _take_for_browser(self, asked: Asked) -> Reply:
        browser, headers = self.browsers[asked.path], asked.headers
        scheme, _, rest = headers["authorization"].partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid"
        public = ec.EllipticCurvePublicKey.from_encoded_point(_P256, unpacked(given["k"]))
        token = jwt.decode(given["t"], ECKey.import_key(public), algorithms=["ES256"])
        now = clock.now().timestamp()
        assert token.claims["aud"] == self.url
        assert now < token.claims["exp"] <= now + 24 * _HOUR
        assert token.claims["sub"].startswith("mailto:")
        assert headers["content-encoding"] == "aes128gcm"
        assert int(headers["ttl"]) > 0
        assert len(headers["topic"]) <= 32
        assert len(asked.content) <= 4096
        self.taken.append(json.loads(opened(asked.content, browser)))
        return Reply(201, headers={"location": f"{self.url}/message/1"})

    def _give_token(self, asked: Asked) -> Reply:
        form = parse_qs(asked.content.decode())
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        key = RSAKey.import_key(self.fcm_key.public_key())
        proof = jwt.decode(form["assertion"][0], key, algorithms=["RS256"])
        claims = proof.claims
        assert proof.header["kid"] == "key-1"
        assert claims["aud"] == f"{self.url}/token"
        assert claims["iss"] == "sender@quid-tests.example.org"
        assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        assert 0 < claims["exp"] - claims["iat"] <= _HOUR
        self.tokens_given += 1
        given = {
            "access_token": f"access-{self.tokens_given}",
            "expires_in": self.token_life,
            "token_type": "Bearer",
        }
        return Reply(200, json.dumps(given).encode())

    def _take_for_google(self, asked: Asked) -> Reply:
        if asked.headers["authorization"] != f"Bearer access-{self.tokens_given}":
            return google("UNAUTHENTICATED", 401)
        assert asked.path == "/v1/projects/quid-tests/messages:send"
        [(only, message)] = json.loads(asked.content).items()
        assert only == "message"
        assert message["data"].keys() == {"id", "kind"}
        assert all(isinstance(v, str) for v in message["data"].values())
        shown = message["notification"]
        told = {**message["data"], "title": shown["title"], "text": shown["body"]}
        self.taken.append({**told, "token": message["token"]})
        return Reply(200, b'{"name": "projects/quid-tests/messages/1"}')

    def _take_for_apple(self, asked: Asked) -> Reply:
        headers = asked.headers
        key = ECKey.import_key(self.apns_key.public_key())
        word, _, text = headers["authorization"].partition(" ")
        assert word == "bearer"
        token = jwt.decode(text, key, algorithms=["ES256"])
        age = clock.now().timestamp() - token.claims["iat"]
        if not -60 <= age <= _HOUR:
            return apple("ExpiredProviderToken", 403)
        assert token.header["kid"] == KEY_ID
        assert token.claims["iss"] == TEAM
        assert headers["apns-topic"] == TOPIC
        assert headers["apns-push-type"] == "alert"
        assert int(headers["apns-expiration"]) > clock.now().timestamp()
        assert str(UUID(headers["apns-id"])) == headers["apns-id"]
        assert len(headers["apns-collapse-id"]) <= 64
        payload = json.loads(asked.content)
        alert = payload.pop("aps")["alert"]
        assert payload.keys() == {"id", "kind"}
        device = asked.path.removeprefix("/3/device/")
        told = {**payload, "title": alert["title"], "text": alert["body"]}
        self.taken.append({**told, "token": device})
        return Reply(200, headers={"apns-id": headers["apns-id"]})


@asynccontextmanager
async def serving(trusted: Authority) -> AsyncIterator[PushServices]:
    """Play them, with a certificate of this authority."""
    services = PushServices()
    context = trusted.serving("h2")
    async with http2.listening(services.answer, context, services.lines) as services.port:
        yield services


def google(code: str, status: int, *, is_detailed: bool = True) -> Reply:
    """Refuse as FCM does."""
    kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    details = [{"@type": kind, "errorCode": code}] if is_detailed else []
    error = {"code": status, "message": "words", "status": code, "details": details}
    return Reply(status, json.dumps({"error": error}).encode())


def apple(reason: str, status: int) -> Reply:
    """Refuse as APNs does."""
    return Reply(status, json.dumps({"reason": reason}).encode())


def opened(body: bytes, browser: Browser) -> bytes:
    """Open what was sealed for a browser, as RFC 8188 and 8291 tell the browser to."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    theirs, record = body[21 : 21 + length], body[21 + length :]
    assert len(record) <= size
    public = ec.EllipticCurvePublicKey.from_encoded_point(_P256, theirs)
    shared = browser.key.exchange(ec.ECDH(), public)
    info = b"WebPush: info\0" + browser.point + theirs
    secret = _expand(_extract(browser.auth, shared), info, 32)
    both = _extract(salt, secret)
    key = _expand(both, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expand(both, b"Content-Encoding: nonce\0", 12)
    plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
    assert plain[-1] == 2, "the last record ends in 2"
    return plain[:-1]


def unpacked(text: str) -> bytes:
    """Read base64url without padding."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert packed(raw) == text
    return raw


def _extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, secret, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    return hmac.digest(key, info + b"\1", "sha256")[:length]


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
