"""An operation passing from state to state: what each state books, and what it then is.

Pure: given the row and what its provider says, the row as it will be, the effects in order, and
the course to write down. Nothing here knows a clock or a database.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from quid.funding.ports import Charge, Refund, Transfer
from quid.funding.rules import banking_days, effects, may_move
from quid.funding.rules.course import ENDS, PULLS, PUSHES, judge, state_of
from quid.funding.rules.effects import Effect
from quid.funding.types import Operation, OpKind, OpState, Purpose
from quid.ledger.types import Kind

_S = OpState
_POLL: Final = timedelta(seconds=15)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_REFUNDS: Final[Mapping[str, OpState]] = {
    "pending": OpState.PENDING,
    "requires_action": OpState.PENDING,
    "succeeded": OpState.COMPLETED,
    "failed": OpState.FAILED,
    "cancelled": OpState.FAILED,
}


class Unreadable(ValueError):  # noqa: N818 - what the provider's word is
    """A provider says of an operation what cannot be: another amount, an unknown status."""


class Passed(NamedTuple):
    """What comes of a word. `effects` in the order of `course` (state, cause).

    `gives_back`: its limit no longer counts. `contradicts`: an end of ours is denied.
    """

    op: Operation
    effects: tuple[Effect, ...] = ()
    course: tuple[tuple[int, str], ...] = ()
    gives_back: bool = False
    contradicts: bool = False


def is_own(op: Operation) -> bool:
    """Whether its money belongs into the person's wallet as soon as it is there."""
    return op.purpose == Purpose.USER or op.is_abandoned


def transfer_told(op: Operation, seen: Transfer, cause: str) -> Passed:
    """Judge a bank transfer as its provider sees it. Raises: Unreadable."""
    told = state_of(OpKind(op.kind), seen.status)
    if told is None or seen.cents != op.net or seen.currency != op.currency:
        raise Unreadable(f"{seen.ref}: {seen.status}, {seen.cents} {seen.currency}")
    known = replace(
        op,
        provider_ref=op.provider_ref or seen.ref,
        authorization_ref=op.authorization_ref or seen.authorization_ref or None,
        settle_on=seen.settle_on or op.settle_on,
        available_on=seen.available_on or op.available_on,
        standard_return_until=_until(seen.standard_return_until) or op.standard_return_until,
        unauthorized_return_until=(
            _until(seen.unauthorized_return_until) or op.unauthorized_return_until
        ),
    )
    return _passed(known, told, cause, code=seen.return_code or seen.failure)


def charge_told(op: Operation, seen: Charge, cause: str, *, now: datetime) -> Passed:
    """Judge a card charge as its processor sees it. Raises: Unreadable."""
    told = state_of(OpKind(op.kind), seen.status)
    if told is None or seen.cents != op.net or seen.currency != op.currency:
        raise Unreadable(f"{seen.ref}: {seen.status}, {seen.cents} {seen.currency}")
    known = replace(
        op, provider_ref=op.provider_ref or seen.ref, action_url=seen.action_url or op.action_url
    )
    passed = _passed(known, told, cause, code=seen.code)
    if not passed.course:
        return passed
    next_at = None
    if told in {_S.REQUIRES_ACTION, _S.PROCESSING}:
        next_at = now + _POLL
    elif told is _S.SUCCEEDED:
        next_at = seen.available_on or now + _DAY
    return passed._replace(op=replace(passed.op, next_at=next_at))


def refund_told(op: Operation, seen: Refund, cause: str, *, now: datetime) -> Passed:
    """Judge money on its way back to a card. Raises: Unreadable for another amount."""
    if seen.cents != op.net:
        raise Unreadable(f"{seen.ref}: {seen.cents}")
    known = replace(op, provider_ref=op.provider_ref or seen.ref)
    told, present = _REFUNDS[seen.status], OpState(op.state)
    was_taken = present >= _S.PENDING
    path: tuple[OpState, ...] = ()
    if present not in ENDS and told > present and not (told is _S.PENDING and was_taken):
        path = (told,) if was_taken or told in {_S.PENDING, _S.FAILED} else (_S.PENDING, told)
    passed = _steps(known, path, cause, code=seen.status)
    booked: tuple[Effect, ...] = ()
    if _S.PENDING in path:
        booked = (effects.card_refunded(op.cents, op.fee),)
    elif path == (_S.FAILED,) and was_taken:
        booked = (effects.card_refund_failed(op.cents, op.fee),)
    next_at = now + _HOUR if passed.op.state == _S.PENDING else None
    return passed._replace(op=replace(passed.op, next_at=next_at), effects=booked)


def ended(op: Operation, state: OpState, code: str | None, cause: str) -> Passed:
    """End what the provider never took: all that was set aside for it goes back."""
    return _steps(op, (state,), cause, code=code)


