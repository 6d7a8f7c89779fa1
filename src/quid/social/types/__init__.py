"""The feed as values: timelines, what a viewer sees of a payment, what is asked for."""

from quid.social.types.feed import (
    NEWEST,
    Direction,
    FeedItem,
    FeedPage,
    Position,
    Scope,
    TimelineRow,
    Wanted,
)

__all__ = [
    "NEWEST",
    "Direction",
    "FeedItem",
    "FeedPage",
    "Position",
    "Scope",
    "TimelineRow",
    "Wanted",
]
