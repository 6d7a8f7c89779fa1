"""What callers do with operations: start one, believe a provider, take its money, leave it.

An operation is a row that says what was asked for; each call to its provider is written down
before it is made, and what came of it in the transaction of its effects (`driving`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.funding.errors import StateConflict
from quid.funding.ports import Charge, Transfer
from quid.funding.rules import effects
from quid.funding.rules.course import BEFORE_SUBMIT, ENDS, PULLS
from quid.funding.rules.effects import Effect
from quid.funding.service import booking, judging, passing
from quid.funding.service.judging import Applied, ring
from quid.funding.service.passing import Passed
from quid.funding.store import operations as store
from quid.funding.store.operations import Begun
from quid.funding.types import NewOperation, Operation, OpKind, OpState, Provider, Purpose
from quid.kit import db, ids, runtime
from quid.kit.errors import NotFound
from quid.ledger.types import Transfer as Movement

_DAY: Final = timedelta(days=1)
_FOR_A_PAYMENT: Final = timedelta(minutes=15)
_INSTANT: Final = timedelta(seconds=60)
_CARDS: Final = frozenset({OpKind.CARD_CHARGE, OpKind.CARD_REFUND})
_OUT: Final = frozenset({OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL})


def deadline_of(new: NewOperation, *, now: datetime) -> datetime:
    """Say until when it may be begun. Source: rails.md 6 of the blueprint."""
    if new.purpose is Purpose.PAYMENT:
        return now + _FOR_A_PAYMENT
    if new.kind is OpKind.INSTANT_WITHDRAWAL:
        return now + _INSTANT
    return max(now, new.not_before or now) + _DAY


async def start(tx: db.Tx, new: NewOperation, *, now: datetime) -> Operation:
    """Part: write an operation down. Nothing moves and nobody is called before the commit.

    Whoever starts it has judged source, limits and person. `drive` it after the commit.
    Units: minor units. Locks: nothing but the new rows.
    """
    is_card = new.kind in _CARDS
    network = "rtp" if new.kind is OpKind.INSTANT_WITHDRAWAL else "ach"
    begun = Begun(
        provider=Provider.STRIPE if is_card else Provider.PLAID,
        network="card" if is_card else network,
        net=new.cents - new.fee if new.kind in _OUT else new.cents + new.fee,
        deadline=deadline_of(new, now=now),
        next_at=max(now, new.not_before or now),
    )
    return await store.add(tx, new, begun, now=now)


async def apply(
    tx: db.Tx, op: Operation, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> Applied:
    """Part: judge what the provider says of a locked operation, post what is missing, move on.

    What is behind the present state changes nothing; what skips a state has the effects of the
    skipped one too; what contradicts an end goes to suspense. All that it posts is one `post`, so
    the caller posts nothing else in this transaction, and calls the `pages` after the commit.
    Locks: funding.operation (the caller holds it), ledger.account. Idempotent: ids of effects.
    Raises: Unreadable. Emits: funding.operation_changed.v1.
    """
    passed = judging.judged(op, seen, cause=cause, now=now)
    if op.kind in _CARDS and op.state >= OpState.SUCCEEDED and op.state not in ENDS:
        # Claims and costs are looked up by a step of its own.
        passed = passed._replace(op=replace(passed.op, next_at=now))
    return await judging.settle(tx, op, passed, now=now)


async def observe(
    provider: Provider, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> list[Operation]:
    """Command: believe what a provider says of its objects, each in a transaction of its own.

    Gives the operations that are known; an object that is nobody's is left out.
    Locks: funding.operation, ledger.account. Emits: funding.operation_changed.v1.
    """
    done = []
    for one in seen:
        async with runtime.part(db.Database).transaction() as tx:
            op_id = await store.by_ref(tx, provider, one.ref, _named(one.op_id))
            op = None if op_id is None else await store.locked(tx, op_id)
            if op is None:
                continue
            applied = await apply(tx, op, [one], cause=cause, now=now)
        await ring(applied.pages)
        done.append(applied.op)
    return done


def _named(op_id: str | None) -> UUID | None:
    prefixes = ("op", *booking.PREFIX.values())
    return next((i for p in prefixes if op_id and (i := ids.read(p, op_id))), None)


async def release(tx: db.Tx, op_id: UUID, *, advance: bool, now: datetime) -> list[Movement]:
    """Part: give the transfers that put an operation's money into its payer's wallet.

    For payments: the caller posts them in one group with its own, in this transaction. A pull
    must have settled, or `advance` and be accepted with `may_advance`; a charge have succeeded.
    Raises: StateConflict when it has not, or its money has been given already; NotFound.
    Locks: funding.operation.
    """
    op = await _of_payment(tx, op_id)
    state = OpState(op.state)
    if op.is_released or op.is_advanced or op.is_abandoned or state in ENDS:
        raise StateConflict(extra={"state": state.name})
    # A charge may have been claimed before it was given: the claim is booked on top of it.
    if op.kind == OpKind.CARD_CHARGE and state >= OpState.SUCCEEDED:
        given, known = effects.card_charged(op.cents, op.fee), replace(op, is_released=True)
    elif op.kind in PULLS and state >= OpState.SETTLED:
        given = effects.pull_released(op.cents, is_advanced=False)
        known = replace(op, is_released=True)
    elif op.kind in PULLS and advance and op.may_advance and state >= OpState.PENDING:
        given, known = effects.pull_advanced(op.cents), replace(op, is_advanced=True)
    else:
        raise StateConflict(extra={"state": state.name})
    await store.save(tx, known, now=now)
    accounts = await booking.accounts_of(tx, op, [given])
    return effects.transfers(given, accounts, op.id, op.provider)


async def keep(tx: db.Tx, op_id: UUID, *, now: datetime) -> list[Movement]:
    """Part: give the transfers that put money that has come into its payer's own wallet.

    As `release`, for a payment that is over: all of it is the payer's, and there is no fee.
    Raises: StateConflict, NotFound. Locks: funding.operation.
    """
    op = await _of_payment(tx, op_id)
    given = _come(op)
    if given is None or op.is_released or op.is_advanced or op.is_abandoned:
        raise StateConflict(extra={"state": OpState(op.state).name})
    await store.save(tx, replace(op, is_released=True, is_abandoned=True), now=now)
    accounts = await booking.accounts_of(tx, op, [given])
    return effects.transfers(given, accounts, op.id, op.provider)


async def touched(tx: db.Tx, op_id: UUID) -> list[int]:
    """Part: give the accounts that `keep` and `abandon` may move money between, to be locked ahead.

    Who has locked a wallet by itself may not wait for an account of the house any more.
    Raises: NotFound. Locks: funding.operation.
    """
    op = await _of_payment(tx, op_id)
    given = _come(op)
    accounts = await booking.accounts_of(tx, op, [] if given is None else [given])
    return list(accounts.values())


def _come(op: Operation) -> Effect | None:
    """Say what gives money that has come to its payer; None = it has not."""
    if op.state in ENDS:
        return None
    if op.kind == OpKind.CARD_CHARGE:
        return effects.card_charged(op.net, 0) if op.state >= OpState.SUCCEEDED else None
    has_settled = op.kind in PULLS and op.state >= OpState.SETTLED
    return effects.pull_released(op.cents, is_advanced=False) if has_settled else None


async def abandon(tx: db.Tx, op_id: UUID, *, now: datetime) -> Operation:
    """Part: nobody wants this operation's money for a payment any more.

    What was not submitted is cancelled; what was is cancelled at the provider where it can be. If
    its money has come, or comes all the same, it goes to the payer's own wallet, in this call or
    then. It may post, so the caller posts nothing in this transaction.
    Raises: NotFound. Locks: funding.operation, ledger.account.
    Emits: funding.operation_changed.v1.
    """
    op = await _of_payment(tx, op_id)
    if op.is_abandoned or op.is_released or op.is_advanced or op.state in ENDS:
        return op
    left = replace(op, is_abandoned=True, next_at=now)
    if op.state in BEFORE_SUBMIT:
        passed = passing.ended(left, OpState.CANCELLED, "ABANDONED", "abandoned")
    elif (given := _come(op)) is not None:
        # A charge is looked at again for its cost; of a pull nothing is left to ask.
        next_at = now if op.kind == OpKind.CARD_CHARGE else None
        kept = replace(left, is_released=True, next_at=next_at)
        passed = Passed(kept, (given,), ((op.state, "abandoned"),))
    else:
        passed = Passed(left)
    return (await judging.settle(tx, op, passed, now=now)).op


async def _of_payment(tx: db.Tx, op_id: UUID) -> Operation:
    op = await store.locked(tx, op_id)
    if op is None:
        raise NotFound
    if op.purpose != Purpose.PAYMENT:
        raise ValueError(f"{ids.show('op', op_id)} is not of a payment")
    return op
