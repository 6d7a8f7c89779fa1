"""Disputes as values: states, rows, commands; and what of them goes over the wire."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Literal, NamedTuple
from uuid import UUID

from quid.kit.once import Key

ReportClaim = Literal[
    "unauthorized", "scam", "wrong_person", "wrong_amount", "duplicate", "not_as_agreed", "other"
]
Claim = ReportClaim | Literal["hold", "rejected"]
Change = Literal["opened", "needs_info", "informed", "won", "lost", "withdrawn"]
Outcome = Literal["won", "lost"]
SaidBy = Literal["user", "team"]
StateName = Literal["OPEN", "NEEDS_INFO", "UNDER_REVIEW", "WON", "LOST", "WITHDRAWN"]


class State(IntEnum):
    """Where a dispute stands; below 40 it is open.

    NEEDS_INFO: we have asked, and its person is to answer. UNDER_REVIEW: they have. WON: decided as
    they wished. LOST: not so. WITHDRAWN: they took it back.
    """

    OPEN = 10
    NEEDS_INFO = 20
    UNDER_REVIEW = 30
    WON = 40
    LOST = 50
    WITHDRAWN = 60


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A row of `disputes.dispute`: of a payment, or of a hold (`freeze_id`)."""

    id: UUID
    opened_by: UUID
    claim: str
    payment_id: UUID | None
    freeze_id: UUID | None
    state: int
    opened_at: datetime
    answer_on: date
    at_latest_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row of `disputes.message`."""

    id: UUID
    dispute_id: UUID
    said_by: str
    text: str
    at: datetime


class Dispute(NamedTuple):
    """A dispute with what was said of it, in order."""

    row: DisputeRow
    messages: list[MessageRow]


@dataclass(frozen=True, slots=True)
class Open:
    """The command of a person: report a payment, or appeal. `subject_id`: the payment or hold."""

    id: UUID
    key: Key
    opened_by: UUID
    claim: Claim
    subject_id: UUID
    text: str


class Promise(NamedTuple):
    """By which day a dispute is answered, and by which day it is decided if that takes longer."""

    answer_on: date
    at_latest_on: date | None


@dataclass(slots=True)
class MessageView:
    """What was said, and by whom: `user` is the person, `team` is us."""

    by: SaidBy
    text: str
    at: datetime


@dataclass(slots=True)
class DisputeCanView:
    """What its person may do with it now."""

    answer: bool
    withdraw: bool


@dataclass(slots=True)
class DisputeView:
    """A report of a payment, or an appeal, as its person sees it.

    `claim`: `hold` is an appeal against a hold and has `hold_id`; all others have `payment_id`, and
    of them `rejected` is an appeal against a payment that we stopped. `answer_on`: the day by which
    we answer, in New York; `at_latest_on`: the day by which we decide if we need longer, null for
    an appeal. `messages`: the first is what was reported.
    """

    id: str
    state: StateName
    claim: Claim
    payment_id: str | None
    hold_id: str | None
    opened_at: datetime
    answer_on: date
    at_latest_on: date | None
    ended_at: datetime | None
    messages: list[MessageView]
    can: DisputeCanView


@dataclass(slots=True)
class DisputesPage:
    """A page of disputes of one person, the latest first."""

    items: list[DisputeView]
    next_cursor: str | None


@dataclass(slots=True)
class OpsDisputeView:
    """A dispute as operators see it: without names. `user_id`: who opened it."""

    id: str
    state: StateName
    claim: Claim
    user_id: str
    payment_id: str | None
    hold_id: str | None
    opened_at: datetime
    answer_on: date
    at_latest_on: date | None
    ended_at: datetime | None
    messages: list[MessageView]


@dataclass(slots=True)
class OpsDisputesPage:
    """Disputes that are open, the oldest first."""

    items: list[OpsDisputeView]
    next_cursor: str | None
