"""Limits, rules and decisions as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID


class Window(StrEnum):
    """What a limit bounds: one payment, those of the last 24 hours, of the last 7 days.

    From and to banks: what came and what went in the last 7 days, what goes at once, and what is
    advanced and not yet settled.
    """

    PAYMENT = "payment"
    DAY = "day"
    WEEK = "week"
    BANK_IN = "bank_in"
    BANK_OUT = "bank_out"
    BANK_OUT_EACH = "bank_out_each"
    BANK_CREDIT = "bank_credit"


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
class BankCaps:
    """What may come from and go to banks in 7 days, and how. Units: minor units.

    `out_each_minor` bounds each single withdrawal, `credit_minor` what is advanced at a time.
    """

    in_week: Cap
    out_week: Cap
    out_each_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class TierLimits:
    """The limits of one tier. `payment_minor` bounds each single payment.

    `bank` None = in this currency no bank takes part.
    """

    tier: int
    payment_minor: int
    day: Cap
    week: Cap
    bank: BankCaps | None = None


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


class CreditFacts(NamedTuple):
    """What is handed in about a pull whose money is wanted before it settles.

    Units: `amount_minor` minor units. `tier` and `payer_since` from identity, the rest from
    funding: since when the source is verified, how many pulls of the payer have settled, when the
    latest of any came back (None = never). `score` is that of the payment's decision; 0 = approved.
    """

    user_id: UUID
    tier: int
    payer_since: datetime
    verified_at: datetime | None
    settled_pulls: int
    returned_at: datetime | None
    amount_minor: int
    score: int = 0


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
