"""What an operation at a bank or card means for the payment that waits for it."""

from enum import Enum
from typing import Final, NamedTuple

from quid.funding.types import Operation, OpState
from quid.payments import errors
from quid.payments.types import State

_S: Final = OpState


class Step(Enum):
    """What is to be done next.

    ADVANCE: the payee has it before the bank has sent it. PAY: the payee has it. KEEP: the bank's
    money goes to the payer's own wallet. LEAVE: the operation is not wanted any more. ASK: the
    payer must open a page of the card's bank. END: it was not paid.
    """

    WAIT = "wait"
    ADVANCE = "advance"
    PAY = "pay"
    KEEP = "keep"
    LEAVE = "leave"
    ASK = "ask"
    END = "end"


class Next(NamedTuple):
    """A step; where it ends unpaid, the state and the code that the payer is answered."""

    step: Step
    state: State = State.PROCESSING
    refusal: str | None = None


_ACCEPTED: Final = frozenset({_S.PENDING, _S.POSTED})
_HERE: Final = frozenset(
    {
        _S.SETTLED,
        _S.AVAILABLE,
        _S.SUCCEEDED,
        _S.PARTLY_REFUNDED,
        _S.REFUNDED,
        _S.CHARGEBACK,
        _S.CHARGEBACK_WON,
        _S.CHARGEBACK_LOST,
    }
)
_WAIT: Final = Next(Step.WAIT)
_ENDS: Final = {
    _S.DECLINED: Next(Step.END, State.DECLINED, errors.PaymentMethodDeclined.code),
    _S.REJECTED: Next(Step.END, State.DECLINED, errors.PaymentMethodDeclined.code),
    _S.RETURNED: Next(Step.END, State.FAILED, errors.PaymentMethodDeclined.code),
    _S.FAILED: Next(Step.END, State.FAILED, errors.ExternalServiceError.code),
    _S.CANCELLED: Next(Step.END, State.FAILED, errors.ExternalServiceError.code),
}


def next_of(op: Operation, why_not: str | None = None, *, has_room: bool = True) -> Next:
    """Say what an operation asks of its payment. Money of a pull is there when it has settled.

    `why_not`: the code of why these two people cannot have the payment any more. `has_room`:
    the credit of the payer was not found used up.
    """
    state = OpState(op.state)
    if state in _HERE:
        return Next(Step.PAY) if why_not is None else Next(Step.KEEP, State.DECLINED, why_not)
    if state in _ACCEPTED and why_not is not None:
        return Next(Step.LEAVE, State.DECLINED, why_not)
    if state in _ACCEPTED and op.may_advance and has_room:
        return Next(Step.ADVANCE)
    if state is _S.REQUIRES_ACTION:
        return Next(Step.ASK, State.REDIRECTED)
    return _ENDS.get(state, _WAIT)


def was_left(op: Operation) -> bool:
    """Whether an operation that was abandoned takes nothing any more.

    It was cancelled before it was submitted, or its card's owner has not said yes.
    """
    return OpState(op.state) in (_S.CANCELLED, _S.REQUIRES_ACTION)
