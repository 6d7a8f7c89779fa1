"""From rows of policy to the limits of a tier and of a person. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from quid.risk.types import Cap, OverrideRow, PolicyRow, TierLimits, Window

Tiers = tuple[TierLimits, ...]


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
    missing = [w.value for w in Window if w not in windows]
    if missing:
        raise ValueError(f"limit policy {currency}: tier {tier} has no {', '.join(missing)}")
    return TierLimits(
        tier, windows[Window.PAYMENT].max_minor, windows[Window.DAY], windows[Window.WEEK]
    )


def overridden(limits: TierLimits, own: Iterable[OverrideRow]) -> TierLimits:
    """Put one person's own limits in place of the tier's."""
    for row in own:
        if row.window == Window.DAY:
            limits = replace(limits, day=_cap(row, limits.day))
        if row.window == Window.WEEK:
            limits = replace(limits, week=_cap(row, limits.week))
    return limits


def _cap(own: OverrideRow, of_tier: Cap) -> Cap:
    return Cap(own.max_minor, own.max_count or of_tier.max_count)


def tier_that_allows(all_tiers: Tiers, tier: int, amount_minor: int) -> int | None:
    """Name the lowest tier above `tier` whose single payment may be this large."""
    return next(
        (t.tier for t in all_tiers if t.tier > tier and amount_minor <= t.payment_minor), None
    )
