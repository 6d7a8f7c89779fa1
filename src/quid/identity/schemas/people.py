"""The wire of people: one's own view, friends."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quid.identity import rules
from quid.identity.types import (
    Card,
    Freeze,
    FriendListSeenBy,
    FriendRow,
    Person,
    PrivacyChange,
    ProfileChange,
    Visibility,
    WhoMayRequest,
    avatar_seed,
)
from quid.kit import ids
from quid.kit.web import Strict


class OnHold(BaseModel):
    """What a person may not do for now, and when somebody looks again."""

    scope: Literal["send", "withdraw", "all"]
    reason_class: Literal["security", "owed", "legal", "requested"]
    text: str
    review_on: date


class Hold(BaseModel):
    """A hold on the account, in full. `is_own`: the person's own lock, or that of a recovery."""

    id: str
    case_number: str = Field(description="to be named to support, as in 7K2M-Q4XV")
    scope: Literal["send", "withdraw", "all"]
    reason_class: Literal["security", "owed", "legal", "requested"]
    text: str
    since: datetime
    review_on: date | None = Field(description="when somebody looks again; null of an own lock")
    lifts_at: datetime | None = Field(description="when it ends by itself; null: it does not")
    is_own: bool

    @classmethod
    def of(cls, freeze: Freeze) -> "Hold":
        """Show it: the class of reason alone, never what lies behind it."""
        return cls.model_validate(
            {
                "id": ids.show("frz", freeze.id),
                "case_number": rules.case_number(freeze.id),
                "scope": freeze.scope,
                "reason_class": freeze.reason_class,
                "text": freeze.text,
                "since": freeze.frozen_at,
                "review_on": None if freeze.is_own else freeze.review_on,
                "lifts_at": freeze.lifts_at,
                "is_own": freeze.is_own,
            }
        )


class Holds(BaseModel):
    """What the caller may not do for now, the oldest first; none: all works."""

    items: list[Hold]


class Me(BaseModel):
    """The caller's own view: no hash, no secret, no balance."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str = Field(description="draws the same picture everywhere")
    email: str
    phone: str | None
    tier: int
    default_visibility: Visibility
    show_amount: bool
    locale: str
    timezone: str
    created_at: datetime
    has_passkey: bool
    has_totp: bool = Field(description="an authenticator app is on")
    on_hold: list[OnHold]

    @classmethod
    def of(
        cls, person: Person, freezes: list[Freeze], *, has_passkey: bool, has_totp: bool
    ) -> "Me":
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
                "avatar_seed": avatar_seed(person.id),
                "email": person.email,
                "phone": person.phone,
                "tier": person.tier,
                "default_visibility": person.default_visibility,
                "show_amount": person.show_amount,
                "locale": person.locale,
                "timezone": person.timezone,
                "created_at": person.created_at,
                "has_passkey": has_passkey,
                "has_totp": has_totp,
                "on_hold": holds,
            }
        )


class ProfileBody(Strict):
    """What to change; what is left out stays. E-mail and phone have acts of their own."""

    display_name: Annotated[str, Field(max_length=240, description="1 to 60, NFC")] | None = None
    handle: Annotated[str, Field(max_length=30, description="once in 30 days")] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None

    def command(self) -> ProfileChange:
        """Turn it into the command."""
        return ProfileChange(**self.model_dump())


class PrivacyBody(Strict):
    """What to change; what is left out stays."""

    default_visibility: Visibility | None = None
    show_amount: bool | None = None
    friend_list: FriendListSeenBy | None = None
    findable_by_email: bool | None = None
    findable_by_phone: bool | None = None
    who_may_request: WhoMayRequest | None = None
    reminders: bool | None = None

    def command(self) -> PrivacyChange:
        """Turn it into the command."""
        return PrivacyChange(**self.model_dump())


class PublicCard(BaseModel):
    """What anybody may know of a person whose handle they have."""

    handle: str
    display_name: str
    avatar_seed: str = Field(description="draws the same picture everywhere")

    @classmethod
    def of(cls, card: Card) -> "PublicCard":
        """Show it."""
        return cls(
            handle=card.handle, display_name=card.display_name, avatar_seed=avatar_seed(card.id)
        )


class FriendCard(BaseModel):
    """Who it is, in a list of friends."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str = Field(description="draws the same picture everywhere")
    is_friend: bool
    mutual_friends: int = Field(description="friends of both")
    member_since: date

    @classmethod
    def of(cls, row: FriendRow) -> "FriendCard":
        """Show it."""
        return cls(
            id=ids.show("usr", row.id),
            handle=row.handle,
            display_name=row.display_name,
            avatar_seed=avatar_seed(row.id),
            is_friend=row.is_friend,
            mutual_friends=row.mutual_friends,
            member_since=row.created_at.date(),
        )


class Friend(BaseModel):
    """Somebody, and what they are to the caller."""

    user: FriendCard
    state: Literal["PENDING", "ACCEPTED", "BLOCKED", "MUTED"]
    asked_by_me: bool
    since: datetime

    @classmethod
    def of(cls, row: FriendRow) -> "Friend":
        """Show it."""
        return cls.model_validate(
            {
                "user": FriendCard.of(row),
                "state": row.state,
                "asked_by_me": row.is_asked_by_me,
                "since": row.since,
            }
        )


class Friends(BaseModel):
    """A page of people."""

    items: list[Friend]
    next_cursor: str | None
