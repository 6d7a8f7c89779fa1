"""The facts that the feed publishes: who did something, and under which payment; never a word.

A comment may be gone, and a like taken back, before anybody reads that it was there.
"""

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from quid.kit import ids
from quid.kit.events import Event

TOPIC: Final = "social"


class Liked(msgspec.Struct, frozen=True):
    """Somebody likes a payment, and never did before."""

    TYPE: ClassVar[str] = "social.liked.v1"

    payment_id: str
    user_id: str


class Commented(msgspec.Struct, frozen=True):
    """Somebody wrote a comment under a payment."""

    TYPE: ClassVar[str] = "social.commented.v1"

    payment_id: str
    comment_id: str
    user_id: str


class BackFilled(msgspec.Struct, frozen=True):
    """The feeds of two new friends have what each has shared before."""

    TYPE: ClassVar[str] = "social.back_filled.v1"

    user_id: str
    friend_id: str


def liked(payment_id: UUID, user_id: UUID, *, at: datetime) -> Event:
    """Tell of a new like."""
    data = Liked(ids.show("pay", payment_id), ids.show("usr", user_id))
    return Event(TOPIC, Liked.TYPE, ("pay", payment_id), payment_id, at, data)


def commented(payment_id: UUID, comment_id: UUID, user_id: UUID, *, at: datetime) -> Event:
    """Tell of a new comment."""
    data = Commented(
        ids.show("pay", payment_id), ids.show("cmt", comment_id), ids.show("usr", user_id)
    )
    return Event(TOPIC, Commented.TYPE, ("cmt", comment_id), payment_id, at, data)


def back_filled(user_id: UUID, friend_id: UUID, *, at: datetime) -> Event:
    """Tell that the feeds of two new friends are filled."""
    data = BackFilled(ids.show("usr", user_id), ids.show("usr", friend_id))
    return Event(TOPIC, BackFilled.TYPE, ("usr", user_id), user_id, at, data)
