"""What a person may send, and the rules in force: read from memory on the way of a payment.

Policy, rules and standing overrides are few rows that change by an operator's hand, so each process
keeps all of them and reads them anew every 30 s: a payment pays no round trip for them. Who must
be stopped at once is frozen (`identity`), which holds from the next batch.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.errors import Refusal
from quid.kit.money import Money
from quid.ledger import queries as ledger
from quid.ledger.types import Check, Kind, Meter
from quid.risk import rules
from quid.risk.errors import CurrencyNotOffered, PaymentTooLarge, VerificationRequired
from quid.risk.types import (
    BankCaps,
    Cap,
    CreditFacts,
    DecisionRow,
    OverrideRow,
    PolicyRow,
    RuleRow,
    TierLimits,
)

DAY_TAG: Final = "DAILY_LIMIT_EXCEEDED"
WEEK_TAG: Final = "WEEKLY_LIMIT_EXCEEDED"
WINDOW: Final = rules.HOUR
_FRESH_FOR: Final = timedelta(seconds=30)
_SQL: Final = db.sql("quid.risk", "queries")
_POLICY: Final = _SQL.rows("policy", PolicyRow)
_OVERRIDES: Final = _SQL.rows("overrides", OverrideRow)
_RULES: Final = _SQL.rows("rules", RuleRow)
_DECISIONS: Final = _SQL.rows("decisions", DecisionRow)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may send in one currency."""

    limits: TierLimits
    tiers: rules.Tiers
    currency: str

    def refuse(self, amount_minor: int) -> Refusal | None:
        """Judge the size of a single payment. Units: minor units."""
        bound = self.limits.payment_minor
        if amount_minor <= bound:
            return None
        most = Money(bound, self.currency).text()
        next_tier = rules.tier_that_allows(self.tiers, self.limits.tier, amount_minor)
        if next_tier is None:
            return PaymentTooLarge(
                f"You can send at most {most} at once. Nothing was sent.", field="amount"
            )
        return VerificationRequired(
            f"You can send at most {most} at once until you verify more about yourself. "
            "Nothing was sent.",
            extra={"limit": bound, "next_tier": next_tier},
        )

    def of(self, account: int) -> tuple[Check, ...]:
        """Give the checks that the ledger counts under the lock of the payer's account."""
        day, week = self.limits.day, self.limits.week
        return (
            Check(account, Meter.SEND_24H, day.max_minor, day.max_count, DAY_TAG),
            Check(account, Meter.SEND_7D, week.max_minor, week.max_count, WEEK_TAG),
        )


@dataclass(frozen=True, slots=True)
class BankLimits:
    """What one person may move from and to banks and cards in one currency."""

    caps: BankCaps
    currency: str

    @property
    def credit_minor(self) -> int:
        """What may be advanced at a time: the floor of the advance account, negated."""
        return self.caps.credit_minor

    def in_checks(self, account: int) -> tuple[Check, ...]:
        """Count a pull on the person's wallet, wherever its money goes first."""
        week = self.caps.in_week
        return (Check(account, Meter.BANK_IN_7D, week.max_minor, week.max_count, WEEK_TAG),)

    def out_checks(self, account: int) -> tuple[Check, ...]:
        """Count a withdrawal on the person's wallet."""
        week = self.caps.out_week
        return (Check(account, Meter.BANK_OUT_7D, week.max_minor, week.max_count, WEEK_TAG),)

    def refuse_out(self, amount_minor: int) -> Refusal | None:
        """Judge the size of a single withdrawal. Units: minor units."""
        if amount_minor <= self.caps.out_each_minor:
            return None
        most = Money(self.caps.out_each_minor, self.currency).text()
        return PaymentTooLarge(
            f"You can withdraw at most {most} at once. No money was moved.", field="amount"
        )


@dataclass(frozen=True, slots=True)
class Metered:
    """A limit in a window and what counts towards it. `resets_at`: when the oldest part ends.

    Units: minor units.
    """

    cap: Cap
    used_minor: int
    count: int
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class BankMeters:
    """What one person may move from and to banks, and has moved; what is advanced of it.

    Units: minor units.
    """

    into: Metered
    out: Metered
    out_each_minor: int
    credit_minor: int
    advanced_minor: int


@dataclass(frozen=True, slots=True)
class Meters:
    """What one person may send and has sent; `next_tier` is what more about them would allow."""

    limits: TierLimits
    currency: str
    day: Metered
    week: Metered
    next_tier: TierLimits | None
    bank: BankMeters | None


@dataclass(slots=True)
class LimitBook:
    """All policy and overrides as this process knows them (a part of the runtime)."""

    read_at: datetime | None = None
    by_tier: dict[str, tuple[Limits, ...]] = field(default_factory=dict)
    own: dict[tuple[UUID, str], list[OverrideRow]] = field(default_factory=dict)

    def is_fresh(self, *, now: datetime) -> bool:
        """Whether it was read less than 30 s before `now`."""
        return self.read_at is not None and abs(now - self.read_at) < _FRESH_FOR

    def forget(self) -> None:
        """Read anew before the next answer: something was changed here."""
        self.read_at = None

    async def read(self, conn: db.Conn, *, now: datetime) -> None:
        """Read both tables. Raises: ValueError for a policy with a hole."""
        by_currency = rules.tiers(await _POLICY.all(conn, now))
        own: dict[tuple[UUID, str], list[OverrideRow]] = defaultdict(list)
        for row in await _OVERRIDES.all(conn, now):
            own[row.user_id, row.currency].append(row)
        self.by_tier = {
            currency: tuple(Limits(t, tiers, currency) for t in tiers)
            for currency, tiers in by_currency.items()
        }
        self.own, self.read_at = dict(own), now


