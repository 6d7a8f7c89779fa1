"""Which addresses may be pushed to. A person writes them, and we call them: so by name alone."""

import base64
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

DEVICES_MAX: Final = 20
PUBLIC_KEY_BYTES: Final = 65
AUTH_BYTES: Final = 16
# The push services of Chrome, Edge and Opera; of Firefox; of Safari; of Edge on Windows.
PUSH_HOSTS: Final = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
_HOST: Final = re.compile(
    r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}(:\d{1,5})?"
)
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
_APNS: Final = re.compile(r"([0-9a-fA-F]{2}){32,100}")
_ENDPOINT: Final = re.compile(r"https://[a-z0-9.:-]+/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")


def is_host(text: str) -> bool:
    """Tell whether a text may stand in the list: a name, `*.` before it, a port after it."""
    return _HOST.fullmatch(text) is not None


def push_host(endpoint: str, hosts: Iterable[str]) -> str | None:
    """Find the entry of the list that an endpoint falls under; None: it is not pushed to.

    Only https, no credentials, and port 443 unless the entry names another.
    """
    if _ENDPOINT.fullmatch(endpoint) is None:
        return None
    try:
        parts = urlsplit(endpoint)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        return None
    name = parts.hostname or ""
    for host in hosts:
        known, _, known_port = host.partition(":")
        if port == int(known_port or 443) and _is_under(name, known):
            return host
    return None


def origin(endpoint: str) -> str:
    """Give the origin of an endpoint, for whom a token is made."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def is_apns_token(text: str) -> bool:
    """Tell whether it may be a token of an Apple device: bytes in hexadecimal."""
    return _APNS.fullmatch(text) is not None


def unpacked(text: str, length: int) -> bytes:
    """Read base64url, as browsers write it, with or without padding. Raises: ValueError."""
    bare = text.rstrip("=")
    if _BASE64URL.fullmatch(bare) is None or len(bare) % 4 == 1:
        raise ValueError("no base64url")
    raw = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if len(raw) != length:
        raise ValueError("another length")
    return raw


def _is_under(name: str, known: str) -> bool:
    return name.endswith(known[1:]) if known.startswith("*.") else name == known
