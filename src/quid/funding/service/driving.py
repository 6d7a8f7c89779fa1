"""Driving operations: step after step at the provider, until they rest or wait.

Whoever drives has the operation for a minute (`next_at`); if the process dies, the worker goes on
from what was written down. A caller may leave before the end, the steps go on without it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.funding.errors import (
    ActionRequired,
    ContractBroken,
    InsufficientFloat,
    KeyConflict,
    Outcome,
    ProviderError,
)
from quid.funding.ports import Authorized, Charge, Refund, Transfer
from quid.funding.queries import by_ids, moves
from quid.funding.rules.course import BEFORE_SUBMIT, PULLS
from quid.funding.service import cards, changing, judging, passing, steps
from quid.funding.service.booking import Booked
from quid.funding.service.judging import Applied, page, ring
from quid.funding.service.passing import Passed, Unreadable
from quid.funding.service.steps import Answer, CardSeen, Step
from quid.funding.store import operations as store
from quid.funding.store.operations import Answered
from quid.funding.types import (
    OPEN_STATES,
    Driven,
    Operation,
    OpKind,
    OpState,
    Source,
    SourceState,
)
from quid.kit import clock, db, failpoints, runtime, telemetry
from quid.kit.errors import NotFound
from quid.kit.pager import Page

LEASE: Final = timedelta(seconds=60)
PACE: Final = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 3600))
# A key of an authorization is known for 48 h, one of a card for 24; it moves no money.
_REPLAYS: Final = timedelta(hours=47)
_AT_ONCE: Final = 16
_SWEPT: Final = 64
_OWNER_PASSES: Final = 70
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_OUT: Final = frozenset({OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL})
_TAKES: Final = {OpState.SUBMITTING: "submit", OpState.CONFIRMING: "confirm"}
_MOVES_MONEY: Final = frozenset({"submit", "confirm", "refund"})
_CALLS: Final = telemetry.counter(
    "quid_funding_steps_total", "steps of operations", "step", "outcome"
)


class Drives:
    """The operations that this process is at (a part of the runtime)."""

    def __init__(self) -> None:
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    def begin(self, op_id: UUID, *, now: datetime) -> "asyncio.Task[None]":
        """Drive an operation, or join whoever is at it here."""
        task = self._tasks.get(op_id)
        if task is None or task.done():
            task = asyncio.create_task(self._drive(op_id, now), name=f"funding.{op_id}")
            self._tasks[op_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(op_id, None))
        return task

    async def close(self) -> None:
        """Let go of what is under way: the worker takes it up when its minute is over."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drive(self, op_id: UUID, now: datetime) -> None:
        async with self._places:
            try:
                await _go(op_id, now=now)
            except Exception as e:  # noqa: BLE001 - a door: the row says where to go on
                telemetry.log.error("operation.failed", operation=str(op_id), exc_info=e)


async def drive(op_id: UUID, *, within: float, now: datetime) -> Driven:
    """Command: perform the next steps of an operation at its provider.

    Goes on until the operation rests, waits for the provider, or `within` seconds are over; what
    is left goes on behind it. Safe to call at any time, twice, and from anywhere.
    Raises: NotFound. Locks: funding.operation, ledger.account.
    Emits: funding.operation_changed.v1.
    """
    await asyncio.wait({runtime.part(Drives).begin(op_id, now=now)}, timeout=within)
    async with runtime.part(db.Database).read() as conn:
        found = await store.read(conn, [op_id])
    if not found:
        raise NotFound
    return Driven(found[0], is_open=found[0].state in OPEN_STATES)


async def _go(op_id: UUID, *, now: datetime) -> None:
    began = time.monotonic()

    def at() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    version: int | None = None
    while True:
        step, pages = await _begin(op_id, version, now=at())
        await ring(pages)
        if step is None:
            return
        answer = await steps.make(step)
        applied = await _finish(step, answer, now=at())
        await ring(applied.pages)
        if applied.op.next_at != _lease_of(step):
            return
        version = applied.op.version


