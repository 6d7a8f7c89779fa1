"""The facts that this slice publishes: ids and states, never a name or a contact."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.kit import ids
from quid.kit.events import Event

TOPIC: Final = "identity"
PERSON_JOINED: Final = "identity.person_joined.v1"
FRIEND_ASKED: Final = "identity.friend_asked.v1"
ASK_ENDED: Final = "identity.ask_ended.v1"
FRIENDSHIP_BEGAN: Final = "identity.friendship_began.v1"
FRIENDSHIP_ENDED: Final = "identity.friendship_ended.v1"
BLOCKED: Final = "identity.blocked.v1"
TIER_CHANGED: Final = "identity.tier_changed.v1"
SECURITY_NOTED: Final = "identity.security_noted.v1"
FROZEN: Final = "identity.frozen.v1"
UNFROZEN: Final = "identity.unfrozen.v1"


class PersonJoined(msgspec.Struct, frozen=True):
    """Somebody signed up. The floor above opens what a person needs (a ledger account)."""

    user_id: str
    tier: int


def person_joined(user_id: UUID, *, tier: int, at: datetime) -> Event:
    """Tell that a person exists from now on."""
    data = PersonJoined(user_id=ids.show("usr", user_id), tier=tier)
    return Event(TOPIC, PERSON_JOINED, ("usr", user_id), user_id, at, data)


class SecurityNoted(msgspec.Struct, frozen=True):
    """Something happened to the safety of an account; the row holds where it came from."""

    user_id: str
    security_event_id: str
    kind: str


def security_noted(user_id: UUID, event_id: UUID, kind: str, *, at: datetime) -> Event:
    """Tell what a person must know of the safety of their account."""
    data = SecurityNoted(ids.show("usr", user_id), ids.show("sev", event_id), kind)
    return Event(TOPIC, SECURITY_NOTED, ("sev", event_id), user_id, at, data)


class Between(msgspec.Struct, frozen=True):
    """Something between two people: who acted, and towards whom."""

    user_id: str
    friend_id: str


def between(kind: str, user_id: UUID, friend_id: UUID, *, at: datetime) -> Event:
    """Tell of one of FRIEND_ASKED, ASK_ENDED (declined or taken back), FRIENDSHIP_BEGAN,
    FRIENDSHIP_ENDED, BLOCKED.
    """
    data = Between(ids.show("usr", user_id), ids.show("usr", friend_id))
    return Event(TOPIC, kind, ("usr", user_id), user_id, at, data)


class TierChanged(msgspec.Struct, frozen=True):
    """A person is known better, or less well, from now on; the next payment is judged by it."""

    user_id: str
    tier_before: int
    tier: int


def tier_changed(user_id: UUID, *, before: int, tier: int, at: datetime) -> Event:
    """Tell of a person's new tier."""
    data = TierChanged(ids.show("usr", user_id), before, tier)
    return Event(TOPIC, TIER_CHANGED, ("usr", user_id), user_id, at, data)


class FreezeChanged(msgspec.Struct, frozen=True):
    """An operator has stopped a person from what `scope` says, or lets them again."""

    user_id: str
    scope: str


def freeze_changed(kind: str, user_id: UUID, scope: str, *, at: datetime) -> Event:
    """Tell of one of the FROZEN, UNFROZEN facts."""
    data = FreezeChanged(ids.show("usr", user_id), scope)
    return Event(TOPIC, kind, ("usr", user_id), user_id, at, data)
