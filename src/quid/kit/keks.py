"""Keys that wrap data keys, and never stand in the database: of a file, of AWS KMS, of Vault.

Which one is a setting. Another one that still opens what it has wrapped may stand beside it until
`quid secrets rotate` has wrapped all anew.
"""

import hashlib
import os
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

_NONCE: Final = 12
_FIRST: Final = "local"  # how the first releases named the key of the secrets file


class FieldUnreadable(ValueError):  # noqa: N818 - a state of stored bytes, told by what is wrong
    """A sealed field does not open: copied, changed, or sealed by what this process has not."""


class KekProvider(Protocol):
    """Keeps the key that wraps data keys. `context` must be the same at both ends."""

    @property
    def name(self) -> str:
        """Name the key, as `kit.data_key` records it."""

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable where another key has wrapped it."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """The wrapping key of the secrets file. Its name tells it from the one before it."""

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Name it by a hash that says nothing of the key."""
        return f"{_FIRST}:{hashlib.sha256(b'quid kek name' + self.key).hexdigest()[:8]}"

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCMSIV(self.key).encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable."""
        try:
            return AESGCMSIV(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError) as e:
            raise FieldUnreadable("a data key was wrapped by another key") from e


@dataclass(frozen=True, slots=True)
class Keyring:
    """The wrapping key, and older ones that still open (a part of the runtime)."""

    present: KekProvider
    older: tuple[KekProvider, ...] = ()

    async def unwrap(self, wrapped: bytes, *, kek: str, context: bytes) -> bytes:
        """Open a data key with the one that wrapped it. Raises: FieldUnreadable."""
        for known in (self.present, *self.older):
            is_first = kek == _FIRST and isinstance(known, LocalKek)
            if kek != known.name and not is_first:
                continue
            try:
                return await known.unwrap(wrapped, context=context)
            except FieldUnreadable:
                if not is_first:
                    raise
        raise FieldUnreadable(f"a data key was wrapped by {kek}, which is not configured here")
