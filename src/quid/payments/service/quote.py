"""A quote: what a payment would cost and whether it would be taken, before anything is sent.

A question: it holds nothing and promises nothing. What it refuses, the payment would refuse.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.funding import service as funding
from quid.funding.types import Line, Plan, Want
from quid.identity import queries as people
from quid.identity.types import Standing
from quid.kit import db, ids, runtime
from quid.kit.errors import NotFound
from quid.kit.money import MINOR_MAX as AMOUNT_MAX
from quid.payments import errors, queries, rules
from quid.payments.service import answers, frozen, holding
from quid.payments.service.outside import may_advance, quotes, require_plan
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
    source_id: UUID | None = None
    is_balance: bool = False


async def quote(asked: Quote, *, now: datetime) -> QuoteView:
    """Question: tell cost, limits, audience and warnings of a payment.

    Raises: InvalidRecipient, RecipientNotFound, AccountFrozen, VerificationRequired,
    PaymentTooLarge, DailyLimitExceeded, WeeklyLimitExceeded, InsufficientFunds,
    PaymentMethodInvalid, ExternalServiceError, NotFound.
    """
    if asked.payee_id == asked.payer_id:
        raise errors.InvalidRecipient(field="payee_id")
    await ensure_wallets([asked.payer_id], now=now)
    async with runtime.part(db.Database).read() as conn:
        standing = await _standing(conn, asked, now=now)
        limits = await _limits(conn, asked, standing, now=now)
        plan = await _plan(conn, asked, standing, now=now)
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
    token, expires_at = quotes.write(
        plan.lines,
        payer_id=asked.payer_id,
        payee_id=asked.payee_id,
        amount_minor=asked.amount_minor,
        now=now,
    )
    return QuoteView(
        quote_token=token,
        expires_at=expires_at,
        lines=[_line(line) for line in plan.lines],
        fee=plan.fee,
        total=asked.amount_minor + plan.fee,
        currency=CURRENCY,
        lands=_LANDS[waits] if waits or plan.is_instant else "later",
        lands_on=plan.lands_on,
        limits=limits,
        audience=rules.stricter(wish, standing.payee_default_visibility),
        warnings=warnings,
    )


async def _plan(conn: db.Conn, asked: Quote, standing: Standing, *, now: datetime) -> Plan:
    """Cover the amount, at whatever fee. Raises: what the payment would be refused with."""
    payer = asked.payer_id
    balance = await queries.balance(conn, payer, currency=CURRENCY, now=now)
    if balance is None:
        raise NotFound
    if balance.owed:
        raise answers.owing(balance.owed, CURRENCY)
    meters = await risk.meters(conn, payer, standing.payer_tier, currency=CURRENCY, now=now)
    taken = meters.bank.into if meters.bank else None
    want = Want(
        payer,
        asked.amount_minor,
        balance.available,
        asked.source_id,
        asked.is_balance,
        accepted_fee=None if asked.source_id else AMOUNT_MAX,
        bank_left=max(0, taken.cap.max_minor - taken.used_minor) if taken else 0,
    )
    [plan] = await funding.plan(conn, [want], now=now)
    require_plan(plan, None, amount_minor=asked.amount_minor)
    outside = next((line for line in plan.lines if line.kind == "bank"), None)
    if outside is not None and await may_advance(conn, payer, outside, standing, now=now):
        return plan._replace(lands_on=None, is_instant=True)
    return plan


def _line(line: Line) -> QuoteLine:
    source = ids.show("fs", line.source_id) if line.source_id else None
    return QuoteLine(line.kind, source, line.label, line.cents, line.fee)


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
