"""People as values: rows, commands, and the words of what they may not do."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from quid.identity.types.access import (
    NOWHERE,
    Method,
    MethodName,
    OpenSession,
    OwnPasskey,
    PasskeyAdded,
    PasskeyAnswer,
    PasskeyAsked,
    PasskeyOffered,
    Proof,
    Proven,
    Recovery,
    Renewed,
    SecurityEvent,
    SecurityKind,
    SessionKind,
    StepUp,
    TotpOffer,
    Visit,
)
from quid.identity.types.graph import Tie, TieRow
from quid.identity.types.passkeys import MakeOptions, SignOptions
from quid.kit import ids
from quid.kit.roles import Role

__all__ = [
    "NOWHERE",
    "MakeOptions",
    "Method",
    "MethodName",
    "OpenSession",
    "OwnPasskey",
    "PasskeyAdded",
    "PasskeyAnswer",
    "PasskeyAsked",
    "PasskeyOffered",
    "Proof",
    "Proven",
    "Recovery",
    "Renewed",
    "SecurityEvent",
    "SecurityKind",
    "SessionKind",
    "SignOptions",
    "StepUp",
    "Tie",
    "TieRow",
    "TotpOffer",
    "Visit",
]

Visibility = Literal["private", "friends", "public"]
FriendListSeenBy = Literal["me", "friends", "public"]
WhoMayRequest = Literal["anyone", "known", "friends", "nobody"]


class FreezeScope(StrEnum):
    """What a frozen person may not do. `ALL`: nothing moves, and payers find nobody."""

    SEND = "send"
    WITHDRAW = "withdraw"
    ALL = "all"


class FreezeReason(StrEnum):
    """The class of reason that the person is told."""

    SECURITY = "security"
    OWED = "owed"
    LEGAL = "legal"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone's own view of themselves, without any secret."""

    id: UUID
    handle: str
    display_name: str
    email: str
    phone: str | None
    tier: int
    default_visibility: str
    show_amount: bool
    locale: str
    timezone: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """What anybody signed in may know of a person."""

    id: UUID
    handle: str
    display_name: str
    created_at: datetime


def avatar_seed(user_id: UUID) -> str:
    """Give what a generated picture is drawn from: equal everywhere, and not the id."""
    return hashlib.sha256(b"avatar" + user_id.bytes).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class SeenCard:
    """A card as one viewer sees it: how near they are. `mutual_friends`: friends of both."""

    id: UUID
    handle: str
    display_name: str
    created_at: datetime
    is_friend: bool
    mutual_friends: int


@dataclass(frozen=True, slots=True)
class FriendRow:
    """Someone, what they are to the person who looks, by whose act, and since when."""

    id: UUID
    handle: str
    display_name: str
    created_at: datetime
    is_friend: bool
    mutual_friends: int
    state: str
    is_asked_by_me: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Privacy:
    """What others may see of a person and ask of them."""

    default_visibility: Visibility
    show_amount: bool
    friend_list: FriendListSeenBy
    findable_by_email: bool
    findable_by_phone: bool
    who_may_request: WhoMayRequest
    reminders: bool


@dataclass(frozen=True, slots=True)
class PrivacyChange:
    """What a person changes of it; None stays as it is."""

    default_visibility: Visibility | None = None
    show_amount: bool | None = None
    friend_list: FriendListSeenBy | None = None
    findable_by_email: bool | None = None
    findable_by_phone: bool | None = None
    who_may_request: WhoMayRequest | None = None
    reminders: bool | None = None


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What a person changes about themselves, as typed; None stays as it is."""

    display_name: str | None = None
    handle: str | None = None
    locale: str | None = None
    timezone: str | None = None


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Standing:
    """All that a payment must know of its two people and its session, in one row.

    Of an unknown person the texts are empty. `payer_freeze_scope` is `send` or `all`, or None.
    `is_payee_open`: known, and not frozen for everything; else the payee reads as not there.
    `is_blocked`: one of the two refuses the other. `payer_since`: when the payer joined.
    """

    is_session_live: bool
    is_payer_known: bool
    payer_tier: int
    payer_handle: str
    payer_display_name: str
    payer_default_visibility: Visibility
    payer_show_amount: bool
    payer_freeze_scope: str | None
    payer_freeze_reason: str | None
    is_payee_open: bool
    payee_handle: str
    payee_display_name: str
    payee_default_visibility: Visibility
    payee_show_amount: bool
    is_blocked: bool
    payer_since: datetime


@dataclass(frozen=True, slots=True)
class Freeze:
    """One thing that a person may not do for now.

    `is_own`: their own lock, or their recovery's, which nobody reviews; `lifts_at`: time opens it.
    """

    id: UUID
    user_id: UUID
    scope: str
    reason_class: str
    text: str
    review_on: date
    frozen_by: str
    frozen_at: datetime
    is_own: bool
    lifts_at: datetime | None


@dataclass(frozen=True, slots=True)
class FreezeRow:
    """A freeze as operators see it, lifted or not. `is_own`: the person's own lock."""

    id: UUID
    scope: str
    reason_class: str
    text: str
    review_on: date
    frozen_by: str
    frozen_at: datetime
    is_own: bool
    lifted_by: str | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator. `is_ready`: has a password of their own; `has_factor`: an authenticator app."""

    id: UUID
    handle: str
    display_name: str
    role: Role
    linked_user_id: UUID | None
    invited_by: str
    invited_at: datetime
    disabled_at: datetime | None
    is_ready: bool
    has_factor: bool

    @property
    def shown(self) -> str:
        """The id as the outside sees it, and as the audit log names the actor."""
        return ids.show("usr", self.id)

    @property
    def state(self) -> str:
        """Where they stand on the way in and out."""
        if self.disabled_at is not None:
            return "disabled"
        return "active" if self.is_ready and self.has_factor else "invited"


@dataclass(frozen=True, slots=True)
class Invite:
    """The command that makes an operator. `linked_handle`: who they are in private life."""

    handle: str
    display_name: str
    email: str
    role: Role
    linked_handle: str | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """What a reveal tells of a person, who stands masked elsewhere."""

    email: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Someone to add. `password_hash` is a PHC string; the id carries the bucket.

    `joined_at`: when they joined, where that is not now (demo people have been here for a while).
    """

    id: UUID
    handle: str
    display_name: str
    email: str
    password_hash: str
    tier: int = 0
    default_visibility: Visibility = "friends"
    show_amount: bool = False
    locale: str = "en"
    timezone: str = "UTC"
    is_operator: bool = False
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignUp:
    """The command of a sign-up, as typed. `ticket` proves the e-mail."""

    ticket: str
    display_name: str
    handle: str
    password: str
    default_visibility: Visibility = "friends"
    locale: str = "en"
    timezone: str = "UTC"
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class FreezePerson:
    """The command of an operator who freezes a person."""

    user_id: UUID
    scope: FreezeScope
    reason_class: FreezeReason
    text: str
    review_on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new browser session: the secret for the cookie, told once.

    Units: `life_seconds` is None for a cookie that ends with the browser.
    """

    person: Person
    session_id: UUID
    token: str
    life_seconds: int | None
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class ApiTokens:
    """A pair for an API client. Units: `expires_in` in seconds, of the access token."""

    session_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to an identifier; it depends on the shape of the identifier alone."""

    challenge_id: UUID | None
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to sign up with a proven e-mail, told once, for 30 minutes."""

    text: str


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of the local mailbox, with its time."""

    at: datetime
    to: str
    subject: str
    text: str
