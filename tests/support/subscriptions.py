"""What a browser subscribes with: a key pair and a secret of its own."""

import base64
import json
from dataclasses import dataclass, field
from os import urandom

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def packed(raw: bytes) -> str:
    """Write base64url as browsers do."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that has subscribed at an endpoint."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: urandom(16))

    @property
    def point(self) -> bytes:
        """Its public key."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self) -> dict[str, object]:
        """What its page sends on, as `toJSON()` gives it."""
        keys = {"p256dh": packed(self.point), "auth": packed(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


def stored(browser: Browser) -> str:
    """What is kept of it, sealed."""
    made = {k: v for k, v in browser.subscription().items() if k != "expirationTime"}
    return json.dumps(made)
