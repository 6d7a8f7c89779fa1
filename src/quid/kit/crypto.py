"""Small signatures: cursors that cannot be forged or moved to another list."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

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


def digest16(data: bytes) -> bytes:
    """SHA-256, first 16 bytes: names of keys and bodies, not passwords."""
    return hashlib.sha256(data).digest()[:16]
