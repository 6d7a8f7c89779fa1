"""Signatures: cursors that cannot be forged or moved to another list, seals that bind us."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from quid.kit.errors import InvalidCursor

_TAG = 12


@dataclass(frozen=True, slots=True)
class CursorKey:
    """The key of cursor signatures (a part of the runtime)."""

    secret: bytes

    def write(self, purpose: str, payload: bytes) -> str:
        """Sign a position. `purpose` binds it to one list and one person."""
        return base64.urlsafe_b64encode(payload + self._tag(purpose, payload)).decode().rstrip("=")

    def read(self, purpose: str, cursor: str) -> bytes:
        """Give the position back. Raises: InvalidCursor."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError as e:
            raise InvalidCursor(field="cursor") from e
        payload, tag = raw[:-_TAG], raw[-_TAG:]
        if not hmac.compare_digest(tag, self._tag(purpose, payload)):
            raise InvalidCursor(field="cursor")
        return payload

    def _tag(self, purpose: str, payload: bytes) -> bytes:
        text = purpose.encode() + b"\0" + payload
        return hmac.new(self.secret, text, hashlib.sha256).digest()[:_TAG]


class Signer:
    """An Ed25519 key that the database does not have (a part of the runtime)."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Sign some bytes."""
        return self._key.sign(data)


def is_signed(data: bytes, signature: bytes, *, public: bytes) -> bool:
    """Tell whether the owner of a public key has signed exactly these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that must not be seen: it prints as stars, and is opened by name."""

    _text: str

    def reveal(self) -> str:
        """Give the text, to the one who must have it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def digest16(data: bytes) -> bytes:
    """SHA-256, first 16 bytes: names of keys and bodies, not passwords."""
    return hashlib.sha256(data).digest()[:16]
