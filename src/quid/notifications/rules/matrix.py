"""The matrix: which notice goes which way, unless its person has chosen otherwise.

Source: product.md 5. Inbox and socket are one column: what is listed is also told at once.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Final, NamedTuple

from quid.notifications.types import Kind, Tab, Topic, Way


class Cell(Enum):
    """What holds without a choice, and whether there is one.

    `TOLD`: as LOCKED, and done already: identity mails it the moment it happens.
    """

    ON = "on"
    OFF = "off"
    LOCKED = "locked"
    NEVER = "never"
    TOLD = "told"


class Row(NamedTuple):
    """The three ways of one topic, and its tab in the inbox."""

    tab: Tab
    inbox: Cell
    push: Cell
    email: Cell


_ON, _OFF, _LOCKED, _NEVER = Cell.ON, Cell.OFF, Cell.LOCKED, Cell.NEVER
MATRIX: Final[Mapping[Topic, Row]] = {
    Topic.MONEY_IN: Row("payments", _LOCKED, _ON, _ON),
    Topic.MONEY_OUT: Row("payments", _LOCKED, _OFF, _OFF),
    Topic.CHECKS: Row("payments", _LOCKED, _LOCKED, _ON),
    Topic.REQUESTS: Row("payments", _LOCKED, _ON, _OFF),
    Topic.ANSWERS: Row("payments", _LOCKED, _ON, _OFF),
    Topic.REMINDERS: Row("payments", _ON, _ON, _OFF),
    Topic.FRIENDS: Row("social", _ON, _ON, _OFF),
    Topic.LIKES: Row("social", _ON, _OFF, _NEVER),
    Topic.COMMENTS: Row("social", _ON, _ON, _NEVER),
    Topic.TRANSFERS: Row("payments", _LOCKED, _ON, _ON),
    Topic.DISPUTES: Row("payments", _LOCKED, _ON, _LOCKED),
    Topic.SECURITY: Row("security", _LOCKED, _LOCKED, Cell.TOLD),
    Topic.FREEZES: Row("security", _LOCKED, _LOCKED, _LOCKED),
    Topic.ACCOUNT: Row("security", _LOCKED, _OFF, _ON),
}

TOPIC_OF: Final[Mapping[Kind, Topic]] = {
    Kind.PAYMENT_RECEIVED: Topic.MONEY_IN,
    Kind.PAYMENT_REVERSED: Topic.MONEY_IN,
    Kind.PAYMENT_SENT: Topic.MONEY_OUT,
    Kind.PAYMENT_HELD: Topic.CHECKS,
    Kind.PAYMENT_RELEASED: Topic.CHECKS,
    Kind.REQUEST_RECEIVED: Topic.REQUESTS,
    Kind.REQUEST_CANCELLED: Topic.REQUESTS,
    Kind.REQUEST_PAID: Topic.ANSWERS,
    Kind.REQUEST_DECLINED: Topic.ANSWERS,
    Kind.REQUEST_EXPIRING: Topic.ANSWERS,
    Kind.REQUEST_EXPIRED: Topic.ANSWERS,
    Kind.REQUEST_REMINDED: Topic.REMINDERS,
    Kind.FRIEND_ASKED: Topic.FRIENDS,
    Kind.FRIEND_ACCEPTED: Topic.FRIENDS,
    Kind.LIKED: Topic.LIKES,
    Kind.COMMENTED: Topic.COMMENTS,
    Kind.DEPOSIT_SETTLED: Topic.TRANSFERS,
    Kind.DEPOSIT_FAILED: Topic.TRANSFERS,
    Kind.DEPOSIT_RETURNED: Topic.TRANSFERS,
    Kind.WITHDRAWAL_DONE: Topic.TRANSFERS,
    Kind.WITHDRAWAL_FAILED: Topic.TRANSFERS,
    Kind.OWED: Topic.TRANSFERS,
    Kind.DISPUTE_OPENED: Topic.DISPUTES,
    Kind.DISPUTE_NEEDS_YOU: Topic.DISPUTES,
    Kind.DISPUTE_DECIDED: Topic.DISPUTES,
    Kind.SECURITY: Topic.SECURITY,
    Kind.FROZEN: Topic.FREEZES,
    Kind.UNFROZEN: Topic.FREEZES,
    Kind.SOURCE_NEEDS_REPAIR: Topic.ACCOUNT,
    Kind.TIER_CHANGED: Topic.ACCOUNT,
}

WAYS: Final[tuple[Way, ...]] = ("inbox", "push", "email")
# Several of one item and hour are one row.
MERGED: Final = frozenset({Kind.LIKED, Kind.COMMENTED})
# A block hides who it was, never that money moved.
ALWAYS: Final = frozenset({Kind.PAYMENT_RECEIVED, Kind.PAYMENT_SENT, Kind.REQUEST_PAID})


# What happened longer ago is no news when it is first told: it stands in the inbox, and disturbs
# nobody. So a consumer that reads a week of events anew mails nobody about a week.
NEWS: Final = timedelta(hours=6)
# What has not gone out a day after it happened stays here.
STALE: Final = timedelta(days=1)


def tab_of(kind: Kind) -> Tab:
    """Say where the inbox shows it."""
    return MATRIX[TOPIC_OF[kind]].tab


def cell_of(topic: Topic, way: Way) -> Cell:
    """Look into the matrix."""
    row = MATRIX[topic]
    return {"inbox": row.inbox, "push": row.push, "email": row.email}[way]


def may_go(topic: Topic, way: Way, age: timedelta, most: timedelta) -> bool:
    """Whether something of this age may go this way: what is locked always, the rest if young."""
    return age <= most or cell_of(topic, way) is Cell.LOCKED


def may_choose(topic: Topic, way: Way) -> bool:
    """Whether this is a person's own choice."""
    return cell_of(topic, way) in (Cell.ON, Cell.OFF)


def is_on(topic: Topic, way: Way, chosen: bool | None) -> bool:  # noqa: FBT001 - a row's value
    """Whether a notice of the topic goes this way, by what its person has `chosen`, if anything.

    What is `TOLD` goes no second time.
    """
    cell = cell_of(topic, way)
    if chosen is not None and may_choose(topic, way):
        return chosen
    return cell in (Cell.ON, Cell.LOCKED)
