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
# What these did can be undone. Anything else is undone by a code of its own, or never: a deposit
# that came back and a reversal of it would otherwise take the money twice.
REVERSIBLE: Final = frozenset({Code.PAYMENT, Code.WRITE_OFF, Code.OPENING})
# These may say that they count from an earlier instant than they are written down.
BACK_DATED: Final = frozenset({Code.PULL_SETTLED, Code.ADJUSTMENT, Code.OPENING})
# What a bank does to money that stands here, it does whatever the flags of an account say.
_IN_TRANSIT: Final = (Kind.RAIL_IN, Kind.RAIL_PENDING, Kind.RAIL_AVAILABLE)
_RELEASED: Final = (Kind.RAIL_PENDING, Kind.RAIL_AVAILABLE)


def _fact(code: Code, debit: Kind, credit: Kind, act: Act = Act.NONE) -> CodeRule:
    """Book what has happened outside: it has, so it passes what is blocked or frozen.

    Money that comes back to a person never strands, money that was lost is never not booked.
    """
    return CodeRule(code, debit, credit, act, _ALL_BUT_CLOSED)


def _taken(code: Code, debit: Kind, credit: Kind) -> tuple[CodeRule, CodeRule]:
    """Take from a person what is there, owe the rest: never refused for want of balance."""
    return (
        _fact(code, debit, credit, Act.AT_MOST),
        _fact(code, Kind.RECEIVABLE, credit, Act.REMAINDER),
    )


_HELD_ASIDE: Final = (
    CodeRule(Code.HOLD_PLACED, Kind.WALLET, Kind.RESERVED, Act.HOLD_PLACE),
    *(
        CodeRule(code, Kind.RESERVED, Kind.WALLET, Act.HOLD_RELEASE, _ALL_BUT_CLOSED)
        for code in (Code.HOLD_RELEASED, Code.HOLD_EXPIRED)
    ),
    CodeRule(Code.PAYMENT, Kind.RESERVED, Kind.WALLET, Act.HOLD_CAPTURE),
    CodeRule(Code.WITHDRAWAL_REQUESTED, Kind.RESERVED, Kind.PAYOUTS, Act.HOLD_CAPTURE),
    CodeRule(Code.TRANSIT_OUT, Kind.RESERVED, Kind.TRANSIT, Act.HOLD_CAPTURE),
)
_PULLS: Final = (
    _fact(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING),
    # Credit is ours to give or not: to no account that is frozen.
    CodeRule(Code.PULL_ADVANCED, Kind.ADVANCE, Kind.WALLET),
    _fact(Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN),
    _fact(Code.PULL_RELEASED, Kind.INCOMING, Kind.WALLET),
    _fact(Code.PULL_RELEASED, Kind.INCOMING, Kind.ADVANCE),
    # Of card charges too.
    _fact(Code.PULL_AVAILABLE, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING),
    *(_fact(Code.PULL_FAILED, Kind.INCOMING, asset) for asset in _IN_TRANSIT),
    *_taken(Code.PULL_FAILED, Kind.WALLET, Kind.ADVANCE),
    *(r for asset in _RELEASED for r in _taken(Code.PULL_RETURNED, Kind.WALLET, asset)),
)
_WITHDRAWALS: Final = (
    CodeRule(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS),
    _fact(Code.WITHDRAWAL_ACCEPTED, Kind.RAIL_OUT, Kind.RAIL_AVAILABLE),
    _fact(Code.WITHDRAWAL_COMPLETED, Kind.PAYOUTS, Kind.RAIL_OUT),
    _fact(Code.FEE_INSTANT, Kind.PAYOUTS, Kind.FEE_INSTANT),
    _fact(Code.WITHDRAWAL_UNDONE, Kind.RAIL_AVAILABLE, Kind.RAIL_OUT),
    _fact(Code.WITHDRAWAL_UNDONE, Kind.PAYOUTS, Kind.WALLET),
    _fact(Code.WITHDRAWAL_RETURNED, Kind.RAIL_AVAILABLE, Kind.WALLET),
    _fact(Code.WITHDRAWAL_RETURNED, Kind.FEE_INSTANT, Kind.WALLET),
)
_CARDS: Final = (
    _fact(Code.CARD_CHARGED, Kind.RAIL_PENDING, Kind.WALLET),
    _fact(Code.FEE_CARD, Kind.RAIL_PENDING, Kind.FEE_CARD),
    *_taken(Code.CARD_REFUNDED, Kind.WALLET, Kind.RAIL_AVAILABLE),
    _fact(Code.CARD_REFUNDED, Kind.FEE_CARD, Kind.RAIL_AVAILABLE),
    # One that fails comes back: what was owed for it may have been paid meanwhile.
    _fact(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.RECEIVABLE, Act.AT_MOST),
    _fact(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.WALLET, Act.REMAINDER),
    _fact(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.FEE_CARD),
    _fact(Code.CHARGEBACK_OPENED, Kind.CHARGEBACK_OPEN, Kind.RAIL_AVAILABLE),
    _fact(Code.CHARGEBACK_OPENED, Kind.LOSS_CARD, Kind.RAIL_AVAILABLE),
    *_taken(Code.CHARGEBACK_OPENED, Kind.WALLET, Kind.HELD),
    _fact(Code.CHARGEBACK_LOST, Kind.HELD, Kind.CHARGEBACK_OPEN),
    _fact(Code.CHARGEBACK_WON, Kind.RAIL_AVAILABLE, Kind.CHARGEBACK_OPEN),
    # What is still owed of it, by the ceiling of the receivable; the rest to the person.
    _fact(Code.CHARGEBACK_WON, Kind.HELD, Kind.RECEIVABLE, Act.AT_MOST),
    _fact(Code.CHARGEBACK_WON, Kind.HELD, Kind.WALLET, Act.REMAINDER),
)
_OTHERS: Final = (
    CodeRule(Code.PAYMENT, Kind.WALLET, Kind.WALLET),
    *(_fact(Code.COST, Kind.COST_RAIL, asset) for asset in _RELEASED),
    # A small deposit that comes back.
    _fact(Code.COST, Kind.RAIL_AVAILABLE, Kind.COST_RAIL),
    _fact(Code.SWEEP, Kind.FBO, Kind.RAIL_AVAILABLE),
    _fact(Code.SWEEP, Kind.RAIL_PENDING, Kind.FBO),
    _fact(Code.SWEEP, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING),
    # Who owes may not spend, but pay back.
    CodeRule(Code.RECOVERY, Kind.WALLET, Kind.RECEIVABLE, Act.AT_MOST, Flag.NO_SPEND),
    *(
        CodeRule(Code.WRITE_OFF, loss, Kind.RECEIVABLE, passes=_ALL_BUT_CLOSED)
        for loss in (Kind.LOSS_ACH, Kind.LOSS_CARD)
    ),
)
_ANY: Final = {
    CodeRule(Code.ADJUSTMENT, d, c) for d, c in _with_any(Kind.SUSPENSE, Kind.CAPITAL)
} | {
    CodeRule(Code.OPENING, d, c)
    for d, c in _with_any(Kind.CAPITAL)
    # What is set aside begins with a hold, never with an opening.
    if Kind.RESERVED not in (d, c)
}
_MOVES: Final = {*_HELD_ASIDE, *_PULLS, *_WITHDRAWALS, *_CARDS, *_OTHERS} | _ANY
CODE_RULES: Final = frozenset(
    _MOVES | {_undone(rule) for rule in _MOVES if rule.code in REVERSIBLE}
)
