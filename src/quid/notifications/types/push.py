"""What it takes to push."""

from dataclasses import dataclass

import msgspec


class SubscriptionKeys(msgspec.Struct, frozen=True):
    """The keys of a browser, base64url: its point on P-256 and 16 bytes of its own."""

    p256dh: str
    auth: str


class Subscription(msgspec.Struct, frozen=True):
    """Where a browser is reached, as it says itself. Stored sealed, never logged."""

    endpoint: str
    keys: SubscriptionKeys

    def __repr__(self) -> str:
        return "Subscription(***)"


@dataclass(frozen=True, slots=True)
class BrowserPush:
    """What browsers must know and which push services are known (a part of the runtime).

    `public_key`: the applicationServerKey; empty where browsers are not pushed to.
    """

    public_key: str
    hosts: tuple[str, ...]
