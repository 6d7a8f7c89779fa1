"""Chart of accounts and legal pairs: `ledger.chart` and `ledger.code_rule` are written from this
file by migration, and a test compares them.
"""

from dataclasses import dataclass
from typing import Final

from quid.ledger.types import Code, Kind


@dataclass(frozen=True, slots=True)
class KindRule:
    """Units: minor units of net (credits minus debits). `sign` 1 = normally in credit."""

    kind: Kind
    sign: int
    floor: int | None
    ceil: int | None


def _rule(kind: Kind) -> KindRule:
    match kind:
        case Kind.WALLET | Kind.RESERVED | Kind.INCOMING | Kind.HELD | Kind.PAYOUTS:
            return KindRule(kind, 1, 0, None)
        case Kind.SUSPENSE | Kind.TRANSIT | Kind.FEE_INSTANT | Kind.FEE_CARD | Kind.CAPITAL:
            return KindRule(kind, 1, None, None)
        case Kind.ADVANCE:
            # Nothing may be advanced before risk has set a floor.
            return KindRule(kind, -1, 0, 0)
        case (
            Kind.RAIL_IN
            | Kind.RAIL_PENDING
            | Kind.RAIL_OUT
            | Kind.RECEIVABLE
            | Kind.CHARGEBACK_OPEN
            | Kind.PROVISIONAL
        ):
            return KindRule(kind, -1, None, 0)
        case _:
            return KindRule(kind, -1, None, None)


CHART: Final = tuple(_rule(kind) for kind in Kind)


def _with_any(*kinds: Kind) -> set[tuple[Kind, Kind]]:
    either = {(one, other) for one in kinds for other in Kind}
    return {(d, c) for a, b in either for d, c in ((a, b), (b, a))}


CODE_RULES: Final = frozenset(
    {(Code.PAYMENT, Kind.WALLET, Kind.WALLET)}
    | {(Code.ADJUSTMENT, d, c) for d, c in _with_any(Kind.SUSPENSE, Kind.CAPITAL)}
    | {(Code.OPENING, d, c) for d, c in _with_any(Kind.CAPITAL)}
)
