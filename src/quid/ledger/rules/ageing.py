"""When an item that stands on a clearing account should have drained."""

from datetime import datetime, timedelta
from typing import Final

from quid.ledger.settings import LedgerSettings
from quid.ledger.types import Kind

_RAIL: Final = frozenset({Kind.RAIL_IN, Kind.RAIL_PENDING, Kind.RAIL_OUT})
_SATURDAY: Final = 5
CLEARING: Final = frozenset(
    {
        *_RAIL,
        *(Kind.PAYOUTS, Kind.INCOMING, Kind.SUSPENSE),
        *(Kind.CHARGEBACK_OPEN, Kind.PROVISIONAL, Kind.TRANSIT),
    }
)


def due_at(kind: Kind, since: datetime, terms: LedgerSettings) -> datetime:
    """Say until when an item of this kind may be open. Raises: ValueError for another kind."""
    if kind in _RAIL:
        return _after_banking_days(since, terms.term_rail_banking_days)
    match kind:
        case Kind.PAYOUTS:
            return _after_banking_days(since, terms.term_withdrawal_banking_days)
        case Kind.INCOMING:
            return since + timedelta(days=terms.term_incoming_days)
        case Kind.SUSPENSE:
            return since + timedelta(days=terms.term_suspense_days)
        case Kind.CHARGEBACK_OPEN | Kind.PROVISIONAL:
            return since + timedelta(days=terms.term_case_days)
        case Kind.TRANSIT:
            return since + timedelta(seconds=terms.term_transit_seconds)
    raise ValueError(f"{kind.name} is no clearing account")


def _after_banking_days(since: datetime, days: int) -> datetime:
    at = since
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < _SATURDAY
    return at