def moved(op: Operation, state: OpState, cause: str) -> Passed:
    """Move on before the provider has taken it: nothing is booked."""
    if state == op.state:
        return Passed(op)
    return _steps(op, (state,), cause, code=None)


def _until(day: date | None) -> datetime | None:
    return None if day is None else banking_days.end_of(day)


def _passed(op: Operation, told: OpState, cause: str, *, code: str | None) -> Passed:
    verdict = judge(OpKind(op.kind), OpState(op.state), told)
    if verdict.contradicts:
        effect = effects.came_all_the_same(op.net, is_pull=op.kind not in PUSHES)
        told_so = ((op.state, f"contradicts {told.name}: {cause}"),)
        return Passed(op, (effect,), told_so, contradicts=True)
    return _steps(op, verdict.steps, cause, code=code)


def _steps(op: Operation, states: tuple[OpState, ...], cause: str, *, code: str | None) -> Passed:
    present, booked, course = op, [], []
    was_accepted = op.state >= _S.PENDING
    for state in states:
        if not may_move(OpKind(op.kind), OpState(present.state), state):
            raise Unreadable(f"{OpState(present.state).name} to {state.name}: {cause}")
        present, effect = _step(present, state)
        booked += effect
        course.append((int(state), cause))
    if not states:
        return Passed(op)
    is_end = states[-1] in ENDS
    is_taken = is_end or present.state >= _S.SUBMITTING
    done = replace(
        present,
        unsure_since=None,
        attempts=0 if is_taken else present.attempts,
        next_at=None if is_end or _rests(present) else present.next_at,
        failure_code=code if is_end else present.failure_code,
    )
    gives_back = is_end and not was_accepted and op.counted_at is not None
    return Passed(done, tuple(booked), tuple(course), gives_back)


def _rests(op: Operation) -> bool:
    """Whether nothing is left to do at the provider; what nobody wants is to be stopped there."""
    return op.state >= _S.PENDING and not (op.is_abandoned and op.state == _S.PENDING)


def _step(op: Operation, to: OpState) -> tuple[Operation, list[Effect]]:
    if op.kind in PULLS:
        after, booked = _pull(op, to)
    elif op.kind in {OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL}:
        after, booked = op, _push(op, to)
    elif op.kind == OpKind.MICRO_DEPOSIT:
        after, booked = op, _small(op, to)
    else:
        after, booked = _card(op, to)
    return replace(after, state=int(to)), booked


def _pull(op: Operation, to: OpState) -> tuple[Operation, list[Effect]]:
    match to:
        case _S.PENDING:
            return op, [effects.pull_accepted(op.cents)]
        case _S.SETTLED:
            return _settled(op)
        case _S.AVAILABLE:
            return op, [effects.pull_available(op.cents)]
        case _S.FAILED | _S.CANCELLED | _S.RETURNED if op.state >= _S.PENDING:
            asset = _STANDS.get(OpState(op.state), Kind.RAIL_IN)
            if op.is_released:
                return op, [effects.pull_returned(op.cents, asset)]
            return op, [effects.pull_failed(op.cents, asset, is_advanced=op.is_advanced)]
        case _:
            return op, []


_STANDS: Final = {_S.SETTLED: Kind.RAIL_PENDING, _S.AVAILABLE: Kind.RAIL_AVAILABLE}


def _settled(op: Operation) -> tuple[Operation, list[Effect]]:
    until = op.standard_return_until
    if until is None and op.settle_on is not None:
        until = _until(banking_days.after(op.settle_on, banking_days.STANDARD_WINDOW))
    known = replace(op, standard_return_until=until)
    booked = [effects.pull_settled(op.cents)]
    if op.is_advanced or is_own(op):
        booked.append(effects.pull_released(op.cents, is_advanced=op.is_advanced))
        known = replace(known, is_released=True)
    return known, booked


def _push(op: Operation, to: OpState) -> list[Effect]:
    match to:
        case _S.PENDING:
            return [effects.withdrawal_accepted(op.net)]
        case _S.COMPLETED:
            return [effects.withdrawal_completed(op.net, op.fee)]
        case _S.RETURNED if op.state == _S.COMPLETED:
            return [effects.withdrawal_returned(op.net, op.fee)]
        case _ if to in ENDS:
            accepted = op.net if op.state >= _S.PENDING else 0
            return [effects.withdrawal_undone(op.cents, accepted=accepted)]
        case _:
            return []


def _small(op: Operation, to: OpState) -> list[Effect]:
    if to is _S.COMPLETED:
        return [effects.cost(op.net)]
    if to is _S.RETURNED and op.state == _S.COMPLETED:
        return [effects.cost_back(op.net)]
    return []


def _card(op: Operation, to: OpState) -> tuple[Operation, list[Effect]]:
    if to is _S.SUCCEEDED and op.is_abandoned and not op.is_released:
        # Nobody wants it for a payment: all of it is the payer's, and there is no fee.
        return replace(op, is_released=True), [effects.card_charged(op.net, 0)]
    return op, []
