"""The tokens by which we prove to push services who sends: made here, never judged."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_VAPID_LIFE: Final = timedelta(hours=12)  # 24 at most
Claims = Mapping[str, str | int]


def es256(pem: str) -> ECKey:
    """Read a P-256 key, as Apple hands it out. Raises: ValueError."""
    return ECKey.import_key(_read(pem, ec.EllipticCurvePrivateKey))


def rs256(pem: str) -> RSAKey:
    """Read an RSA key, as Google hands it out. Raises: ValueError."""
    return RSAKey.import_key(_read(pem, rsa.RSAPrivateKey))


def signed(header: Mapping[str, str], claims: Claims, key: ECKey | RSAKey) -> str:
    """Sign claims. The algorithm is that of the key alone."""
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    head = {"typ": "JWT", "alg": algorithm, **header}
    return jwt.encode(head, dict(claims), key, algorithms=[algorithm])


class Vapid:
    """Who we are to the push services of browsers. Source: RFC 8292.

    `public_key` is the applicationServerKey with which a page subscribes.
    """

    def __init__(self, seed: bytes, *, subject: str) -> None:
        key = ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, _CURVE)
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.urlsafe_b64encode(point).decode().rstrip("=")
        self._key = ECKey.import_key(key)
        self._subject = subject

    def header(self, origin: str, *, now: datetime) -> str:
        """Write the header Authorization for one push service."""
        until = int((now + _VAPID_LIFE).timestamp())
        token = signed({}, {"aud": origin, "exp": until, "sub": self._subject}, self._key)
        return f"vapid t={token}, k={self.public_key}"


def _read(pem: str, kind: type[ec.EllipticCurvePrivateKey] | type[rsa.RSAPrivateKey]) -> str:
    """Make sure that it is a private key of that kind. Its words are in no error."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("no private key in PEM") from None
    if not isinstance(key, kind):
        raise ValueError("a key of another kind")  # noqa: TRY004 - a value, not a call
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name != _CURVE.name:
        raise ValueError("a key on another curve")
    return pem
