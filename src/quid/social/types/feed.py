"""Timelines and items of the feed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.payments.types import PartyView, Visibility

Scope = Literal["timeline", "friends", "public", "mine"]
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a payment stands in a list: its time, then its id. A page begins strictly before."""

    at: datetime
    id: UUID


NEWEST: Final = Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


class TimelineRow(NamedTuple):
    """A payment that somebody may find in their feed."""

    viewer_id: UUID
    completed_at: datetime
    payment_id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list: a scope, and bounds of it. Amounts in minor units; `until` exclusive.

    "timeline": mine and my friends'. A bound of the amount fits only what the viewer may see.
    """

    scope: Scope = "timeline"
    since: datetime | None = None
    until: datetime | None = None
    amount_minor_min: int | None = None
    amount_minor_max: int | None = None


# Not frozen: a page makes many of these.
@dataclass(slots=True)
class FeedItem:
    """A completed payment as one viewer sees it. `amount` in minor units; null: not for them.

    `kind`: "charged" when the payee had asked for it. `direction`: what it did to the viewer's
    balance; null for who is no party. Comments and likes of people across a block are not counted.
    """

    id: str
    kind: Literal["paid", "charged"]
    payer: PartyView
    payee: PartyView
    note: str
    amount: int | None
    currency: str
    direction: Direction | None
    visibility: Visibility
    completed_at: datetime
    like_count: int
    comment_count: int
    liked_by_me: bool


@dataclass(slots=True)
class FeedPage:
    """A page of the feed, newest first. With a cursor there may be more, however short it is."""

    items: list[FeedItem]
    next_cursor: str | None
