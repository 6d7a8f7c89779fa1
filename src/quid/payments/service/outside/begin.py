"""The beginning of a payment for which a bank or card pays.

Outside the lanes, under an id of its own, and in one transaction: key, plan under the wallet's
lock, limits, hold on the balance's part, rows, operation, event, answer. The bank is called after
the commit. ADR 35.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.funding import service as funding
from quid.funding.errors import needed
from quid.funding.types import Line, Plan, Want
from quid.kit import clock, db, failpoints, idempotency, ids, outbox, runtime
from quid.kit.errors import NotFound, Refusal
from quid.kit.money import Money
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Counted, Meter, NewHold, Purpose, Result
from quid.ledger.types import Kind as Account
from quid.payments import errors, rules, store
from quid.payments.service import answers, holding, requests
from quid.payments.service.outside import quotes
from quid.payments.service.outside.settle import follow_up
from quid.payments.service.outside.start import Accounts, lock_accounts, processing_event, start
from quid.payments.service.send import Ready, judge, replay_refused, replayed
from quid.payments.service.wallets import CURRENCY
from quid.payments.types import (
    Browser,
    Outcome,
    OutsideRow,
    SendPayment,
    Sent,
    State,
    Wish,
)
from quid.risk import queries as risk
from quid.risk import service as risk_service


async def pay_outside(item: SendPayment, browser: Browser, *, now: datetime) -> Outcome:
    """Command: pay with what was named, or with what comes after the balance.

    The payment gets ids of its own: a refusal of the lane stands under the old one.
    `AnotherWay` when the balance covers it after all. Idempotent: (payer, "payments.send", key).
    Raises: QuoteExpired, QuoteChanged, PaymentMethodInvalid, ExternalServiceError, NotFound,
    AccountFrozen (a flag of the wallet). Want of money, limits and debts decline it, for ever.
    Locks: the key (advisory), collect.request, ledger.account, the lane's head.
    Emits: payments.payment_processing.v1, payments.payment_held.v1, payments.payment_declined.v1.
    """
    bucket = ids.bucket(item.payer_id)
    # Two lines of one moment are listed by their ids: first what the bank pays, then the payment.
    operation_id, payment_id = sorted(ids.new(bucket, now) for _ in range(2))
    item = replace(item, payment_id=payment_id)
    outcomes: list[Outcome | None] = [None]
    database = runtime.part(db.Database)
    async with database.read() as conn:
        ready = await judge(conn, [item], outcomes, now=now)
        await replay_refused(conn, [item], outcomes)
    if ready:
        async with database.transaction() as tx:
            outcomes[0] = await _begin(tx, ready[0], operation_id, browser, now=now)
        failpoints.reach("outside.begun")
    outcome = outcomes[0]
    assert outcome is not None  # noqa: S101 - judged, or begun
    if not isinstance(outcome, Sent) or outcome.answer != holding.PRESENT:
        return outcome
    if not outcome.is_replayed and ready[0].judged.state is None:
        await follow_up(payment_id, now=now)
    async with database.read() as conn:
        present = await holding.present(conn, item, now=clock.now())
    return replace(present, is_replayed=outcome.is_replayed)


async def _begin(
    tx: db.Tx, ready: Ready, operation_id: UUID, browser: Browser, *, now: datetime
) -> Outcome:
    item = ready.item
    [stored] = await idempotency.claim(tx, [item.key])
    if stored is not None:
        return replayed(stored, item)
    [refused] = await requests.claim(tx, [item])
    if refused is not None:
        return refused
    accounts = await lock_accounts(tx, item.payer_id)
    try:
        plan = await _plan(tx, ready, accounts, now=now)
    except (errors.InsufficientFunds, errors.AccountFrozen) as refusal:
        return await _decline(tx, ready, refusal, now=now)
    outside = next((line for line in plan.lines if line.kind != "balance"), None)
    if outside is None:
        return errors.AnotherWay()
    checks = ready.policy.of(accounts.wallet)
    counted = await ledger.consume(tx, accounts.wallet, item.amount_minor, checks)
    if counted.result is not Result.POSTED:
        return await _decline(tx, ready, answers.limit_reached(item, counted, checks), now=now)
    parts = _Parts(accounts, plan, outside, counted, operation_id, browser)
    return await _write(tx, ready, parts, now=now)


async def _plan(tx: db.Tx, ready: Ready, accounts: Accounts, *, now: datetime) -> Plan:
    """Cover the amount as it stands under the lock. Raises: what the payer is refused with."""
    item = ready.item
    standing = ready.judged.asked.standing
    owned = {a.kind: a.net for a in await books.owned(tx, item.payer_id, CURRENCY)}
    owed = -owned.get(Account.RECEIVABLE, 0)
    if owed:
        raise answers.owing(owed, item.currency)
    wish = item.wish or Wish()
    if wish.quoted is not None and now >= wish.quoted.expires_at:
        raise errors.QuoteExpired
    limits = await risk.bank_limits(
        tx, item.payer_id, standing.payer_tier, currency=CURRENCY, now=now
    )
    used = (await books.used(tx, [accounts.wallet], now=now)).get(
        (accounts.wallet, Meter.BANK_IN_7D)
    )
    want = Want(
        item.payer_id,
        item.amount_minor,
        owned.get(Account.WALLET, 0),
        wish.source_id,
        accepted_fee=wish.quoted.fee_minor if wish.quoted else None,
        bank_left=limits.caps.in_week.max_minor - (used.minor if used else 0),
    )
    [plan] = await funding.plan(tx, [want], now=now)
    require_plan(plan, wish, amount_minor=item.amount_minor)
    return plan


def require_plan(plan: Plan, wish: Wish | None, *, amount_minor: int) -> None:
    """Make sure that it is covered, and as it was shown. Raises: what it is refused with."""
    amount = Money(amount_minor, CURRENCY).text()
    match plan.refusal:
        case None:
            pass
        case errors.InsufficientFunds.code:
            raise errors.InsufficientFunds(
                f"Not enough to cover {amount}. Nothing was sent. Add money or choose a bank or "
                "card.",
                field="amount",
            )
        case errors.PaymentMethodInvalid.code:
            needs = plan.needs[0] if plan.needs else "another"
            raise errors.PaymentMethodInvalid(
                needed(needs), field="funding_source_id", extra={"needs": needs}
            )
        case errors.ExternalServiceError.code:
            raise errors.ExternalServiceError(field="funding_source_id")
        case errors.QuoteChanged.code:
            raise _changed(plan, amount_minor)
        case _:
            raise NotFound(field="funding_source_id")
    if wish and wish.quoted is not None and quotes.lines_of(plan.lines) != wish.quoted.lines:
        raise _changed(plan, amount_minor)


def _changed(plan: Plan, amount_minor: int) -> Refusal:
    total = Money(amount_minor + plan.fee, CURRENCY).text()
    return errors.QuoteChanged(
        f"It is now {total} in all. Nothing was sent. Check and confirm.",
        extra={"fee": plan.fee, "total": amount_minor + plan.fee},
    )


async def _decline(tx: db.Tx, ready: Ready, refusal: Refusal, *, now: datetime) -> Outcome:
    settled = answers.declined(ready.judged.asked, refusal, [now, now])
    assert settled.kept is not None  # noqa: S101 - a decline is kept
    assert settled.event is not None  # noqa: S101 - and told
    assert isinstance(settled.outcome, Sent)  # noqa: S101 - and answered
    await store.record(tx, [settled.kept], authorized_at=now)
    await requests.follow_new(tx, [settled.kept.row])
    await outbox.append(tx, [settled.event])
    done = (ready.item.key, settled.kept.row.id, settled.outcome.answer)
    await idempotency.finish(tx, [done], now=now)
    return settled.outcome


class _Parts(NamedTuple):
    """What is known of a payment under the lock of its payer's wallet."""

    accounts: Accounts
    plan: Plan
    line: Line
    counted: Counted
    operation_id: UUID
    browser: Browser


