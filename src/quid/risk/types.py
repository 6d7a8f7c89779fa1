"""Limits as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
