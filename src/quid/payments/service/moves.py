"""Parts that end the waiting of a locked payment: money and state in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from quid.identity import queries as people
from quid.kit import db, ids, outbox, telemetry
from quid.kit.errors import NotFound
from quid.kit.events import Event
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Result
from quid.payments import errors, events, queries, rules, store
from quid.payments.service import frozen
from quid.payments.service.wallets import find_wallets
from quid.payments.types import Kind, PaymentRow, State


async def release(tx: db.Tx, payment_id: UUID, *, by: events.WaitsFor, now: datetime) -> State:
    """Part: pay a waiting payment out of its hold; give the state it came to.

    A payee who is not there any more gets nothing: the payment is DECLINED, its money is back.
    Raises: NotFound, StateConflict, AccountFrozen. Locks: payments.payment, ledger.account.
    Emits: payments.payment_completed.v1 or payments.payment_released.v1.
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
    if not standing.is_payee_open or standing.is_blocked:
        moves = (State.AUTHORIZED, State.DECLINED)
        await give_back_one(tx, row, moves, refusal=errors.RecipientNotFound.code, now=now)
        return State.DECLINED
    await _pay_out(tx, row, by=by, now=now)
    return State.COMPLETED


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
    stops no other.
    Raises: StateConflict. Locks: ledger.account. Emits: payments.payment_released.v1.
    """
    for row in rows:
        rules.require_move(row.state, *moves)
    holds = await books.holds(tx, [rules.hold_id(r.id) for r in rows])
    for row in rows:
        if rules.hold_id(row.id) not in holds:
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
    ended = []
    for row, posting in zip(ordered, posted, strict=True):
        if posting.result is Result.POSTED:
            at = max(row.times[-1], now, posting.recorded_at)
            ended.append((row, at, posting.credit_after))
        else:
            telemetry.log.error(
                "payment.hold_not_released",
                payment=ids.show("pay", row.id),
                result=posting.result.name,
            )
    if not ended:
        return []
    await store.end(
        tx, [store.Ended(r.id, at) for r, at, _ in ended], moves, refusal_code=refusal, now=now
    )
    await store.add_returned(tx, [_returned(row, moves[-1], at, after) for row, at, after in ended])
    await outbox.append(tx, [_released(row, moves[-1], refusal, at) for row, at, _ in ended])
    return [row for row, _, _ in ended]


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


def _returned(row: PaymentRow, state: State, at: datetime, after: int | None) -> store.Returned:
    return store.Returned(
        user_id=row.payer_id,
        at=at,
        id=rules.release_id(row.id),
        kind=Kind.RELEASE,
        is_incoming=True,
        state=state,
        amount_minor=row.amount_minor,
        currency=row.currency,
        counterparty_id=row.payee_id,
        balance_after_minor=after,
        payment_id=row.id,
    )


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
    """Lock a payment, then read it: a younger snapshot sees who came first. Raises: NotFound."""
    await store.lock(tx, payment_id)
    found = (await queries.found(tx, [payment_id])).get(payment_id)
    if found is None:
        raise NotFound
    return found
