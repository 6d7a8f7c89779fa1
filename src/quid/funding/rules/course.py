"""What a provider's word makes of an operation: which states it passes, in order.

Judged by rank, not by arrival: what is behind the present state changes nothing, what skips a
state passes it, what contradicts an end of ours is told apart. Source: rails.md 6.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from quid.funding.rules import RANK, may_move
from quid.funding.types import OpKind, OpState

_S = OpState
PULLS: Final = frozenset({OpKind.DEPOSIT})
PUSHES: Final = frozenset({OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL, OpKind.MICRO_DEPOSIT})
# Nothing was submitted yet: to end here needs nobody's consent.
BEFORE_SUBMIT: Final = frozenset({_S.NEW, _S.QUEUED, _S.AUTHORIZING, _S.ACTION_REQUIRED})
ENDS: Final = frozenset({_S.DECLINED, _S.FAILED, _S.CANCELLED, _S.RETURNED, _S.REJECTED})
_UNDONE: Final = ENDS - {_S.RETURNED}
_CAME: Final = frozenset({_S.SETTLED, _S.AVAILABLE, _S.COMPLETED, _S.SUCCEEDED})

_PULL_WORDS: Final[Mapping[str, OpState]] = {
    "pending": _S.PENDING,
    "posted": _S.POSTED,
    "settled": _S.SETTLED,
    "funds_available": _S.AVAILABLE,
    "cancelled": _S.CANCELLED,
    "failed": _S.FAILED,
    "returned": _S.RETURNED,
}
_PUSH_WORDS: Final[Mapping[str, OpState]] = {
    **_PULL_WORDS,
    "settled": _S.COMPLETED,
    "funds_available": _S.COMPLETED,
}
_INSTANT_WORDS: Final[Mapping[str, OpState]] = {
    **_PUSH_WORDS,
    "posted": _S.PENDING,
    "failed": _S.REJECTED,
}
_CARD_WORDS: Final[Mapping[str, OpState]] = {
    "prepared": _S.CONFIRMING,
    "requires_action": _S.REQUIRES_ACTION,
    "processing": _S.PROCESSING,
    "succeeded": _S.SUCCEEDED,
    "declined": _S.DECLINED,
    "cancelled": _S.CANCELLED,
}
_WORDS: Final[Mapping[OpKind, Mapping[str, OpState]]] = {
    OpKind.DEPOSIT: _PULL_WORDS,
    OpKind.WITHDRAWAL: _PUSH_WORDS,
    OpKind.INSTANT_WITHDRAWAL: _INSTANT_WORDS,
    OpKind.MICRO_DEPOSIT: _PUSH_WORDS,
    OpKind.CARD_CHARGE: _CARD_WORDS,
}
_CHAINS: Final[Mapping[OpKind, tuple[OpState, ...]]] = {
    OpKind.DEPOSIT: (_S.SUBMITTING, _S.PENDING, _S.POSTED, _S.SETTLED, _S.AVAILABLE),
    OpKind.WITHDRAWAL: (_S.SUBMITTING, _S.PENDING, _S.POSTED, _S.COMPLETED),
    OpKind.INSTANT_WITHDRAWAL: (_S.SUBMITTING, _S.PENDING, _S.COMPLETED),
    OpKind.MICRO_DEPOSIT: (_S.SUBMITTING, _S.PENDING, _S.POSTED, _S.COMPLETED),
    OpKind.CARD_CHARGE: (_S.CONFIRMING, _S.SUCCEEDED),
}


class Verdict(NamedTuple):
    """`steps` to pass, in order; `contradicts`: the provider did what we hold for undone."""

    steps: tuple[OpState, ...]
    contradicts: bool = False


_NOTHING: Final = Verdict(())


def state_of(kind: OpKind, word: str) -> OpState | None:
    """Read a provider's status; None = a word that we do not know, never guessed."""
    return _WORDS[kind].get(word)


def judge(kind: OpKind, present: OpState, told: OpState) -> Verdict:
    """Say which states an operation passes when the provider is in state `told`."""
    if present in ENDS:
        return Verdict((), contradicts=present in _UNDONE and told in _CAME)
    if kind is OpKind.CARD_CHARGE:
        return Verdict((told,)) if may_move(kind, present, told) else _NOTHING
    if RANK.get(told, 0) <= RANK.get(present, 0):
        return _NOTHING
    if told in ENDS:
        return Verdict(_to_end(kind, present, told))
    return Verdict(_along(kind, present, told))


def _along(kind: OpKind, present: OpState, told: OpState) -> tuple[OpState, ...]:
    chain = _CHAINS[kind]
    begin = chain.index(present) + 1 if present in chain else _begin(present)
    return chain[begin : chain.index(told) + 1]


def _begin(present: OpState) -> int:
    # The payee's bank has it: the next is its end. Else nothing was passed yet but the submit.
    return 2 if present is _S.PENDING_PAYEE else 0


def _to_end(kind: OpKind, present: OpState, told: OpState) -> tuple[OpState, ...]:
    """End where that is legal from here; a provider that took it and says no has returned it."""
    if may_move(kind, present, told):
        return (told,)
    if may_move(kind, present, _S.RETURNED):
        return (_S.RETURNED,)
    if present is _S.SUBMITTING and may_move(kind, _S.PENDING, told):
        return (_S.PENDING, told)
    return (_S.FAILED,)
