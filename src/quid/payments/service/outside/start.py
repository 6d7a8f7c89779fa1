"""What starts at a bank or card: counted, bounded, written down as an operation."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.funding import queries as funding_queries
from quid.funding import service as funding
from quid.funding.types import Line, NewOperation, OpKind
from quid.funding.types import Purpose as For
from quid.identity.types import Standing
from quid.kit import db, ids, outbox, telemetry
from quid.kit.events import Event
from quid.ledger import service as ledger
from quid.ledger.types import Kind as Account
from quid.ledger.types import NewAccount, Result
from quid.payments import events, store
from quid.payments.service import answers
from quid.payments.service.wallets import CURRENCY, find_wallets
from quid.payments.types import OutsideRow, PaymentRow, State
from quid.risk import queries as risk
from quid.risk.types import CreditFacts


class Accounts(NamedTuple):
    """A payer's accounts that a payment from outside touches, locked together."""

    wallet: int
    reserved: int
    advance: int


async def lock_accounts(tx: db.Tx, payer_id: UUID, others: Collection[int] = ()) -> Accounts:
    """Part: open and lock what it touches, and `others`. Locks: ledger.account by id."""
    wallet = (await find_wallets(tx, [payer_id]))[payer_id]
    reserved, advance = await ledger.open_accounts(
        tx,
        [
            NewAccount(Account.RESERVED, CURRENCY, owner=payer_id),
            NewAccount(Account.ADVANCE, CURRENCY, owner=payer_id),
        ],
    )
    found = Accounts(wallet, reserved, advance)
    await ledger.lock(tx, (*found, *others))
    return found


async def start(
    tx: db.Tx, row: PaymentRow, outside: OutsideRow, standing: Standing, *, now: datetime
) -> bool:
    """Part: count what comes from a bank, decide on credit, write the operation down.

    False: the limit for banks takes no more, and nothing is counted. The caller has locked the
    payer's accounts. Locks: ledger.account, nothing but new rows beside it.
    """
    counted_at, is_granted = None, False
    if outside.kind == "bank":
        accounts = await lock_accounts(tx, row.payer_id)
        limits = await risk.bank_limits(
            tx, row.payer_id, standing.payer_tier, currency=CURRENCY, now=now
        )
        counted = await ledger.consume(
            tx, accounts.wallet, outside.outside_minor, limits.in_checks(accounts.wallet)
        )
        if counted.result is not Result.POSTED:
            return False
        counted_at = counted.counted_at
        line = Line("bank", outside.source_id, outside.label, outside.outside_minor, 0)
        is_granted = await may_advance(tx, row.payer_id, line, standing, now=now)
        if is_granted:
            # What is granted here the ledger keeps to, whoever else is granted at this moment.
            await ledger.set_bounds(tx, accounts.advance, floor=-limits.credit_minor)
    await funding.start(
        tx,
        NewOperation(
            id=outside.operation_id,
            kind=OpKind.DEPOSIT if outside.kind == "bank" else OpKind.CARD_CHARGE,
            purpose=For.PAYMENT,
            user_id=row.payer_id,
            source_id=outside.source_id,
            cents=outside.outside_minor,
            fee=outside.fee_minor,
            payment_id=row.id,
            may_advance=is_granted,
            ip=outside.ip,
            user_agent=outside.user_agent,
            counted_at=counted_at,
        ),
        now=now,
    )
    return True


async def may_advance(
    conn: db.Conn, payer_id: UUID, line: Line, standing: Standing, *, now: datetime
) -> bool:
    """Question: would the payee have a bank's money before it settles?

    Risk grants it, as far as the house gives any credit at all.
    """
    if line.source_id is None:
        return False
    record = await funding_queries.pull_record(conn, payer_id, line.source_id)
    facts = CreditFacts(
        user_id=payer_id,
        tier=standing.payer_tier,
        payer_since=standing.payer_since,
        verified_at=record.verified_at,
        settled_pulls=record.settled,
        returned_at=record.returned_at,
        amount_minor=line.cents,
    )
    [granted] = await risk.instant_credit(conn, [facts], currency=CURRENCY, now=now)
    return granted and await funding_queries.has_credit_left(conn, line.cents, currency=CURRENCY)


async def begin_released(
    tx: db.Tx, row: PaymentRow, outside: OutsideRow, standing: Standing, *, now: datetime
) -> bool:
    """Part: let a payment that a proof or an operator has released go to its bank.

    False: the limit for banks takes no more; the caller ends it.
    Locks: ledger.account (the caller holds the payment). Emits: payments.payment_processing.v1.
    """
    await lock_accounts(tx, row.payer_id)
    if not await start(tx, row, outside, standing, now=now):
        return False
    moves = (State.AUTHORIZED, State.PROCESSING)
    await store.move_outside(tx, [store.Ended(row.id, now)], moves, is_end=False)
    await outbox.append(tx, [processing_event(row, outside, telemetry.request_id() or "")])
    return True


def processing_event(row: PaymentRow, outside: OutsideRow, request_id: str) -> Event:
    """Tell that a bank or card is to pay."""
    event = events.PaymentProcessing(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=row.amount_minor,
        currency=row.currency,
        paid_by=outside.kind,
        from_balance=outside.balance_minor,
        fee=outside.fee_minor,
        request_id=request_id,
    )
    return answers.event_of(row, event.TYPE, event)