@dataclass(slots=True)
class RuleBook:
    """The rules in force as this process knows them (a part of the runtime)."""

    read_at: datetime | None = None
    in_force: rules.Ruleset = field(default_factory=lambda: rules.ruleset([]))

    async def current(self, conn: db.Conn, *, now: datetime) -> rules.Ruleset:
        """Give the rules, read anew after 30 s. Raises: ValueError for a rule with a hole."""
        if self.read_at is None or abs(now - self.read_at) >= _FRESH_FOR:
            self.in_force = rules.ruleset(await _RULES.all(conn, now))
            self.read_at = now
        return self.in_force


async def ruleset(conn: db.Conn, *, now: datetime) -> rules.Ruleset:
    """Give the rules in force: what they compare with says which facts they need."""
    return await runtime.part(RuleBook).current(conn, now=now)


async def policies(
    conn: db.Conn, people: Sequence[tuple[UUID, int]], *, currency: str, now: datetime
) -> list[Limits]:
    """Give what each (person, tier) may send, in order.

    Raises: CurrencyNotOffered.
    """
    by_tier = await offered(conn, currency, now=now)
    book = runtime.part(LimitBook)
    if not book.own:
        return [by_tier[tier] for _, tier in people]
    return [_of(book, by_tier[tier], user_id, now) for user_id, tier in people]


async def meters(
    conn: db.Conn, user_id: UUID, tier: int, *, currency: str, now: datetime
) -> Meters:
    """Say what a person may send and has sent, as the ledger counts it.

    Raises: CurrencyNotOffered.
    """
    [own] = await policies(conn, [(user_id, tier)], currency=currency, now=now)
    accounts = await ledger.owned(conn, user_id, currency)
    wallets = [a.id for a in accounts if a.kind == Kind.WALLET]
    advanced = -sum(a.net for a in accounts if a.kind == Kind.ADVANCE)
    used = await ledger.used(conn, wallets, now=now)

    def metered(meter: Meter, cap: Cap) -> Metered:
        known = used.get((wallets[0], meter)) if wallets else None
        if known is None:
            return Metered(cap, 0, 0, None)
        return Metered(cap, known.minor, known.n, known.resets_at)

    return Meters(
        limits=own.limits,
        currency=currency,
        day=metered(Meter.SEND_24H, own.limits.day),
        week=metered(Meter.SEND_7D, own.limits.week),
        next_tier=next((t for t in own.tiers if t.tier > tier), None),
        bank=BankMeters(
            metered(Meter.BANK_IN_7D, bank.in_week),
            metered(Meter.BANK_OUT_7D, bank.out_week),
            bank.out_each_minor,
            bank.credit_minor,
            advanced,
        )
        if (bank := own.limits.bank)
        else None,
    )


async def bank_limits(
    conn: db.Conn, user_id: UUID, tier: int, *, currency: str, now: datetime
) -> BankLimits:
    """Give what a person may move from and to banks and cards. Raises: CurrencyNotOffered."""
    [own] = await policies(conn, [(user_id, tier)], currency=currency, now=now)
    if own.limits.bank is None:
        raise CurrencyNotOffered(field="currency")
    return BankLimits(own.limits.bank, currency)


async def instant_credit(
    conn: db.Conn, facts: Sequence[CreditFacts], *, currency: str, now: datetime
) -> list[bool]:
    """Say of each pull whether its money may be given before it settles, in order.

    Of several pulls of one payer each counts what those before it take. What is said here is
    kept by the floor of the advance account, under its lock. Raises: CurrencyNotOffered.
    """
    payers = [(f.user_id, f.tier) for f in facts]
    limits = await policies(conn, payers, currency=currency, now=now)
    open_ = await ledger.nets(conn, {f.user_id for f in facts}, [Kind.ADVANCE], currency=currency)
    advanced = {user_id: -net for (user_id, _), net in open_.items()}
    granted = []
    for fact, own in zip(facts, limits, strict=True):
        room = own.limits.bank.credit_minor if own.limits.bank else 0
        room -= advanced.get(fact.user_id, 0)
        granted.append(rules.may_advance(fact, room_minor=room, now=now))
        if granted[-1]:
            advanced[fact.user_id] = advanced.get(fact.user_id, 0) + fact.amount_minor
    return granted


async def offered(conn: db.Conn, currency: str, *, now: datetime) -> tuple[Limits, ...]:
    """Give the limits of each tier, lowest first. Raises: CurrencyNotOffered."""
    book = runtime.part(LimitBook)
    if not book.is_fresh(now=now):
        await book.read(conn, now=now)
    by_tier = book.by_tier.get(currency)
    if by_tier is None:
        raise CurrencyNotOffered(field="currency")
    return by_tier


def _of(book: LimitBook, base: Limits, user_id: UUID, now: datetime) -> Limits:
    rows = book.own.get((user_id, base.currency))
    if not rows:
        return base
    own = rules.overridden(base.limits, [r for r in rows if r.expires_at > now])
    return Limits(own, base.tiers, base.currency)


async def decisions(conn: db.Conn, payment_ids: Sequence[UUID]) -> dict[UUID, DecisionRow]:
    """Tell why payments were held back; one that was let through is left out."""
    return {d.id: d for d in await _DECISIONS.all(conn, payment_ids)}
