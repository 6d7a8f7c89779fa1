"""Limits, rules and decisions as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID


class Window(StrEnum):
    """What a limit is counted over: one payment, the last 24 hours, the last 7 days."""

    PAYMENT = "payment"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One limit of a tier. Units: minor units of `currency`; `max_count` None = any number."""

    currency: str
    version: int
    tier: int
    window: str
    max_minor: int
    max_count: int | None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One person's limit in place of the tier's. `max_count` None keeps the tier's number."""

    user_id: UUID
    currency: str
    window: str
    max_minor: int
    max_count: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Cap:
    """How much and how many in a window. Units: minor units; None = any number."""

    max_minor: int
    max_count: int | None


@dataclass(frozen=True, slots=True)
class TierLimits:
    """The limits of one tier. `payment_minor` bounds each single payment."""

    tier: int
    payment_minor: int
    day: Cap
    week: Cap


@dataclass(frozen=True, slots=True)
class SetLimit:
    """The command of an operator who gives one person another limit. Units: minor units."""

    user_id: UUID
    window: Window
    max_minor: int
    max_count: int | None
    currency: str
    expires_at: datetime
    reason: str
    by: str


# --- what a payment is judged by ---------------------------------------------------------------


class Action(IntEnum):
    """What a payment needs before its money moves."""

    APPROVE = 0
    CHALLENGE = 1
    REVIEW = 2


class Reason(StrEnum):
    """What a payer may be told; which rule it was, and its score, stay inside."""

    UNUSUAL_PAYMENT = "unusual_payment"
    TOO_MANY_PAYMENTS = "too_many_payments"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of the version in force. Units: minor units of `currency`; seconds.

    Of R1 `above_minor`, `currency` and `younger_than_seconds` are given, of R2 `more_than`.
    """

    version: int
    id: str
    is_live: bool
    floor: int
    above_minor: int | None
    currency: str | None
    younger_than_seconds: int | None
    more_than: int | None


class Facts(NamedTuple):
    """What is handed in about one payment. Units: minor units of `currency`.

    `sent_before` counts the payer's earlier payments of the last hour, without refused ones.
    """

    payment_id: UUID
    payer_id: UUID
    payer_since: datetime
    amount_minor: int
    currency: str
    sent_before: int


class Decision(NamedTuple):
    """What came of it. `rules` are the ids of those that fit, the strongest reason first."""

    action: Action
    score: int
    rules: tuple[str, ...]
    reason: Reason | None
    ruleset_version: int


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Why a payment was held back, as it was written down. `id` is the payment."""

    id: UUID
    at: datetime
    score: int
    rules: list[str]
    ruleset_version: int
    payer_since: datetime
    sent_before: int
