"""Chart of accounts and legal pairs: `ledger.chart` and `ledger.code_rule` are written from this
file by migration, and a test compares them.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from quid.ledger.types import Act, Code, Flag, Kind


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


class CodeRule(NamedTuple):
    """A legal pair: a transfer of this code, doing this, from this kind to that one.

    `passes`: flags of accounts that do not stop it (CLOSED always does).
    """

    code: Code
    debit: Kind
    credit: Kind
    act: Act = Act.NONE
    passes: Flag = Flag.NONE


def _with_any(*kinds: Kind) -> set[tuple[Kind, Kind]]:
    either = {(one, other) for one in kinds for other in Kind}
    return {(d, c) for a, b in either for d, c in ((a, b), (b, a))}


def _undone(rule: CodeRule) -> CodeRule:
    """Swap the pair; what was captured from a hold goes back to the wallet."""
    payer = Kind.WALLET if rule.act is Act.HOLD_CAPTURE else rule.debit
    return CodeRule(Code.REVERSAL, rule.credit, payer, Act.REVERSAL, _ALL_BUT_CLOSED)


_ALL_BUT_CLOSED: Final = Flag.NO_SPEND | Flag.FROZEN
IRREVERSIBLE: Final = frozenset(
    {
        Code.HOLD_PLACED,
        Code.HOLD_RELEASED,
        Code.HOLD_EXPIRED,
        Code.TRANSIT_OUT,
        Code.REVERSAL,
        Code.ADJUSTMENT,
    }
)
_MOVES: Final = frozenset(
    {
        CodeRule(Code.PAYMENT, Kind.WALLET, Kind.WALLET),
        CodeRule(Code.PAYMENT, Kind.RESERVED, Kind.WALLET, Act.HOLD_CAPTURE),
        CodeRule(Code.WITHDRAWAL_REQUESTED, Kind.RESERVED, Kind.PAYOUTS, Act.HOLD_CAPTURE),
        CodeRule(Code.TRANSIT_OUT, Kind.RESERVED, Kind.TRANSIT, Act.HOLD_CAPTURE),
        CodeRule(Code.HOLD_PLACED, Kind.WALLET, Kind.RESERVED, Act.HOLD_PLACE),
        *(
            CodeRule(code, Kind.RESERVED, Kind.WALLET, Act.HOLD_RELEASE, _ALL_BUT_CLOSED)
            for code in (Code.HOLD_RELEASED, Code.HOLD_EXPIRED)
        ),
    }
    | {CodeRule(Code.ADJUSTMENT, d, c) for d, c in _with_any(Kind.SUSPENSE, Kind.CAPITAL)}
    # What is set aside begins with a hold, never with an opening.
    | {
        CodeRule(Code.OPENING, d, c)
        for d, c in _with_any(Kind.CAPITAL)
        if Kind.RESERVED not in (d, c)
    }
)
CODE_RULES: Final = _MOVES | {_undone(rule) for rule in _MOVES if rule.code not in IRREVERSIBLE}