# --- before the call ---------------------------------------------------------------------------


def _lease_of(step: Step) -> datetime:
    return step.asked_at + LEASE


async def _begin(
    op_id: UUID, version: int | None, *, now: datetime
) -> tuple[Step | None, Sequence[Page]]:
    """Take an operation that is due, or that we have, and write its next call down."""
    async with runtime.part(db.Database).transaction() as tx:
        if version is None:
            op = await store.taken(tx, op_id, now=now)
        else:
            op = await store.locked(tx, op_id)
        if op is None or version not in (None, op.version):
            return None, ()
        name = steps.next_of(op, now=now)
        if name is None:
            await store.save(tx, replace(op, next_at=None), now=now)
            return None, ()
        sources = await by_ids(tx, [op.source_id])
        stopped = await _stopped(tx, op, sources[op.source_id], now=now)
        if stopped is not None:
            applied = await judging.settle(tx, op, stopped, now=now)
            return None, applied.pages
        passed = passing.moved(op, _while(name, op), f"call:{name}")
        held = replace(passed.op, next_at=now + LEASE)
        applied = await judging.settle(tx, op, passed._replace(op=held), now=now)
        step = await steps.written(tx, applied.op, name, now=now)
        failpoints.reach("operation.intended")
        return step, ()


def _while(name: steps.StepName, op: Operation) -> OpState:
    match name:
        case "refund" if op.state == OpState.NEW:
            return OpState.SUBMITTING
        case "authorize":
            return OpState.AUTHORIZING
        case "prepare" | "confirm":
            return OpState.CONFIRMING
        case _:
            return OpState(op.state)


async def _stopped(tx: db.Tx, op: Operation, source: Source, *, now: datetime) -> Passed | None:
    """Say why an operation does not go on to the provider now; None = it does."""
    if op.kind == OpKind.CARD_REFUND:
        return None
    is_before = op.state in BEFORE_SUBMIT or (
        op.kind == OpKind.CARD_CHARGE and op.provider_ref is None
    )
    if op.is_abandoned and (is_before or await _is_sure(tx, op)):
        return passing.ended(op, OpState.CANCELLED, "ABANDONED", "abandoned")
    # Of an authorization nothing moves, so even one that nobody answered for may end.
    if now >= op.deadline and (is_before or await _is_sure(tx, op)):
        return passing.ended(op, OpState.FAILED, "DEADLINE", "deadline")
    if op.state not in BEFORE_SUBMIT or op.kind == OpKind.CARD_CHARGE:
        return None
    if op.kind in _OUT and (kept := await _kept(tx, op, now=now)) is not None:
        return kept
    return _unfit(op, source, now=now)


def _unfit(op: Operation, source: Source, *, now: datetime) -> Passed | None:
    if op.kind == OpKind.MICRO_DEPOSIT or source.state == SourceState.VERIFIED:
        return None
    if source.state != SourceState.NEEDS_REPAIR:
        return passing.ended(op, OpState.DECLINED, "SOURCE", "source cannot be used")
    if op.state == OpState.ACTION_REQUIRED:
        return Passed(replace(op, next_at=now + PACE[1]))
    return None


async def _kept(tx: db.Tx, op: Operation, *, now: datetime) -> Passed | None:
    """Keep a withdrawal from whoever owes, and one that waits until no bank can take it back."""
    found = await moves.standing(tx, op.user_id, now=now, currency=op.currency)
    if found.left.owed:
        return passing.ended(op, OpState.CANCELLED, "OWED", "owes")
    if op.state != OpState.QUEUED:
        return None
    kept = found.left.spendable + await moves.queued_behind(tx, op)
    free_at = moves.free_at(kept, found.unsafe, now=now)
    if free_at is None:
        return None
    return Passed(replace(op, next_at=free_at, deadline=free_at + _DAY))