async def _write(tx: db.Tx, ready: Ready, parts: _Parts, *, now: datetime) -> Outcome:
    """Hold the balance's part, write all down, start the operation unless risk holds it back."""
    item, judged, line = ready.item, ready.judged, parts.line
    own = item.amount_minor - line.cents
    at, after = max(now, parts.counted.counted_at), None
    state = judged.state or State.PROCESSING
    if own:
        at, after = await _hold(tx, ready, parts, own, now=now)
    later = [at] if judged.state else [now, at]
    row = answers.row_of(judged.asked, state, None, later)
    outside = OutsideRow(
        payment_id=row.id,
        payer_id=row.payer_id,
        operation_id=parts.operation_id,
        source_id=line.source_id or UUID(int=0),
        kind=line.kind,
        label=line.label,
        balance_minor=own,
        outside_minor=line.cents,
        fee_minor=line.fee,
        lands_on=parts.plan.lands_on,
        ip=parts.browser.ip,
        user_agent=parts.browser.user_agent,
        since=row.times[-1],
        counted_at=parts.counted.counted_at,
        closed_at=None,
    )
    if after is None:
        after = (await books.balances(tx, [parts.accounts.wallet]))[parts.accounts.wallet].net
    waiting = holding.waiting_of(judged, row) if judged.state else None
    await store.add_outside(tx, row, outside, waiting, after=after)
    await requests.follow_new(tx, [row])
    failpoints.reach("outside.written")
    if waiting is not None:
        await risk_service.record_decisions(tx, [(judged.facts, judged.decision)], now=now)
        event = holding.held_event(row, waiting, item.request_id)
    else:
        if not await start(tx, row, outside, judged.asked.standing, now=now):
            raise errors.PaymentMethodInvalid(needed("limit"), extra={"needs": "limit"})
        event = processing_event(row, outside, item.request_id)
    await outbox.append(tx, [event])
    await idempotency.finish(tx, [(item.key, row.id, holding.PRESENT)], now=now)
    return Sent(holding.PRESENT, is_replayed=False, may_change=True)


async def _hold(
    tx: db.Tx, ready: Ready, parts: _Parts, own: int, *, now: datetime
) -> tuple[datetime, int | None]:
    """Set the balance's part aside; give when, and what is left in the wallet.

    Its limits count with the whole payment, and its payment is the one clock (ADR 32).
    """
    state = ready.judged.state
    new = NewHold(
        id=rules.hold_id(ready.item.payment_id),
        wallet=parts.accounts.wallet,
        reserved=parts.accounts.reserved,
        amount_minor=own,
        purpose=holding.PURPOSES[state] if state else Purpose.FUNDING,
        cause_id=ready.item.payment_id,
    )
    [posting] = await ledger.post(tx, [ledger.place_hold(new)], now=now)
    if posting.result is Result.DEBIT_ACCOUNT_BLOCKED:
        raise errors.AccountFrozen
    if posting.result is not Result.POSTED:
        raise RuntimeError(f"a part was not set aside: {posting.result.name}")
    return posting.recorded_at, posting.debit_after
