"""Parts that end the waiting of a locked payment: money and state in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.identity import queries as people
from quid.kit import db, ids, outbox, telemetry
from quid.kit.errors import NotFound
from quid.kit.events import Event
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Hold, Result
from quid.payments import errors, events, queries, rules, store
from quid.payments.service import frozen, requests
from quid.payments.service.outside import SEND_METERS, begin_released, returned
from quid.payments.service.wallets import find_wallets
from quid.payments.types import Kind, OutsideRow, PaymentRow, State


async def release(tx: db.Tx, payment_id: UUID, *, by: events.WaitsFor, now: datetime) -> State:
    """Part: pay a waiting payment out of its hold; give the state it came to.

    One that a bank or card pays for goes to its bank now: `follow_up` it after the commit. A payee
    who is not there any more gets nothing: the payment is DECLINED, its money is back.
    Raises: NotFound, StateConflict, AccountFrozen.
    Locks: payments.payment, collect.request, ledger.account.
    Emits: payments.payment_completed.v1, payments.payment_processing.v1 or
    payments.payment_released.v1.
    """
    row = await locked(tx, payment_id)
    _require_waits_for(row, by)
    rules.require_move(row.state, State.AUTHORIZED, State.COMPLETED)
    [standing] = await people.standings(
        tx, payer_ids=[row.payer_id], session_ids=[None], payee_ids=[row.payee_id], now=now
    )
    if standing.payer_freeze_scope is not None:
        refusal = errors.AccountFrozen(extra={"reason": standing.payer_freeze_reason})
        await frozen.explain(tx, [(row.payer_id, refusal)])
        raise refusal
    declined = (State.AUTHORIZED, State.DECLINED)
    if not standing.is_payee_open or standing.is_blocked:
        await give_back_one(tx, row, declined, refusal=errors.RecipientNotFound.code, now=now)
        return State.DECLINED
    paid_by = (await queries.outside(tx, [payment_id])).get(payment_id)
    if paid_by is None:
        await _pay_out(tx, row, by=by, now=now)
        return State.COMPLETED
    if not await begin_released(tx, row, paid_by, standing, now=now):
        code = errors.PaymentMethodInvalid.code
        await give_back_one(tx, row, declined, refusal=code, now=now)
        return State.DECLINED
    return State.PROCESSING


def _require_waits_for(row: PaymentRow, by: events.WaitsFor) -> None:
    """Proofs are for challenges, operators for reviews. Raises: StateConflict."""
    if by == "proof":
        rules.require_proof(row.state)
    else:
        rules.require_review(row.state)


async def _pay_out(tx: db.Tx, row: PaymentRow, *, by: events.WaitsFor, now: datetime) -> None:
    wallets = await find_wallets(tx, [row.payee_id])
    hold = (await books.holds(tx, [rules.hold_id(row.id)]))[rules.hold_id(row.id)]
    transfer = ledger.capture(row.id, hold, wallets[row.payee_id])
    [posting] = await ledger.post(tx, [transfer], now=now)
    match posting.result:
        case Result.POSTED:
            pass
        case Result.CREDIT_ACCOUNT_FROZEN | Result.ACCOUNT_CLOSED:
            raise errors.RecipientNotFound
        case Result.DEBIT_ACCOUNT_BLOCKED:
            raise errors.AccountFrozen
        case _:
            raise RuntimeError(f"a hold was not captured: {posting.result.name}")
    at = max(row.times[-1], now, posting.recorded_at)
    moves = (State.AUTHORIZED, State.COMPLETED)
    await store.end(tx, [store.Ended(row.id, at)], moves, now=now)
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
        balance_after_minor=posting.credit_after,
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
        released_by=by,
        for_request=rules.request_id_of(row),
    )
    subject = ("pay", row.id)
    await outbox.append(tx, [Event("payments", event.TYPE, subject, row.payer_id, at, event)])


async def give_back(
    tx: db.Tx,
    rows: Sequence[PaymentRow],
    moves: tuple[State, ...],
    *,
    refusal: str | None = None,
    now: datetime,
) -> list[PaymentRow]:
    """Part: end locked payments that wait, their money back in the wallet; give those that ended.

    One that the ledger refuses, or whose hold is gone, stays as it is, and is told to the log: it
    stops no other. The caller holds the requests that they answer, too.
    Raises: StateConflict. Locks: ledger.account. Emits: payments.payment_released.v1.
    """
    for row in rows:
        rules.require_move(row.state, *moves)
    paid_by = await queries.outside(tx, [r.id for r in rows])
    holds = await books.holds(tx, [rules.hold_id(r.id) for r in rows])
    await _uncount(tx, rows, paid_by, holds)
    whole = [r for r in rows if r.id in paid_by and not paid_by[r.id].balance_minor]
    for row in rows:
        if rules.hold_id(row.id) not in holds and row not in whole:
            telemetry.log.error("payment.hold_missing", payment=ids.show("pay", row.id))
    # By the ids of their lines, which share a time: so each balance follows from the one before.
    ordered = sorted(
        (r for r in rows if rules.hold_id(r.id) in holds), key=lambda r: rules.release_id(r.id)
    )
    posted = await ledger.post(
        tx,
        [ledger.release(rules.release_id(r.id), holds[rules.hold_id(r.id)]) for r in ordered],
        now=now,
    )
    ended = [_Ended(row, max(row.times[-1], now), 0, None) for row in whole]
    for row, posting in zip(ordered, posted, strict=True):
        if posting.result is Result.POSTED:
            at = max(row.times[-1], now, posting.recorded_at)
            ended.append(_Ended(row, at, posting.moved_minor, posting.credit_after))
        else:
            telemetry.log.error(
                "payment.hold_not_released",
                payment=ids.show("pay", row.id),
                result=posting.result.name,
            )
    if not ended:
        return []
    own = [store.Ended(e.row.id, e.at) for e in ended if e.row.id not in paid_by]
    others = [store.Ended(e.row.id, e.at) for e in ended if e.row.id in paid_by]
    if own:
        await store.end(tx, own, moves, refusal_code=refusal, now=now)
    if others:
        await store.move_outside(tx, others, moves, refusal_code=refusal)
    back = [returned(e.row, moves[-1], e.back_minor, e.at, e.after) for e in ended if e.back_minor]
    await store.add_returned(tx, back)
    await requests.follow(tx, [(e.row, moves[-1], e.at) for e in ended])
    await outbox.append(tx, [_released(e.row, moves[-1], refusal, e.at) for e in ended])
    return [e.row for e in ended]


class _Ended(NamedTuple):
    """A payment that has ended, what came back of it and what its payer then has: minor units."""

    row: PaymentRow
    at: datetime
    back_minor: int
    after: int | None


async def _uncount(
    tx: db.Tx,
    rows: Sequence[PaymentRow],
    paid_by: Mapping[UUID, OutsideRow],
    holds: Mapping[UUID, Hold],
) -> None:
    """Give back the limits of those that were counted whole, ahead of their money.

    Locks: all accounts that this transaction touches, by id.
    """
    counted = [r for r in rows if r.id in paid_by]
    if not counted:
        return
    wallets = await find_wallets(tx, [r.payer_id for r in counted])
    held = {a for h in holds.values() for a in (h.account_id, h.reserved_id)}
    await ledger.lock(tx, {*wallets.values(), *held})
    for row in counted:
        at = paid_by[row.id].counted_at
        await ledger.give_back(tx, wallets[row.payer_id], SEND_METERS, row.amount_minor, at)


async def give_back_one(
    tx: db.Tx,
    row: PaymentRow,
    moves: tuple[State, ...],
    *,
    refusal: str | None = None,
    now: datetime,
) -> None:
    """Part: end one locked payment that waits, as `give_back`. What cannot be done raises."""
    if not await give_back(tx, [row], moves, refusal=refusal, now=now):
        raise RuntimeError("a hold was not released")


def _released(row: PaymentRow, state: State, refusal: str | None, at: datetime) -> Event:
    event = events.PaymentReleased(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        amount=row.amount_minor,
        currency=row.currency,
        state=state.name,
        refusal_code=refusal,
    )
    return Event("payments", event.TYPE, ("pay", row.id), row.payer_id, at, event)


async def locked(tx: db.Tx, payment_id: UUID) -> PaymentRow:
    """Lock a payment, then read it: a younger snapshot sees who came first.

    Raises: NotFound. Locks: payments.payment, then the request it answers.
    """
    await store.lock(tx, payment_id)
    found = (await queries.found(tx, [payment_id])).get(payment_id)
    if found is None:
        raise NotFound
    await requests.lock(tx, [found])
    return found
