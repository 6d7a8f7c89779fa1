"""A quote: what a payment would cost and whether it would be taken, before anything is sent.

A question: it holds nothing and promises nothing. What it refuses, the payment would refuse.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.identity import queries as people
from quid.identity.types import Standing
from quid.kit import db, runtime
from quid.kit.errors import NotFound
from quid.kit.money import Money
from quid.payments import errors, queries, rules
from quid.payments.service import answers, frozen, holding
from quid.payments.service.wallets import CURRENCY, ensure_wallets
from quid.payments.types import (
    Lands,
    LimitView,
    QuoteLimits,
    QuoteLine,
    QuoteView,
    State,
    Visibility,
    Warned,
)
from quid.risk import queries as risk
from quid.risk.types import Facts

_SIMILAR_FOR: Final = timedelta(minutes=10)
_BALANCE: Final = "Quid balance"
_UNSENT: Final = UUID(int=0)  # no rule looks at the id
_LANDS: Final[dict[State | None, Lands]] = {
    None: "now",
    State.CHALLENGED: "after_proof",
    State.IN_REVIEW: "after_review",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody thinks of paying. Amount in minor units of USD."""

    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    visibility: Visibility | None


async def quote(asked: Quote, *, now: datetime) -> QuoteView:
    """Question: tell cost, limits, audience and warnings of a payment.

    Raises: InvalidRecipient, RecipientNotFound, AccountFrozen, VerificationRequired,
    PaymentTooLarge, DailyLimitExceeded, WeeklyLimitExceeded, InsufficientFunds.
    """
    if asked.payee_id == asked.payer_id:
        raise errors.InvalidRecipient(field="payee_id")
    await ensure_wallets([asked.payer_id], now=now)
    async with runtime.part(db.Database).read() as conn:
        standing = await _standing(conn, asked, now=now)
        limits = await _limits(conn, asked, standing, now=now)
        balance = await queries.balance(conn, asked.payer_id, currency=CURRENCY)
        if balance is None:
            raise NotFound
        if balance.available < asked.amount_minor:
            amount = Money(asked.amount_minor, CURRENCY).text()
            raise errors.InsufficientFunds(
                f"Not enough to cover {amount}. Nothing was sent. Add money.", field="amount"
            )
        known = await queries.similar(
            conn,
            payer_id=asked.payer_id,
            payee_id=asked.payee_id,
            amount_minor=asked.amount_minor,
            since=now - _SIMILAR_FOR,
        )
        facts = Facts(
            _UNSENT, asked.payer_id, standing.payer_since, asked.amount_minor, CURRENCY, 0
        )
        waits = await holding.outlook(conn, facts, now=now)
    warnings: list[Warned] = []
    if known.is_similar:
        warnings.append("SIMILAR_RECENT")
    if known.is_new:
        warnings.append("NEW_PAYEE")
    wish = asked.visibility or standing.payer_default_visibility
    return QuoteView(
        lines=[QuoteLine("balance", None, _BALANCE, asked.amount_minor, 0)],
        fee=0,
        total=asked.amount_minor,
        currency=CURRENCY,
        lands=_LANDS[waits],
        limits=limits,
        audience=rules.stricter(wish, standing.payee_default_visibility),
        warnings=warnings,
    )


async def _standing(conn: db.Conn, asked: Quote, *, now: datetime) -> Standing:
    [standing] = await people.standings(
        conn, payer_ids=[asked.payer_id], session_ids=[None], payee_ids=[asked.payee_id], now=now
    )
    refusal = answers.refusal_of_standing(standing)
    if refusal is not None:
        await frozen.explain(conn, [(asked.payer_id, refusal)])
        raise refusal
    return standing


async def _limits(conn: db.Conn, asked: Quote, standing: Standing, *, now: datetime) -> QuoteLimits:
    """Say what may still be sent. Raises: what the payment would be refused with."""
    tier, amount = standing.payer_tier, asked.amount_minor
    [policy] = await risk.policies(conn, [(asked.payer_id, tier)], currency=CURRENCY, now=now)
    too_large = policy.refuse(amount)
    if too_large is not None:
        raise too_large
    meters = await risk.meters(conn, asked.payer_id, tier, currency=CURRENCY, now=now)
    for tag, metered in ((risk.DAY_TAG, meters.day), (risk.WEEK_TAG, meters.week)):
        cap = metered.cap
        is_often = cap.max_count is not None and metered.count >= cap.max_count
        if is_often or metered.used_minor + amount > cap.max_minor:
            used = metered.used_minor
            over = answers.Over(tag, cap.max_minor, used, metered.resets_at, amount)
            raise answers.over_limit(over, CURRENCY)
    return QuoteLimits(
        per_payment=meters.limits.payment_minor, day=_shown(meters.day), week=_shown(meters.week)
    )


def _shown(metered: risk.Metered) -> LimitView:
    limit, used = metered.cap.max_minor, metered.used_minor
    return LimitView(limit, used, max(0, limit - used), metered.resets_at)
