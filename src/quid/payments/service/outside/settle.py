"""What follows for a payment from what has happened at its bank or card, and its end.

`settle` looks at the operation and does the next thing, in one transaction. Whoever calls it (who
has just driven the operation, the worker after an event) and however often: each thing happens
once. Money and state move together, so nobody spends in between what is meant for the payee.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from quid.funding import queries as funding_queries
from quid.funding import service as funding
from quid.funding.types import Operation
from quid.identity import queries as people
from quid.kit import clock, db, failpoints, ids, outbox, runtime, telemetry
from quid.kit.errors import NotFound
from quid.kit.events import Event
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Code, Meter, Result, Transfer
from quid.ledger.types import Outcome as Posting
from quid.payments import errors, events, queries, rules, store
from quid.payments.rules import outside as steps
from quid.payments.rules.outside import Next, Step
from quid.payments.service import answers, requests
from quid.payments.service.outside.start import lock_accounts
from quid.payments.service.wallets import ensure_wallets, find_wallets
from quid.payments.types import Kind, OutsideRow, PaymentRow, State

WAIT_SECONDS: Final = 3.0
SEND_METERS: Final = (Meter.SEND_24H, Meter.SEND_7D)
_AT_ONCE: Final = 50
_AGAIN: Final = timedelta(minutes=1)


class _Refused(Exception):  # noqa: N818 - what became of the posting
    """The books did not take the group: all is rolled back, and something else is done."""

    def __init__(self, item: Transfer, posting: Posting) -> None:
        super().__init__(f"{item.code.name}: {posting.result.name}")
        self.item = item
        self.result = posting.result


class _Case(NamedTuple):
    """A payment that a bank or card pays for, locked, and its operation as it stands."""

    row: PaymentRow
    outside: OutsideRow
    op: Operation


async def follow_up(payment_id: UUID, *, now: datetime) -> None:
    """Command: ask the bank or card, for 3 s at most, and do what follows.

    What is not known by then the worker ends. Locks and events as `settle`.
    """
    async with runtime.part(db.Database).read() as conn:
        found = (await queries.outside(conn, [payment_id])).get(payment_id)
    if found is None:
        raise NotFound
    await funding.drive(found.operation_id, within=WAIT_SECONDS, now=now)
    failpoints.reach("outside.driven")
    await settle(payment_id, now=clock.now())


async def settle(payment_id: UUID, *, now: datetime) -> State:
    """Command: do what the operation of a payment asks for; give where the payment stands.

    Idempotent: whatever is done is done under the lock of the payment, once.
    Locks: payments.payment, collect.request, funding.operation, ledger.account, the lane's head.
    Emits: payments.payment_completed.v1 or payments.payment_released.v1.
    """
    try:
        done = await _settle(payment_id, may_pay=True, now=now)
    except _Refused as refused:
        if refused.item.code is Code.PULL_ADVANCED:
            # No room for credit: the payee has it when it has settled.
            telemetry.log.info("payment.not_advanced", payment=ids.show("pay", payment_id))
            done = await _settle(payment_id, may_pay=True, has_room=False, now=now)
        elif refused.item.code is Code.PAYMENT:
            done = await _settle(payment_id, may_pay=False, now=now)
        else:
            raise RuntimeError(str(refused)) from refused
    return done


async def settle_due(tx: db.Tx, *, now: datetime) -> list[UUID]:
    """Part: take the payments at whose operations something has happened, to settle each.

    Locks: payments.outside.
    """
    return await store.take_due(tx, now=now, many=_AT_ONCE, again=now + _AGAIN)


async def _settle(
    payment_id: UUID, *, may_pay: bool, has_room: bool = True, now: datetime
) -> State:
    async with runtime.part(db.Database).read() as conn:
        row = (await queries.found(conn, [payment_id])).get(payment_id)
    if row is None:
        raise NotFound
    await ensure_wallets([row.payee_id], now=now)
    async with runtime.part(db.Database).transaction() as tx:
        case = await _locked(tx, payment_id)
        if case is None:
            return row.state
        why_not = await _why_not(tx, case.row, now=now)
        if not may_pay:
            why_not = why_not or errors.AccountFrozen.code
        step = steps.next_of(case.op, why_not, has_room=has_room)
        state = await _do(tx, case, step, now=now)
        failpoints.reach("outside.settled")
    if state not in rules.OUTSIDE:
        answers.count([case.row], paid_by=case.outside.kind)
    return state


async def _locked(tx: db.Tx, payment_id: UUID) -> _Case | None:
    """Lock a payment, and the request it answers, and read what it waits for.

    None when it waits for no bank any more.

    Its mark goes first: what happens after its operation was read sets it again.
    """
    await store.lock(tx, payment_id)
    await store.looked(tx, payment_id)
    row = (await queries.found(tx, [payment_id]))[payment_id]
    outside = (await queries.outside(tx, [payment_id])).get(payment_id)
    if outside is None or row.state not in rules.OUTSIDE:
        return None
    await requests.lock(tx, [row])
    [op] = await funding_queries.operations(tx, [outside.operation_id])
    return _Case(row, outside, op)


async def _why_not(tx: db.Tx, row: PaymentRow, *, now: datetime) -> str | None:
    """Say why these two cannot have it any more, though the bank pays."""
    [standing] = await people.standings(
        tx, payer_ids=[row.payer_id], session_ids=[None], payee_ids=[row.payee_id], now=now
    )
    refusal = answers.refusal_of_standing(standing)
    return refusal.code if refusal is not None else None


async def _do(tx: db.Tx, case: _Case, step: Next, *, now: datetime) -> State:
    row = case.row
    match step.step:
        case Step.ADVANCE | Step.PAY:
            return await _pay(tx, case, advance=step.step is Step.ADVANCE, now=now)
        case Step.KEEP:
            await _lock_all(tx, case)
            given = await funding.keep(tx, case.op.id, now=now)
            await _end(tx, case, given, step, now=now)
        case Step.LEAVE:
            await _lock_all(tx, case)
            await funding.abandon(tx, case.op.id, now=now)
            await _end(tx, case, [], step, now=now)
        case Step.END:
            await _end(tx, case, [], step, now=now)
        case Step.ASK if row.state is State.PROCESSING:
            asked_at = [store.Ended(row.id, now)]
            await store.move_outside(tx, asked_at, (step.state,), is_end=False)
        case _:
            return row.state
    return step.state


# --- through -----------------------------------------------------------------------------------


async def _pay(tx: db.Tx, case: _Case, *, advance: bool, now: datetime) -> State:
    """Give the bank's money and the balance's part to the payer, and all of it to the payee."""
    row = case.row
    given = await funding.release(tx, case.op.id, advance=advance, now=now)
    wallets = await find_wallets(tx, [row.payer_id, row.payee_id])
    back = await _hold_release(tx, case)
    paid = Transfer(
        id=row.id,
        debit=wallets[row.payer_id],
        credit=wallets[row.payee_id],
        amount_minor=row.amount_minor,
        code=Code.PAYMENT,
    )
    posted = await _post(tx, [*given, *back, paid], now=now)
    at = max(row.times[-1], now, posted[-1].recorded_at)
    await store.move_outside(tx, [store.Ended(row.id, at)], (State.COMPLETED,))
    await requests.follow(tx, [(row, State.COMPLETED, at)])
    line = store.Line(
        user_id=row.payee_id,
        at=at,
        id=row.id,
        kind=Kind.PAYMENT,
        is_incoming=True,
        state=State.COMPLETED,
        amount_minor=row.amount_minor,
        currency=row.currency,
        counterparty_id=row.payer_id,
        note=row.note,
        balance_after_minor=posted[-1].credit_after,
    )
    await store.add_activity(tx, [line])
    event = events.PaymentCompleted(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=row.amount_minor,
        currency=row.currency,
        visibility=rules.stricter(row.payer_visibility, row.payee_visibility),
        request_id=telemetry.request_id() or "",
        released_by="funding",
        for_request=rules.request_id_of(row),
    )
    await outbox.append(tx, [_event(row, event.TYPE, at, event)])
    return State.COMPLETED


async def _hold_release(tx: db.Tx, case: _Case) -> list[Transfer]:
    if not case.outside.balance_minor:
        return []
    hold_id = rules.hold_id(case.row.id)
    hold = (await books.holds(tx, [hold_id]))[hold_id]
    return [ledger.release(rules.release_id(case.row.id), hold)]


async def _post(tx: db.Tx, items: list[Transfer], *, now: datetime) -> list[Posting]:
    """Book all of it or nothing. Raises: _Refused."""
    posted = await ledger.post(tx, ledger.group(1, items), now=now)
    for item, posting in zip(items, posted, strict=True):
        if posting.result not in (Result.POSTED, Result.GROUP_FAILED):
            raise _Refused(item, posting)
    return posted


# --- not through -------------------------------------------------------------------------------


async def _lock_all(tx: db.Tx, case: _Case) -> int:
    """Lock the payer's accounts, and the house's that its money comes from; give the wallet."""
    others = await funding.touched(tx, case.op.id)
    return (await lock_accounts(tx, case.row.payer_id, others)).wallet


async def _end(
    tx: db.Tx, case: _Case, given: list[Transfer], ended: Next, *, now: datetime
) -> State:
    """End it unpaid: limits given back, the hold too, and what the bank gave stays its payer's."""
    row, outside = case.row, case.outside
    wallet = await _lock_all(tx, case)
    await ledger.give_back(tx, wallet, SEND_METERS, row.amount_minor, outside.counted_at)
    items = [*given, *await _hold_release(tx, case)]
    at, back, after = max(row.times[-1], now), 0, None
    if items:
        posted = await _post(tx, items, now=now)
        mine = [(i, p) for i, p in zip(items, posted, strict=True) if i.credit == wallet]
        back = sum(p.moved_minor for _, p in mine)
        after = mine[-1][1].credit_after
        at = max(at, posted[-1].recorded_at)
    done = [store.Ended(row.id, at)]
    await store.move_outside(tx, done, (ended.state,), refusal_code=ended.refusal)
    await requests.follow(tx, [(row, ended.state, at)])
    if back:
        await store.add_returned(tx, [returned(row, ended.state, back, at, after)])
    await outbox.append(tx, [_released(row, ended, at)])
    return ended.state


