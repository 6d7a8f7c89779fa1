"""Cursors that cannot be read, forged or moved to another list; signatures that bind us."""

import base64
import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from quid.kit.errors import InvalidCursor

_NONCE = 12
# A key of a kind that nobody here knows: for those who judge keys from outside.
UnknownKey = UnsupportedAlgorithm


class CursorKey:
    """The key of cursors (a part of the runtime).

    Sealed, not only signed: a page ends at the last line that was looked at, and that may be one
    which its reader must not know of. No two are alike, so that they cannot be compared either.
    """

    def __init__(self, secret: bytes) -> None:
        self._seal = AESGCMSIV(secret)

    def write(self, purpose: str, payload: bytes) -> str:
        """Seal a position. `purpose` binds it to one list and one person."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, payload, purpose.encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, purpose: str, cursor: str) -> bytes:
        """Give the position back. Raises: InvalidCursor."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            return self._seal.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
        except (ValueError, InvalidTag) as e:
            raise InvalidCursor(field="cursor") from e


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
