"""A device that keeps passkeys, in software: it answers as a browser does, and lies on demand."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import cbor2
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from quid.identity.types import MakeOptions, SignOptions

ES256: Final = -7
EDDSA: Final = -8
RS256: Final = -257
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
Options = Mapping[str, Any]


def to_text(raw: bytes) -> str:
    """Write bytes as browsers do."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    """Read them back."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def plain(options: MakeOptions | SignOptions) -> dict[str, Any]:
    """Write options as they go over the wire."""
    written: dict[str, Any] = json.loads(msgspec.json.encode(options))
    return written


@dataclass(slots=True)
class Lie:
    """How an answer differs from an honest one."""

    origin: str | None = None
    rp_id: str | None = None
    challenge: str | None = None
    kind: str | None = None
    flags: int | None = None
    count: int | None = None
    handle: bytes | None = None
    is_framed: bool = False


@dataclass(slots=True)
class Kept:
    """A key as its device keeps it."""

    credential_id: bytes
    private: Private
    rp_id: str
    handle: bytes
    count: int


@dataclass
class Device:
    """Keeps keys for one site, as a phone does. `counts`: whether it counts what it signs."""

    origin: str
    algorithm: int = ES256
    counts: bool = True
    keys: list[Kept] = field(default_factory=list)

    def make(self, options: Options, lie: Lie | None = None) -> dict[str, Any]:
        """Make a key as `navigator.credentials.create` does; give its JSON."""
        lie = lie or Lie()
        rp_id = options["rp"]["id"]
        assert rp_id == urlsplit(self.origin).hostname, "a browser would refuse"
        held = {to_text(k.credential_id) for k in self.keys}
        assert not held & {c["id"] for c in options["excludeCredentials"]}, "it keeps one already"
        assert self.algorithm in {p["alg"] for p in options["pubKeyCredParams"]}
        handle = to_bytes(options["user"]["id"])
        key = Kept(os.urandom(32), _new_key(self.algorithm), rp_id, handle, int(self.counts))
        self.keys.append(key)
        flags = PRESENT | VERIFIED | HAS_KEY if lie.flags is None else lie.flags
        named = len(key.credential_id).to_bytes(2, "big") + key.credential_id
        made = bytes(16) + named + cbor2.dumps(_cose(key.private))
        data = _head(lie.rp_id or rp_id, flags, key.count) + made
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"], lie)
        return _credential(
            key,
            clientDataJSON=to_text(client_data),
            attestationObject=to_text(attested),
            transports=["internal", "hybrid"],
            publicKeyAlgorithm=self.algorithm,
        )

    def sign(
        self, options: Options, lie: Lie | None = None, *, by: Kept | None = None
    ) -> dict[str, Any]:
        """Sign as `navigator.credentials.get` does, with the latest key that fits, or `by`."""
        lie = lie or Lie()
        allowed = {c["id"] for c in options["allowCredentials"]}
        fit = [k for k in self.keys if not allowed or to_text(k.credential_id) in allowed]
        key = by or fit[-1]
        key.count += int(self.counts)
        count = key.count if lie.count is None else lie.count
        flags = PRESENT | VERIFIED if lie.flags is None else lie.flags
        data = _head(lie.rp_id or key.rp_id, flags, count)
        client_data = self._client_data("webauthn.get", options["challenge"], lie)
        signed = _sign(key.private, data + sha256(client_data).digest())
        return _credential(
            key,
            clientDataJSON=to_text(client_data),
            authenticatorData=to_text(data),
            signature=to_text(signed),
            userHandle=to_text(lie.handle or key.handle),
        )

    def _client_data(self, kind: str, challenge: str, lie: Lie) -> bytes:
        told = {
            "type": lie.kind or kind,
            "challenge": lie.challenge or challenge,
            "origin": lie.origin or self.origin,
            "crossOrigin": lie.is_framed,
        }
        return json.dumps(told).encode()


def _credential(key: Kept, **response: object) -> dict[str, Any]:
    shown = to_text(key.credential_id)
    return {
        "id": shown,
        "rawId": shown,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }


def _head(rp_id: str, flags: int, count: int) -> bytes:
    return sha256(rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")


def _new_key(algorithm: int) -> Private:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _sign(key: Private, message: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _cose(key: Private) -> dict[int, int | bytes]:
    """Write the public key as RFC 9053 says."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return {1: 2, 3: ES256, -1: 1, -2: x, -3: y}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: EDDSA, -1: 6, -2: key.public_key().public_bytes_raw()}
    numbers = key.public_key().public_numbers()
    return {1: 3, 3: RS256, -1: numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"}
