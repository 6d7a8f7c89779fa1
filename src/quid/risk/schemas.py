"""The wire of limits."""

from datetime import datetime

from pydantic import BaseModel, Field

from quid.risk.queries import Metered, Meters
from quid.risk.types import TierLimits


class WindowAnswer(BaseModel):
    """A rolling window. Amounts in minor units."""

    limit: int
    used: int
    left: int
    count: int = Field(description="payments counted in the window")
    max_count: int | None = Field(description="null: any number")
    resets_at: datetime | None = Field(description="when the oldest part counts no more")

    @classmethod
    def of(cls, window: Metered) -> "WindowAnswer":
        """Show it."""
        limit = window.cap.max_minor
        return cls(
            limit=limit,
            used=window.used_minor,
            left=max(0, limit - window.used_minor),
            count=window.count,
            max_count=window.cap.max_count,
            resets_at=window.resets_at,
        )


class NextTier(BaseModel):
    """What the next tier may send. Amounts in minor units."""

    tier: int
    per_payment: int
    day: int
    week: int

    @classmethod
    def of(cls, limits: TierLimits) -> "NextTier":
        """Show it."""
        return cls(
            tier=limits.tier,
            per_payment=limits.payment_minor,
            day=limits.day.max_minor,
            week=limits.week.max_minor,
        )


class LimitsAnswer(BaseModel):
    """What the caller may send, and has sent. Amounts in minor units of `currency`."""

    tier: int
    currency: str
    per_payment: int
    day: WindowAnswer
    week: WindowAnswer
    next_tier: NextTier | None

    @classmethod
    def of(cls, meters: Meters) -> "LimitsAnswer":
        """Show it."""
        limits = meters.limits
        return cls(
            tier=limits.tier,
            currency=meters.currency,
            per_payment=limits.payment_minor,
            day=WindowAnswer.of(meters.day),
            week=WindowAnswer.of(meters.week),
            next_tier=NextTier.of(meters.next_tier) if meters.next_tier else None,
        )
