"""From rows of policy to the limits of a person, and to what a payment needs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from quid.risk.types import (
    Action,
    BankCaps,
    Cap,
    CreditFacts,
    Decision,
    Facts,
    OverrideRow,
    PolicyRow,
    Reason,
    RuleRow,
    TierLimits,
    Window,
)

Tiers = tuple[TierLimits, ...]
_BANK: Final = (Window.BANK_IN, Window.BANK_OUT, Window.BANK_OUT_EACH, Window.BANK_CREDIT)


def tiers(rows: Iterable[PolicyRow]) -> dict[str, Tiers]:
    """Gather the rows in force into tiers, lowest first, by currency.

    Raises: ValueError for a policy with a hole, which would be a person without a limit.
    """
    grouped: dict[str, dict[int, dict[str, Cap]]] = {}
    for row in rows:
        windows = grouped.setdefault(row.currency, {}).setdefault(row.tier, {})
        windows[row.window] = Cap(row.max_minor, row.max_count)
    return {
        currency: tuple(_tier(currency, tier, by_tier.get(tier, {})) for tier in (0, 1, 2))
        for currency, by_tier in grouped.items()
    }


def _tier(currency: str, tier: int, windows: dict[str, Cap]) -> TierLimits:
    is_banked = any(w in windows for w in _BANK)
    needed = [w for w in Window if is_banked or w not in _BANK]
    missing = [w.value for w in needed if w not in windows]
    if missing:
        raise ValueError(f"limit policy {currency}: tier {tier} has no {', '.join(missing)}")
    bank = (
        BankCaps(
            windows[Window.BANK_IN],
            windows[Window.BANK_OUT],
            windows[Window.BANK_OUT_EACH].max_minor,
            windows[Window.BANK_CREDIT].max_minor,
        )
        if is_banked
        else None
    )
    payment = windows[Window.PAYMENT].max_minor
    return TierLimits(tier, payment, windows[Window.DAY], windows[Window.WEEK], bank)


def overridden(limits: TierLimits, own: Iterable[OverrideRow]) -> TierLimits:
    """Put one person's own limits in place of the tier's."""
    for row in own:
        if row.window == Window.DAY:
            limits = replace(limits, day=_cap(row, limits.day))
        if row.window == Window.WEEK:
            limits = replace(limits, week=_cap(row, limits.week))
        if limits.bank is not None and row.window == Window.BANK_IN:
            own_in = _cap(row, limits.bank.in_week)
            limits = replace(limits, bank=replace(limits.bank, in_week=own_in))
        if limits.bank is not None and row.window == Window.BANK_OUT:
            own_out = _cap(row, limits.bank.out_week)
            limits = replace(limits, bank=replace(limits.bank, out_week=own_out))
    return limits


def _cap(own: OverrideRow, of_tier: Cap) -> Cap:
    return Cap(own.max_minor, own.max_count or of_tier.max_count)


def tier_that_allows(all_tiers: Tiers, tier: int, amount_minor: int) -> int | None:
    """Name the lowest tier above `tier` whose single payment may be this large."""
    return next(
        (t.tier for t in all_tiers if t.tier > tier and amount_minor <= t.payment_minor), None
    )


# --- rules that hold a payment back ------------------------------------------------------------

HOUR: Final = timedelta(hours=1)
CHALLENGE_FROM: Final = 50
REVIEW_FROM: Final = 80
_NEVER: Final = 2**63
_REASONS: Final = {"R1": Reason.UNUSUAL_PAYMENT, "R2": Reason.TOO_MANY_PAYMENTS}


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The version in force, laid out for judging many payments. A rule that is off never fits.

    Units: `above_minor` minor units by currency; ages as durations.
    """

    version: int
    above_minor: Mapping[str, int]
    younger_than: timedelta
    more_than: int
    floors: Mapping[str, int]

    @property
    def counts_up_to(self) -> int:
        """How many earlier payments need to be counted at most; 0 where nobody asks."""
        return self.more_than + 1 if self.more_than < _NEVER else 0


def ruleset(rows: Iterable[RuleRow]) -> Ruleset:
    """Lay out the rows of a version. Without rows nothing is held back.

    Raises: ValueError for a rule that lacks what it compares with.
    """
    listed = list(rows)
    live = {r.id: r for r in listed if r.is_live}
    above: dict[str, int] = {}
    younger, more = timedelta(0), _NEVER
    if (young := live.get("R1")) is not None:
        if young.above_minor is None or young.currency is None or not young.younger_than_seconds:
            raise ValueError("rule R1 names no amount, currency or age")
        above[young.currency] = young.above_minor
        younger = timedelta(seconds=young.younger_than_seconds)
    if (often := live.get("R2")) is not None:
        if often.more_than is None:
            raise ValueError("rule R2 names no number")
        more = often.more_than
    version = max((r.version for r in listed), default=0)
    return Ruleset(version, above, younger, more, {r.id: r.floor for r in live.values()})


def assess(in_force: Ruleset, facts: Sequence[Facts], *, now: datetime) -> list[Decision]:
    """Decide of each payment what it needs before its money moves, in order.

    Source: risk.md 3.3 (bands) and 6 (R1, R2), of the blueprint.
    """
    above, more, default = in_force.above_minor, in_force.more_than, _NEVER
    born_after = now - in_force.younger_than
    approved = Decision(Action.APPROVE, 0, (), None, in_force.version)
    found: list[Decision] = []
    for fact in facts:
        is_young = (
            fact.amount_minor > above.get(fact.currency, default) and fact.payer_since > born_after
        )
        is_often = fact.sent_before > more
        found.append(
            _decision(in_force, is_young=is_young, is_often=is_often)
            if is_young or is_often
            else approved
        )
    return found


def _decision(in_force: Ruleset, *, is_young: bool, is_often: bool) -> Decision:
    fitting = [name for name, fits in (("R1", is_young), ("R2", is_often)) if fits]
    fitting.sort(key=lambda name: -in_force.floors[name])
    score = in_force.floors[fitting[0]]
    return Decision(
        Action.REVIEW if score >= REVIEW_FROM else Action.CHALLENGE,
        score,
        tuple(fitting),
        _REASONS[fitting[0]],
        in_force.version,
    )


# --- credit before a bank's money has settled ---------------------------------------------------

_KNOWN_FOR: Final = timedelta(days=30)
_VERIFIED_FOR: Final = timedelta(days=7)
_CLEAN_FOR: Final = timedelta(days=60)
_SETTLED_BEFORE: Final = 2


def may_advance(facts: CreditFacts, *, room_minor: int, now: datetime) -> bool:
    """Decide whether a pull is advanced: to somebody known, from a bank that has proved itself.

    Units: `room_minor` is what is left of the payer's credit.
    Source: risk.md 3.3 (bank-funded payment), of the blueprint.
    """
    return (
        facts.payer_since <= now - _KNOWN_FOR
        and facts.verified_at is not None
        and facts.verified_at <= now - _VERIFIED_FOR
        and facts.settled_pulls >= _SETTLED_BEFORE
        and (facts.returned_at is None or facts.returned_at <= now - _CLEAN_FOR)
        and facts.score < CHALLENGE_FROM
        and facts.amount_minor <= room_minor
    )
