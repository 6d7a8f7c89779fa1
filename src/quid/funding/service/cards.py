"""What becomes of a card charge after it has succeeded: its money is ours to use, or is claimed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from quid.funding.ports import Charge, Chargeback
from quid.funding.rules import effects, may_move
from quid.funding.rules.effects import Effect
from quid.funding.service import judging
from quid.funding.service.judging import Applied, page
from quid.funding.service.passing import Passed
from quid.funding.service.steps import CardSeen
from quid.funding.store import claims as store
from quid.funding.store import operations
from quid.funding.types import Operation, OpKind, OpState
from quid.kit import db

_LATER: Final = timedelta(hours=1)


async def look(tx: db.Tx, op: Operation, seen: CardSeen, *, now: datetime) -> Applied:
    """Part: book what a succeeded charge has come to: its cost, its money, claims against it.

    Locks: ledger.account; the caller holds funding.operation. Idempotent: ids of effects.
    Emits: funding.operation_changed.v1.
    """
    known = {c.ref: c.state for c in await store.of_operation(tx, op.id)}
    booked, next_at = _money(op, seen.charge, now=now)
    present, course = replace(op, next_at=next_at), []
    for claim in seen.claims:
        if claim.status == "warning" or not claim.is_money:
            continue
        before = known.get(claim.ref)
        booked += _claimed(claim, before)
        if before is None:
            await store.open_(tx, op, claim, now=now)
        if claim.status != "open" and before in (None, "open"):
            await store.close(tx, op, claim, now=now)
        for to in _states(claim, before):
            if may_move(OpKind.CARD_CHARGE, OpState(present.state), to):
                present = replace(present, state=int(to))
                course.append((int(to), f"claim:{claim.ref}"))
    given = _given_back(present, seen.charge)
    if given is not None:
        present = replace(present, state=int(given), refunded_minor=seen.charge.refunded)
        course.append((int(given), "refund"))
    if op.payment_id is not None:
        await operations.wake_refunds(tx, op.payment_id, now=now)
    passed = Passed(present, tuple(booked), tuple(course))
    applied = await judging.settle(tx, op, passed, now=now)
    fresh = [c for c in seen.claims if c.is_money and c.ref not in known]
    pages = [page("chargeback", applied.op, now, c.ref, c.reason) for c in fresh]
    return applied._replace(pages=(*applied.pages, *pages))


def _given_back(op: Operation, seen: Charge) -> OpState | None:
    """Say which state what went back to the card leads to; None = the present one."""
    state = OpState.SUCCEEDED
    if seen.refunded:
        state = OpState.REFUNDED if seen.refunded >= op.net else OpState.PARTLY_REFUNDED
    return state if may_move(OpKind.CARD_CHARGE, OpState(op.state), state) else None


def _money(op: Operation, seen: Charge, *, now: datetime) -> tuple[list[Effect], datetime | None]:
    """Its money is ours once the processor says so, and not before it was given to anybody."""
    if seen.available_on is None or seen.fee is None:
        return [], now + _LATER
    if now < seen.available_on:
        return [], seen.available_on
    if not op.is_released:
        return [], now + _LATER
    return [effects.card_available(op.net, seen.fee)], None


def _claimed(claim: Chargeback, before: str | None) -> list[Effect]:
    booked = []
    if before is None:
        booked.append(effects.chargeback_opened(claim.cents, claim.fee))
    if claim.status == "won" and before in (None, "open"):
        booked.append(effects.chargeback_won(claim.cents))
    if claim.status == "lost" and before in (None, "open"):
        booked.append(effects.chargeback_lost(claim.cents))
    return [e._replace(name=f"{e.name}:{claim.ref}") for e in booked]


def _states(claim: Chargeback, before: str | None) -> list[OpState]:
    ends = {"won": OpState.CHARGEBACK_WON, "lost": OpState.CHARGEBACK_LOST}
    end = [ends[claim.status]] if claim.status in ends else []
    return [OpState.CHARGEBACK, *end] if before is None else end