async def cancel_outside(tx: db.Tx, row: PaymentRow, *, now: datetime) -> None:
    """Part: take back a locked payment for which nothing has been submitted.

    Raises: StateConflict. Locks: funding.operation, ledger.account.
    Emits: payments.payment_released.v1.
    """
    case = await _locked(tx, row.id)
    if case is None:  # the caller holds its lock and has seen it wait
        raise NotFound
    await _lock_all(tx, case)
    op = await funding.abandon(tx, case.op.id, now=now)
    if not steps.was_left(op):
        raise rules.conflict(row.state)
    await _end(tx, case, [], Next(Step.END, State.CANCELLED), now=now)


def returned(
    row: PaymentRow, state: State, amount_minor: int, at: datetime, after: int | None
) -> store.Returned:
    """Write the line of what came back to a payer. Units: minor units."""
    return store.Returned(
        user_id=row.payer_id,
        at=at,
        id=rules.release_id(row.id),
        kind=Kind.RELEASE,
        is_incoming=True,
        state=state,
        amount_minor=amount_minor,
        currency=row.currency,
        counterparty_id=row.payee_id,
        balance_after_minor=after,
        payment_id=row.id,
    )


def _released(row: PaymentRow, ended: Next, at: datetime) -> Event:
    event = events.PaymentReleased(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        amount=row.amount_minor,
        currency=row.currency,
        state=ended.state.name,
        refusal_code=ended.refusal,
    )
    return _event(row, event.TYPE, at, event)


def _event(row: PaymentRow, kind: str, at: datetime, data: msgspec.Struct) -> Event:
    return Event("payments", kind, ("pay", row.id), row.payer_id, at, data)
