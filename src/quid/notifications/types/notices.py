"""Notices as values: what happened, whom it is told, by which ways."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from quid.disputes.types import Outcome as Decision
from quid.identity.types import SecurityKind
from quid.payments.events import ReleasedBy, WaitsFor

Tab = Literal["payments", "social", "security"]
Way = Literal["inbox", "push", "email"]
ChannelName = Literal["email", "web", "fcm", "apns"]
_Outcome = Literal["rejected", "declined", "failed", "expired"]
_Side = Literal["to_you", "from_you"]
_Scope = Literal["send", "withdraw", "all"]
_Tier = Literal["0", "1", "2"]
Detail = WaitsFor | ReleasedBy | _Outcome | _Side | Decision | SecurityKind | _Scope | _Tier


class Kind(StrEnum):
    """What a notice is about; the words for each stand in `rules.texts`."""

    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_SENT = "payment_sent"
    PAYMENT_REVERSED = "payment_reversed"
    PAYMENT_HELD = "payment_held"
    PAYMENT_RELEASED = "payment_released"
    REQUEST_RECEIVED = "request_received"
    REQUEST_REMINDED = "request_reminded"
    REQUEST_EXPIRING = "request_expiring"
    REQUEST_PAID = "request_paid"
    REQUEST_DECLINED = "request_declined"
    REQUEST_CANCELLED = "request_cancelled"
    REQUEST_EXPIRED = "request_expired"
    FRIEND_ASKED = "friend_asked"
    FRIEND_ACCEPTED = "friend_accepted"
    LIKED = "liked"
    COMMENTED = "commented"
    DEPOSIT_SETTLED = "deposit_settled"
    DEPOSIT_FAILED = "deposit_failed"
    DEPOSIT_RETURNED = "deposit_returned"
    WITHDRAWAL_DONE = "withdrawal_done"
    WITHDRAWAL_FAILED = "withdrawal_failed"
    OWED = "owed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_NEEDS_YOU = "dispute_needs_you"
    DISPUTE_DECIDED = "dispute_decided"
    SECURITY = "security"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    SOURCE_NEEDS_REPAIR = "source_needs_repair"
    TIER_CHANGED = "tier_changed"


class Topic(StrEnum):
    """A row of the matrix: what a person wishes to hear of, or not, as one."""

    MONEY_IN = "money_in"
    MONEY_OUT = "money_out"
    CHECKS = "checks"
    REQUESTS = "requests"
    ANSWERS = "answers"
    REMINDERS = "reminders"
    FRIENDS = "friends"
    LIKES = "likes"
    COMMENTS = "comments"
    TRANSFERS = "transfers"
    DISPUTES = "disputes"
    SECURITY = "security"
    FREEZES = "freezes"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told. Units: `amount_minor` in minor units of `currency`.

    `actor_id`: the other person of it, without whom it is not told. `subject`: what it is about,
    as (prefix, id). `detail`: the word of what happened more exactly, as the event had it.
    `is_quiet`: for the inbox alone, as of a stranger's request. `is_read`: the person did it
    themselves and has seen the answer.
    """

    id: UUID
    user_id: UUID
    kind: Kind
    at: datetime
    subject: tuple[str, UUID]
    actor_id: UUID | None = None
    comment_id: UUID | None = None
    detail: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    count: int = 1
    is_quiet: bool = False
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as stored: row of `notifications.notification`."""

    id: UUID
    user_id: UUID
    kind: str
    at: datetime
    actor_id: UUID | None
    subject_prefix: str
    subject_id: UUID
    comment_id: UUID | None
    detail: str | None
    amount_minor: int | None
    currency: str | None
    count: int
    is_read: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """One of those who stand behind a notice that is several events, and their latest of it."""

    notification_id: UUID
    actor_id: UUID
    at: datetime
    comment_id: UUID | None
    count: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person wishes of one topic and way; the rest is as the matrix says."""

    topic: Topic
    way: Way
    is_on: bool


@dataclass(frozen=True, slots=True)
class Preference:
    """One cell as its person sees it; a locked one cannot be changed."""

    topic: Topic
    way: Way
    is_on: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class ActorView:
    """A person as a notice names them: `usr_` id, handle, name, picture."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A line of the inbox. Amounts in minor units, of one's own payments and requests alone.

    `count`: so many likes or comments of this hour are one line; `actor` is the latest of them.
    Who stands behind a block is not counted; money that came from there came from nobody.
    One of the ids says what it is about. `detail` says more by kind: of payment_held what it waits
    for, of payment_sent what ended its waiting, of payment_released how it ended, of
    payment_reversed which way the money went, of dispute_decided how, of security what happened,
    of frozen and unfrozen what was stopped, of tier_changed the tier; null for all others.
    """

    id: str
    kind: Kind
    tab: Tab
    at: datetime
    is_read: bool
    count: int
    actor: ActorView | None
    payment_id: str | None
    request_id: str | None
    comment_id: str | None
    deposit_id: str | None
    withdrawal_id: str | None
    source_id: str | None
    dispute_id: str | None
    detail: Detail | None
    amount: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: of channel `email` the address, else the device's own token (for web:
    its subscription as JSON). Never logged.
    """

    text: str = field(repr=False)
    device_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. Of e-mail `title` is the subject and `text` the body; what a lock screen shows
    has no name, amount or note, and beside it goes nothing but `id` and `kind`.
    """

    id: str
    kind: Kind
    title: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
