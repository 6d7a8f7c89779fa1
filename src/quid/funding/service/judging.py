"""What a provider says of an operation, or we decide: judged, booked and told together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from quid.funding.ports import Charge, Transfer
from quid.funding.rules import returns
from quid.funding.rules.effects import Effect
from quid.funding.service import booking, changing, passing
from quid.funding.service.passing import Passed
from quid.funding.store import operations as store
from quid.funding.types import Operation, OpKind, OpState
from quid.kit import db, failpoints, runtime, telemetry
from quid.kit.money import Money
from quid.kit.pager import Page, PageFailed, Pager
from quid.ledger.types import Check

_ENDED_BADLY: Final = frozenset({OpState.RETURNED, OpState.FAILED, OpState.REJECTED})


class Applied(NamedTuple):
    """Where an operation then stands, and whom to call after the commit."""

    op: Operation
    booked: booking.Booked
    pages: tuple[Page, ...] = ()


async def apply(
    tx: db.Tx, op: Operation, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> Applied:
    """Part: judge what the provider says of a locked operation, post what is missing, move on.

    What is behind the present state changes nothing; what skips a state has the effects of the
    skipped one too; what contradicts an end goes to suspense and pages. All that it posts is one
    `post`, so the caller posts nothing else in this transaction.
    Locks: funding.operation (the caller holds it), ledger.account. Idempotent: ids of effects.
    Raises: Unreadable. Emits: funding.operation_changed.v1.
    """
    return await settle(tx, op, judged(op, seen, cause=cause, now=now), now=now)


def judged(
    op: Operation, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> Passed:
    """Pass an operation through all that its provider says, in order. Raises: Unreadable."""
    passed = Passed(op)
    effects: list[Effect] = []
    course: list[tuple[int, str]] = []
    for one in seen:
        before = passed
        passed = (
            passing.transfer_told(before.op, one, cause)
            if isinstance(one, Transfer)
            else passing.charge_told(before.op, one, cause, now=now)
        )
        effects += passed.effects
        course += passed.course
        passed = passed._replace(
            gives_back=passed.gives_back or before.gives_back,
            contradicts=passed.contradicts or before.contradicts,
        )
    return passed._replace(effects=tuple(effects), course=tuple(course))


async def settle(
    tx: db.Tx, before: Operation, passed: Passed, *, now: datetime, checks: tuple[Check, ...] = ()
) -> Applied:
    """Part: book what passing on means, keep the row and its course, tell those upstairs.

    Locks: ledger.account; the caller holds funding.operation. Raises: NotBooked.
    Emits: funding.operation_changed.v1.
    """
    op = passed.op
    if passed.gives_back:
        op = replace(op, counted_at=None)
    has_ended_badly = passed.course and op.state in _ENDED_BADLY and op.state != before.state
    if has_ended_badly:
        await _rest_source(tx, op, now=now)
    booked = await booking.book(tx, passed, now=now, checks=checks)
    failpoints.reach("operation.booked")
    if passed.contradicts and not booked.is_new:
        return Applied(before, booked)
    if op != before:
        op = await store.save(tx, op, now=now)
    await store.add_events(tx, op.id, passed.course, now=now)
    if passed.course:
        await booking.tell(tx, op, booked.moves, now=now)
    pages = []
    if passed.contradicts:
        pages.append(page("contradiction", op, now, passed.course[-1][1]))
    if has_ended_badly and returns.consequence_of(op.failure_code) == "duplicate":
        pages.append(page("duplicate", op, now, "returned as a duplicate"))
    return Applied(op, booked, tuple(pages))


async def _rest_source(tx: db.Tx, op: Operation, *, now: datetime) -> None:
    """Let what came back say what the account is still good for, before anything is locked."""
    if op.kind == OpKind.DEPOSIT:
        # Whoever will owe takes nothing out: what still waits is looked at again at once.
        await store.wake_queued(tx, op.user_id, now=now)
    consequence = returns.consequence_of(op.failure_code)
    if op.state == OpState.RETURNED and consequence in {"disabled", "unauthorized"}:
        await changing.disable(tx, op.source_id, op.failure_code or "RETURNED", now=now)


def page(name: str, op: Operation, now: datetime, *details: str) -> Page:
    """Write a call of a person about an operation. What proves an account is not told."""
    what = f"{OpKind(op.kind).name.lower()} {OpState(op.state).name}"
    is_proof = op.kind == OpKind.MICRO_DEPOSIT
    amount = "" if is_proof else f", {Money(op.cents, op.currency).text()}"
    return Page(
        name=f"funding.{name}",
        summary=f"{booking.shown(op)}: {what}{amount}",
        details=tuple(details),
        at=now,
    )


async def ring(pages: Sequence[Page]) -> None:
    """Call people, after the commit. What cannot be sent is in the log."""
    for one in pages:
        try:
            await runtime.part(Pager).page(one)  # type: ignore[type-abstract]  # wiring gives one
        except PageFailed as e:
            telemetry.log.critical("page.lost", page=one.name, summary=one.summary, error=str(e))
