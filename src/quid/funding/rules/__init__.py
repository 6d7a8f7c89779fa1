"""Pure rules of funding: legal moves, the order of what providers say, fees."""

from collections.abc import Mapping
from typing import Final

from quid.funding.types import OpKind, OpState

_S = OpState
_PULL: Final[Mapping[OpState, frozenset[OpState]]] = {
    _S.NEW: frozenset({_S.AUTHORIZING, _S.CANCELLED, _S.FAILED, _S.DECLINED}),
    _S.AUTHORIZING: frozenset(
        {_S.ACTION_REQUIRED, _S.DECLINED, _S.SUBMITTING, _S.CANCELLED, _S.FAILED}
    ),
    _S.ACTION_REQUIRED: frozenset({_S.AUTHORIZING, _S.CANCELLED, _S.FAILED, _S.DECLINED}),
    _S.SUBMITTING: frozenset({_S.PENDING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.PENDING: frozenset({_S.POSTED, _S.CANCELLED, _S.FAILED, _S.RETURNED}),
    _S.POSTED: frozenset({_S.SETTLED, _S.RETURNED}),
    _S.SETTLED: frozenset({_S.AVAILABLE, _S.RETURNED}),
    _S.AVAILABLE: frozenset({_S.RETURNED}),
}
_PUSH: Final[Mapping[OpState, frozenset[OpState]]] = {
    _S.NEW: frozenset({_S.QUEUED, _S.AUTHORIZING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.QUEUED: frozenset({_S.AUTHORIZING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.AUTHORIZING: frozenset({_S.SUBMITTING, _S.QUEUED, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.SUBMITTING: frozenset({_S.PENDING, _S.QUEUED, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.PENDING: frozenset({_S.POSTED, _S.CANCELLED, _S.FAILED, _S.RETURNED}),
    _S.POSTED: frozenset({_S.COMPLETED, _S.FAILED, _S.RETURNED}),
    _S.COMPLETED: frozenset({_S.RETURNED}),
}
_INSTANT: Final[Mapping[OpState, frozenset[OpState]]] = {
    _S.NEW: frozenset({_S.AUTHORIZING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.AUTHORIZING: frozenset({_S.SUBMITTING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.SUBMITTING: frozenset({_S.PENDING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.PENDING: frozenset({_S.COMPLETED, _S.REJECTED, _S.PENDING_PAYEE, _S.FAILED, _S.CANCELLED}),
    _S.PENDING_PAYEE: frozenset({_S.COMPLETED, _S.REJECTED, _S.FAILED}),
    _S.COMPLETED: frozenset({_S.RETURNED}),
}
_CARD: Final[Mapping[OpState, frozenset[OpState]]] = {
    _S.NEW: frozenset({_S.CONFIRMING, _S.DECLINED, _S.CANCELLED, _S.FAILED}),
    _S.CONFIRMING: frozenset(
        {_S.SUCCEEDED, _S.DECLINED, _S.REQUIRES_ACTION, _S.PROCESSING, _S.CANCELLED, _S.FAILED}
    ),
    _S.REQUIRES_ACTION: frozenset({_S.SUCCEEDED, _S.DECLINED, _S.PROCESSING, _S.CANCELLED}),
    _S.PROCESSING: frozenset({_S.SUCCEEDED, _S.DECLINED, _S.CANCELLED}),
    _S.SUCCEEDED: frozenset({_S.PARTLY_REFUNDED, _S.REFUNDED, _S.CHARGEBACK}),
    _S.PARTLY_REFUNDED: frozenset({_S.SUCCEEDED, _S.REFUNDED, _S.CHARGEBACK}),
    _S.REFUNDED: frozenset({_S.PARTLY_REFUNDED, _S.SUCCEEDED, _S.CHARGEBACK}),
    _S.CHARGEBACK: frozenset({_S.CHARGEBACK_WON, _S.CHARGEBACK_LOST}),
}
_REFUND: Final[Mapping[OpState, frozenset[OpState]]] = {
    _S.NEW: frozenset({_S.SUBMITTING, _S.CANCELLED, _S.FAILED}),
    _S.SUBMITTING: frozenset({_S.PENDING, _S.DECLINED, _S.FAILED}),
    _S.PENDING: frozenset({_S.COMPLETED, _S.FAILED}),
    # A card's bank may refuse it days later.
    _S.COMPLETED: frozenset({_S.FAILED}),
}
MOVES: Final[Mapping[OpKind, Mapping[OpState, frozenset[OpState]]]] = {
    OpKind.DEPOSIT: _PULL,
    OpKind.WITHDRAWAL: _PUSH,
    OpKind.INSTANT_WITHDRAWAL: _INSTANT,
    OpKind.CARD_CHARGE: _CARD,
    OpKind.CARD_REFUND: _REFUND,
    OpKind.MICRO_DEPOSIT: _PUSH,
}
RANK: Final[Mapping[OpState, int]] = {
    _S.PENDING: 10,
    _S.PENDING_PAYEE: 10,
    _S.POSTED: 20,
    _S.SETTLED: 30,
    _S.COMPLETED: 30,
    _S.AVAILABLE: 40,
    _S.FAILED: 90,
    _S.CANCELLED: 90,
    _S.REJECTED: 90,
    _S.RETURNED: 90,
}


def may_move(kind: OpKind, present: OpState, to: OpState) -> bool:
    """Whether an operation of this kind may go from one state to the other."""
    return to in MOVES[kind].get(present, frozenset())


def fee_minor(cents: int, bps: int) -> int:
    """Give the fee of an amount. Units: minor units, basis points; rounded half up."""
    return (cents * bps + 5000) // 10000
