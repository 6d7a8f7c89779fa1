"""The wire of limits."""

from datetime import datetime

from pydantic import BaseModel, Field

from quid.risk.queries import BankMeters, Metered, Meters
from quid.risk.types import TierLimits


class WindowAnswer(BaseModel):
    """A rolling window. Amounts in minor units."""

    limit: int
    used: int
    left: int
    count: int = Field(description="transfers counted in the window")
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


class CreditAnswer(BaseModel):
    """What we lend until a bank's money has settled. Amounts in minor units."""

    limit: int
    used: int
    left: int


class BankAnswer(BaseModel):
    """From and to banks and cards, each in rolling 7 days. Amounts in minor units."""

    money_in: WindowAnswer
    money_out: WindowAnswer
    per_withdrawal: int
    credit: CreditAnswer

    @classmethod
    def of(cls, bank: BankMeters) -> "BankAnswer":
        """Show it."""
        limit, used = bank.credit_minor, bank.advanced_minor
        return cls(
            money_in=WindowAnswer.of(bank.into),
            money_out=WindowAnswer.of(bank.out),
            per_withdrawal=bank.out_each_minor,
            credit=CreditAnswer(limit=limit, used=used, left=max(0, limit - used)),
        )


class LimitsAnswer(BaseModel):
    """What the caller may send, and has sent; what may come from banks and go to them.

    Amounts in minor units of `currency`.
    """

    tier: int
    currency: str
    per_payment: int
    day: WindowAnswer
    week: WindowAnswer
    next_tier: NextTier | None
    bank: BankAnswer | None = Field(description="null: no banks in this currency")

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
            bank=BankAnswer.of(meters.bank) if meters.bank else None,
        )
