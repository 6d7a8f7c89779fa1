"""The wire of people as others see them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from quid.identity.types import FriendRow, SeenCard, avatar_seed
from quid.kit import ids
from quid.social.types import FeedItem

Friendship = Literal["none", "asked_by_me", "asks_me", "friends"]


class UserCard(BaseModel):
    """What anybody signed in may know of a person."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str = Field(description="draws the same picture everywhere")
    is_friend: bool
    mutual_friends: int = Field(description="friends of both")
    times_paid: int = Field(description="how often I have paid them")
    member_since: date


class Cards(BaseModel):
    """People found, the nearest first."""

    items: list[UserCard]
    next_cursor: None = None


class Profile(UserCard):
    """Somebody, what they are to me, and the latest of their payments that I may see, newest
    first.
    """

    friendship: Friendship
    is_muted: bool
    items: list[FeedItem]


def card(seen: SeenCard, *, times_paid: int) -> UserCard:
    """Show somebody."""
    return UserCard(
        id=ids.show("usr", seen.id),
        handle=seen.handle,
        display_name=seen.display_name,
        avatar_seed=avatar_seed(seen.id),
        is_friend=seen.is_friend,
        mutual_friends=seen.mutual_friends,
        times_paid=times_paid,
        member_since=seen.created_at.date(),
    )


def friendship(edge: FriendRow | None) -> Friendship:
    """Say what somebody is to the viewer."""
    if edge is not None and edge.is_friend:
        return "friends"
    if edge is None or edge.state != "PENDING":
        return "none"
    return "asked_by_me" if edge.is_asked_by_me else "asks_me"
