"""The wire of people: one's own view, cards, friends."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from quid.identity.types import Card, Freeze, FriendRow, Person, Visibility
from quid.kit import ids


class OnHold(BaseModel):
    """What a person may not do for now, and when somebody looks again."""

    scope: Literal["send", "withdraw", "all"]
    reason_class: Literal["security", "owed", "legal", "requested"]
    text: str
    review_on: date


class Me(BaseModel):
    """The caller's own view: no hash, no secret, no balance."""

    id: str
    handle: str
    display_name: str
    email: str
    tier: int
    default_visibility: Visibility
    show_amount: bool
    locale: str
    timezone: str
    created_at: datetime
    on_hold: list[OnHold]

    @classmethod
    def of(cls, person: Person, freezes: list[Freeze]) -> "Me":
        """Show it."""
        holds = [
            {
                "scope": f.scope,
                "reason_class": f.reason_class,
                "text": f.text,
                "review_on": f.review_on,
            }
            for f in freezes
        ]
        return cls.model_validate(
            {
                "id": ids.show("usr", person.id),
                "handle": person.handle,
                "display_name": person.display_name,
                "email": person.email,
                "tier": person.tier,
                "default_visibility": person.default_visibility,
                "show_amount": person.show_amount,
                "locale": person.locale,
                "timezone": person.timezone,
                "created_at": person.created_at,
                "on_hold": holds,
            }
        )


class UserCard(BaseModel):
    """What anybody signed in may know of a person."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str = Field(description="draws the same picture everywhere")
    member_since: date

    @classmethod
    def of(cls, card: Card | FriendRow, avatar_seed: str) -> "UserCard":
        """Show it."""
        return cls(
            id=ids.show("usr", card.id),
            handle=card.handle,
            display_name=card.display_name,
            avatar_seed=avatar_seed,
            member_since=card.created_at.date(),
        )


class Friend(BaseModel):
    """Somebody, and what they are to the caller."""

    user: UserCard
    state: Literal["BLOCKED"]
    since: datetime

    @classmethod
    def of(cls, row: FriendRow, avatar_seed: str) -> "Friend":
        """Show it."""
        user = UserCard.of(row, avatar_seed)
        return cls.model_validate({"user": user, "state": row.state, "since": row.since})


class Friends(BaseModel):
    """A page of people."""

    items: list[Friend]
    next_cursor: str | None = None