async def _is_sure(tx: db.Tx, op: Operation) -> bool:
    """Whether it was not taken, and no call was made for it of which nobody knows what came."""
    name = _TAKES.get(OpState(op.state))
    if name is None:
        return False
    calls = await store.calls(tx, op.id)
    return all(c.outcome not in (None, "unknown") for c in calls if c.step == name)


# --- after it ----------------------------------------------------------------------------------


async def _finish(step: Step, answer: Answer, *, now: datetime) -> Applied:
    """Write down what is known of a call, with all that follows from it."""
    async with runtime.part(db.Database).transaction() as tx:
        op = await store.locked(tx, step.op.id)
        if op is None:
            raise NotFound
        if op.next_at != _lease_of(step) and (answer is None or isinstance(answer, ProviderError)):
            # Somebody else has gone on, and knows more than who has heard of nothing done.
            return Applied(op, Booked(is_new=False))
        known = _known(step, answer)
        _CALLS.labels(step.name, known.outcome).inc()
        await store.answered(tx, op.id, known, now=now)
        try:
            applied = await _settled(tx, step, op, answer, now=now)
        except Unreadable as e:
            broken = ContractBroken("UNREADABLE", str(e))
            applied = await _settled(tx, step, op, broken, now=now)
        failpoints.reach("operation.finished")
        return applied


def _known(step: Step, answer: Answer) -> Answered:
    if isinstance(answer, ProviderError):
        return Answered(step.name, _outcome(step, answer).value, answer.code[:100])
    if answer is None:
        return Answered(step.name, Outcome.NOT_DONE.value, "NOT_THERE")
    return Answered(step.name, "done")


def _outcome(step: Step, error: ProviderError) -> Outcome:
    """Say what is known of a step after an error of its latest try.

    Where an earlier try may have moved money, one that was not made, or was not in order, tells
    of itself alone: it is as unsure as before.
    """
    tells_nothing = error.outcome is Outcome.NOT_DONE or error.is_our_fault
    if step.is_again and step.name in _MOVES_MONEY and tells_nothing:
        return Outcome.UNKNOWN
    return error.outcome


async def _settled(
    tx: db.Tx, step: Step, op: Operation, answer: Answer, *, now: datetime
) -> Applied:
    # Ours no longer; what follows says when it is looked at next.
    free = replace(op, next_at=None if op.state >= OpState.PENDING else now + PACE[1])
    cause = f"call:{step.name}"
    pages: tuple[Page, ...] = ()
    match answer:
        case CardSeen():
            return await cards.look(tx, op, answer, now=now)
        case Authorized():
            passed = _decided(step, free, answer, now=now)
        case Charge(status="prepared"):
            held = replace(free, provider_ref=answer.ref, unsure_since=None, attempts=0)
            passed = Passed(replace(held, next_at=_lease_of(step)))
        case Refund():
            passed = passing.refund_told(free, answer, cause, now=now)
        case Transfer() | Charge():
            passed = judging.judged(free, [answer], cause=cause, now=now)
        case None if step.name == "submit":
            passed = passing.ended(free, OpState.FAILED, "NOT_DONE", cause)
        case None:
            passed = Passed(free)
        case _:
            passed = _after_error(step, free, answer, now=now)
            pages = _alarms(op, answer, now)
    if _wants_owner(answer):
        await changing.needs_repair(tx, op.source_id, now=now)
    applied = await judging.settle(tx, op, passed, now=now)
    return applied._replace(pages=(*applied.pages, *pages))


def _wants_owner(answer: Answer) -> bool:
    """Whether the bank wants its customer to sign in: nothing goes on before that."""
    if isinstance(answer, Authorized):
        return answer.decision == "action_required"
    return isinstance(answer, ActionRequired)


