"""The wire of people as others see them."""

from datetime import date

from pydantic import BaseModel, Field

from quid.identity.types import SeenCard, avatar_seed
from quid.kit import ids
from quid.social.types import FeedItem


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
    """Somebody, and the latest of their payments that I may see, newest first."""

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
