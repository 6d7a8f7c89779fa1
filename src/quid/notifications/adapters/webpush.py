"""Web Push: to browsers, through the push service that each has chosen.

What is sent is sealed for the browser alone, padded to one length: its push service learns neither
the words nor the kind. Source: RFC 8030, 8291, 8292.
"""

import os
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quid.kit import clock
from quid.kit.breaker import Board
from quid.kit.http import Request
from quid.notifications.adapters.line import SECONDS, Line, json, refused, shown
from quid.notifications.adapters.tokens import Vapid
from quid.notifications.ports import Gone, NotDelivered
from quid.notifications.rules import push as rules
from quid.notifications.types import Address, Message
from quid.notifications.types.push import Subscription

_CURVE: Final = ec.SECP256R1()
_RECORD: Final = 4096
_PADDED: Final = 1024
_DAY: Final = "86400"


class WebPush:
    """Sends to the push services of `hosts`, and to nothing else."""

    def __init__(self, vapid: Vapid, hosts: Sequence[str], board: Board) -> None:
        self._vapid = vapid
        self._lines = {
            host: Line(
                f"push.web.{host}",
                f"https://{host}",
                board,
                is_shared="*" in host,
                is_each_its_own=True,
            )
            for host in hosts
        }

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Hand it over; a second one under its key takes the place of the first.

        Raises: Gone, NotDelivered.
        """
        try:
            browser = msgspec.json.decode(to.text, type=Subscription)
            body = sealed(json(shown(message)), browser, pad_to=_PADDED)
        except ValueError:
            raise NotDelivered("UNREADABLE", is_final=True) from None
        host = rules.push_host(browser.endpoint, self._lines)
        if host is None:  # the list of push services has become shorter
            raise NotDelivered("FOREIGN_HOST", is_final=True)
        answer = await self._lines[host].send(
            Request(
                "POST",
                "/{endpoint}",
                SECONDS,
                url=browser.endpoint,
                headers={
                    "authorization": self._vapid.header(
                        rules.origin(browser.endpoint), now=clock.now()
                    ),
                    "content-encoding": "aes128gcm",
                    "content-type": "application/octet-stream",
                    "ttl": _DAY,
                    "urgency": "normal",
                    "topic": key.hex,
                },
                content=body,
            )
        )
        if answer.status in (404, 410):
            raise Gone
        if answer.status not in (200, 201, 202, 204):
            raise refused(answer)

    async def close(self) -> None:
        """Drop the connections."""
        for line in self._lines.values():
            await line.close()


def sealed(
    plain: bytes,
    browser: Subscription,
    *,
    pad_to: int = 0,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Seal for a browser: one record, under a key of its own (given in tests of the standard).

    Raises: ValueError for keys of a browser that are none.
    """
    theirs = rules.unpacked(browser.keys.p256dh, rules.PUBLIC_KEY_BYTES)
    auth = rules.unpacked(browser.keys.auth, rules.AUTH_BYTES)
    public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs)
    key = key or ec.generate_private_key(_CURVE)
    salt = salt or os.urandom(16)
    ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), public)
    secret = _derived(shared, auth, b"WebPush: info\0" + theirs + ours, 32)
    sealing = AESGCM(_derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    last = plain + b"\x02"
    record = sealing.encrypt(nonce, last.ljust(pad_to, b"\0"), None)
    return salt + _RECORD.to_bytes(4) + bytes((len(ours),)) + ours + record


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