def _alarms(op: Operation, error: ProviderError, now: datetime) -> tuple[Page, ...]:
    if isinstance(error, InsufficientFloat):
        if 0 < op.attempts < len(PACE) - 1:  # somebody has been called; again when it is hourly
            return ()
        details = () if op.kind == OpKind.MICRO_DEPOSIT else (error.detail,)
        return (page("float_empty", op, now, *details),)
    return (page("our_fault", op, now, error.code),) if error.is_our_fault else ()


def _decided(step: Step, op: Operation, seen: Authorized, *, now: datetime) -> Passed:
    """Take a decision: never submit more than it allows, and what is unchecked is not advanced."""
    if op.state != OpState.AUTHORIZING:
        return Passed(op)
    cause = "call:authorize"
    known = replace(op, authorization_ref=seen.ref, unsure_since=None, attempts=0)
    if seen.decision == "action_required" and op.kind in PULLS:
        later = replace(known, next_at=now + PACE[0], deadline=max(op.deadline, now + _WEEK))
        return passing.moved(later, OpState.ACTION_REQUIRED, cause)
    if seen.decision in {"declined", "action_required"}:
        return passing.ended(known, OpState.DECLINED, seen.code, cause)
    if seen.cents < op.net:
        return passing.ended(known, OpState.DECLINED, "AMOUNT_CUT", cause)
    if seen.decision == "unchecked":
        score = step.source.owner_score
        if op.kind == OpKind.DEPOSIT and (score is None or score < _OWNER_PASSES):
            return passing.ended(known, OpState.DECLINED, seen.code, cause)
        known = replace(known, may_advance=False)
    going = passing.moved(known, OpState.SUBMITTING, cause)
    return going._replace(op=replace(going.op, next_at=_lease_of(step)))


def _after_error(step: Step, op: Operation, error: ProviderError, *, now: datetime) -> Passed:
    if isinstance(error, ActionRequired) and step.name == "authorize":
        return _decided(step, op, Authorized("action_required", None, 0, error.code), now=now)
    outcome = _outcome(step, error)
    if op.state >= OpState.PENDING:  # taken: of that nothing is undone by an error
        is_refused = step.name == "cancel" and outcome is Outcome.DECLINED
        pause = PACE[2] if step.name == "cancel" else PACE[-1]
        return Passed(replace(op, next_at=None if is_refused else now + pause))
    if outcome is Outcome.DECLINED and step.name not in {"look", "stop"}:
        end = OpState.FAILED if error.is_our_fault else OpState.DECLINED
        return passing.ended(op, end, error.code, f"call:{step.name}")
    later = replace(op, attempts=op.attempts + 1, next_at=_again(op, error, now))
    if outcome is Outcome.UNKNOWN:
        return _unsure(step, later, error, now=now)
    if isinstance(error, InsufficientFloat) and op.kind == OpKind.WITHDRAWAL:
        return passing.moved(later, OpState.QUEUED, f"call:{step.name}")
    return Passed(later)


def _unsure(step: Step, op: Operation, error: ProviderError, *, now: datetime) -> Passed:
    """Nobody knows whether it happened: nothing is undone until that is known."""
    since = op.unsure_since or now
    if isinstance(error, KeyConflict):
        return Passed(replace(op, unsure_since=since, next_at=None, failure_code=error.code))
    if step.name in {"authorize", "prepare"} and now - since > _REPLAYS:
        return passing.ended(op, OpState.FAILED, error.code, f"call:{step.name}")
    return Passed(replace(op, unsure_since=since))


def _again(op: Operation, error: ProviderError, now: datetime) -> datetime:
    pause = PACE[min(op.attempts, len(PACE) - 1)]
    return now + max(pause, timedelta(seconds=error.retry_after or 0))


async def sweep(tx: db.Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    """Part: find what is due; after the commit each goes on by itself."""
    ids_due = await store.due(tx, now=now, many=_SWEPT)

    async def begin() -> None:
        drives = runtime.part(Drives)
        for op_id in ids_due:
            drives.begin(op_id, now=clock.now())

    return begin
