"""What providers tell, and what they hold for us."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Doorbell:
    """A verified webhook. Its words move nothing: they say where to look.

    `topic`: `transfers` (pull events), `item` (refetch a bank link: `object_ref` is the item),
    `session` (`object_ref` is the link or set-up session), `charge` (`object_ref` is the charge),
    `other`. `is_live` tells a real environment from a test one.
    """

    dedupe_key: str
    kind: str
    topic: Literal["transfers", "item", "session", "charge", "other"]
    object_ref: str | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class RailEvent:
    """A line of a provider's own list of what happened. `raw` is kept as it came.

    `status` is None where the event is of a kind we do not act on. `cents` unsigned.
    """

    event_id: str
    at: datetime
    kind: str
    object_ref: str | None
    status: str | None
    cents: int | None
    failure: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in the provider's order, and the cursor behind the last of them."""

    events: tuple[RailEvent, ...]
    cursor: str
    has_more: bool


class Events(ABC):
    """What a provider tells: webhooks as doorbells, lists as the truth."""

    @abstractmethod
    async def verify_webhook(
        self, headers: Mapping[str, str], raw: bytes, received_at: datetime
    ) -> Doorbell:
        """Make sure who sent it, from the raw bytes.

        Raises: WebhookForged; ValidationFailed when it is signed and cannot be read;
        ProviderError when the keys to check it with cannot be had.
        """

    @abstractmethod
    async def pull(self, cursor: str, limit: int) -> EventPage:
        """Read on behind a cursor ("" = from the beginning). Raises: ProviderError."""


@dataclass(frozen=True, slots=True)
class Position:
    """What a provider holds for us. Units: cents."""

    available: int
    pending: int


@dataclass(frozen=True, slots=True)
class BookLine:
    """A line of a provider's own ledger. Units: cents, signed; `fee` is kept by the provider.

    `inner`: what became ours to use and had come in before; then `cents` is 0.
    """

    ref: str
    kind: str
    object_ref: str | None
    cents: int
    fee: int
    at: datetime
    currency: str = "USD"
    inner: int = 0


class Treasury(ABC):
    """Our float at a provider, in the provider's own books."""

    @abstractmethod
    async def position(self) -> Position:
        """Read our balance there. Raises: ProviderError."""

    @abstractmethod
    async def book(self, since: datetime, until: datetime) -> Sequence[BookLine]:
        """Read the lines of a span, all pages. Raises: ProviderError."""
