"""The waterfall: how payments would be covered. A question; it holds nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.ports import Rails
from quid.funding.rules import banking_days
from quid.funding.rules import plan as rules
from quid.funding.rules.plan import Choice, Offer
from quid.funding.settings import FundingSettings
from quid.funding.types import LineKind, Plan, SourceKind, Want
from quid.kit import db, runtime
from quid.kit.breaker import Board, State

_WRITES: Final[Mapping[LineKind, str]] = {"bank": "plaid.write", "card": "stripe.write"}
_SQL: Final = db.sql("quid.funding", "plan")
_OFFERS: Final = _SQL.rows("offers", Offer)
_DRAWABLE: Final = _SQL.values("drawable", UUID)


async def plan(conn: db.Conn, wants: Sequence[Want], *, now: datetime) -> list[Plan]:
    """Question: cover each want from what its payer has named, or has; one statement for all.

    Units: minor units. Source: rails.md 9 of the blueprint.
    """
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    asked = [w for w in wants if not w.is_balance]
    if asked:
        for offer in await _OFFERS.all(
            conn, [w.payer_id for w in wants], [w.source_id for w in wants]
        ):
            found[offer.place].append(offer)
    bps, shut = runtime.part(FundingSettings).card_bps, _shut()
    settles_on = banking_days.expected(now).settle_on
    plans = [
        rules.cover(want, _choice(want, found[place], shut), card_bps=bps)
        for place, want in enumerate(wants)
    ]
    return [p if p.is_instant else p._replace(lands_on=settles_on) for p in plans]


def _shut() -> frozenset[LineKind]:
    """Name the kinds whose provider is not there, or left alone: a write would not be sent."""
    try:
        runtime.part(Rails)
    except LookupError:
        return frozenset(_WRITES)
    breakers = runtime.part(Board).breakers
    return frozenset(
        kind
        for kind, service in _WRITES.items()
        if service in breakers and breakers[service].state is State.OPEN
    )


def _choice(want: Want, offers: list[Offer], shut: frozenset[LineKind]) -> Choice:
    if want.source_id is not None:
        return Choice(named=next(iter(offers), None), shut=shut)
    return Choice(
        shut=shut,
        bank=next((o for o in offers if o.kind == SourceKind.BANK), None),
        card=next((o for o in offers if o.kind != SourceKind.BANK), None),
    )


async def drawable(conn: db.Conn, payers: Collection[UUID]) -> set[UUID]:
    """Question: name those of these people who have a bank or card that pays by itself."""
    return set(await _DRAWABLE.all(conn, [*payers]))
