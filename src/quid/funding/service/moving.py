"""Deposits and withdrawals: what a person asks for is judged, counted and written down, together.

The bank is asked after the commit. Nothing here waits for it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding import errors
from quid.funding.ports import Rails
from quid.funding.queries import by_ids
from quid.funding.queries.moves import Standing, free_at, has_withdrawn, standing
from quid.funding.rules import effects, fee_minor
from quid.funding.rules.sources import needs, rests_until
from quid.funding.service import booking, judging, passing
from quid.funding.service.operations import start
from quid.funding.service.passing import Passed
from quid.funding.settings import FundingSettings
from quid.funding.store import operations as store
from quid.funding.types import (
    Move,
    NewOperation,
    Operation,
    OpKind,
    OpState,
    Purpose,
    Source,
    SourceKind,
    SourceState,
    Withdrawable,
)
from quid.identity import queries as identity
from quid.identity import service as people
from quid.identity.types import Freeze, FreezeScope, Visit
from quid.kit import audit, db, idempotency, ids, runtime, telemetry
from quid.kit.clock import text as time_text
from quid.kit.errors import Detail, NotFound, Refusal
from quid.kit.money import Money
from quid.kit.once import Answer
from quid.ledger import service as ledger
from quid.ledger.types import Check, Counted, Kind, NewAccount, Outcome, Result
from quid.risk import queries as risk

DEPOSIT: Final = "funding.deposit"
WITHDRAW: Final = "funding.withdraw"
ACCEPTED: Final = Answer(202, b"")
_MOVES: Final = {
    DEPOSIT: (FreezeScope.ALL,),
    WITHDRAW: (FreezeScope.ALL, FreezeScope.WITHDRAW),
}


class Asked(NamedTuple):
    """The operation of a key; `is_replayed`: it had been made before."""

    op_id: UUID
    is_replayed: bool


class Terms(NamedTuple):
    """What a withdrawal would cost and when it would be sent. Units: minor units."""

    fee: int
    not_before: datetime | None
    left: Withdrawable


async def deposit(cmd: Move, *, now: datetime) -> Asked:
    """Command: ask for money from a bank. `drive` it after this.

    Raises: NotFound, PaymentMethodInvalid, AccountFrozen, DailyLimitExceeded,
    WeeklyLimitExceeded, ExternalServiceError, IdempotencyKeyReused.
    Locks: the key, ledger.account. Emits: funding.operation_changed.v1. Idempotent: the key.
    """
    async with runtime.part(db.Database).transaction() as tx:
        [stored] = await idempotency.claim(tx, [cmd.key])
        if stored is not None and stored.object_id is not None:
            idempotency.replay(stored, cmd.key)
            return Asked(stored.object_id, is_replayed=True)
        _, limits = await _judged(tx, cmd, DEPOSIT, now=now)
        wallet = await _wallet(tx, cmd.user_id)
        counted = await ledger.consume(tx, wallet, cmd.cents, limits.in_checks(wallet))
        if counted.result is not Result.POSTED:
            raise _over(cmd, counted, limits.in_checks(wallet), now=now)
        new = _new(cmd, OpKind.DEPOSIT)
        op = await start(tx, replace(new, counted_at=counted.counted_at), now=now)
        await booking.tell(tx, op, now=now)
        await _keep(tx, cmd, DEPOSIT, now=now)
    return Asked(cmd.id, is_replayed=False)


async def withdraw(cmd: Move, *, now: datetime) -> Asked:
    """Command: send money to a bank; it leaves the wallet now. `drive` it after this.

    Money that may still come back to another bank waits until it cannot, or is refused if it is
    wanted at once. Raises: as `deposit`, and InsufficientFunds, InvalidAmount, PaymentTooLarge.
    Locks: the key, ledger.account. Emits: funding.operation_changed.v1,
    identity.security_noted.v1. Idempotent: the key.
    """
    async with runtime.part(db.Database).transaction() as tx:
        [stored] = await idempotency.claim(tx, [cmd.key])
        if stored is not None and stored.object_id is not None:
            idempotency.replay(stored, cmd.key)
            return Asked(stored.object_id, is_replayed=True)
        source, limits = await _judged(tx, cmd, WITHDRAW, now=now)
        if (refusal := limits.refuse_out(cmd.cents)) is not None:
            raise refusal
        wallet = await _wallet(tx, cmd.user_id)
        aside = NewAccount(Kind.PAYOUTS, store.CURRENCY, house_bucket=ids.bucket(cmd.id))
        await ledger.lock(tx, [wallet, *await ledger.open_accounts(tx, [aside])])
        terms = terms_of(cmd, source, await standing(tx, cmd.user_id, now=now), now=now)
        told = await _told_of_first(tx, cmd, now=now)
        is_instant = cmd.speed == "instant"
        new = _new(cmd, OpKind.INSTANT_WITHDRAWAL if is_instant else OpKind.WITHDRAWAL)
        op = await start(tx, replace(new, fee=terms.fee, not_before=terms.not_before), now=now)
        await _set_aside(tx, op, limits.out_checks(wallet), terms, now=now)
        await _keep(tx, cmd, WITHDRAW, now=now)
    people.tell(told)
    return Asked(cmd.id, is_replayed=False)


async def _told_of_first(tx: db.Tx, cmd: Move, *, now: datetime) -> people.Notice | None:
    """Note that money leaves to this bank for the first time: its owner hears of it by mail."""
    if await has_withdrawn(tx, cmd.user_id, cmd.source_id):
        return None
    where = Visit(address=cmd.ip)
    return await people.note(tx, people.Notice(cmd.user_id, "first_withdrawal", now, where))


def terms_of(cmd: Move, source: Source, found: Standing, *, now: datetime) -> Terms:
    """Say what a withdrawal costs and when it can be sent.

    Raises: InvalidAmount where nothing is left of it, InsufficientFunds.
    """
    settings = runtime.part(FundingSettings)
    is_instant = cmd.speed == "instant"
    fee = fee_minor(cmd.cents, settings.withdrawal_instant_bps) if is_instant else 0
    if cmd.cents - fee < 1:
        raise errors.InvalidAmount(
            "The fee would take all of it. Withdraw more. Nothing was moved.", field="amount"
        )
    left = found.left
    if cmd.cents > (left.withdrawable if is_instant else left.spendable):
        raise _short(cmd, left)
    kept = left.spendable - cmd.cents
    waits = (free_at(kept, found.unsafe, now=now), rests_until(source, now=now))
    return Terms(fee, max((at for at in waits if at is not None), default=None), left)


async def _set_aside(
    tx: db.Tx, op: Operation, checks: tuple[Check, ...], terms: Terms, *, now: datetime
) -> None:
    waits = terms.not_before is not None
    passed = passing.moved(op, OpState.QUEUED, "may still come back") if waits else Passed(op)
    asked = passed._replace(effects=(effects.withdrawal_requested(op.cents),))
    try:
        applied = await judging.settle(tx, op, asked, now=now, checks=checks)
    except booking.NotBooked as e:
        if e.outcome.result is Result.LIMIT_EXCEEDED:
            raise _over(op, e.outcome, checks, now=now) from e
        raise _refused(e, terms.left) from e
    counted = replace(applied.op, counted_at=applied.booked.at)
    await store.save(tx, counted, now=now)
    if not waits:
        await booking.tell(tx, counted, applied.booked.moves, now=now)


def _refused(e: booking.NotBooked, left: Withdrawable) -> Refusal:
    match e.outcome.result:
        case Result.INSUFFICIENT_FUNDS:
            return errors.InsufficientFunds(extra=_figures(left), field="amount")
        case Result.DEBIT_ACCOUNT_BLOCKED:
            return _owes(left.owed)
        case _:
            raise e


# --- who may -----------------------------------------------------------------------------------


async def _judged(
    conn: db.Conn, cmd: Move, act: str, *, now: datetime
) -> tuple[Source, risk.BankLimits]:
    """Judge person and source. Raises: the refusals of `deposit`."""
    found_source = (await by_ids(conn, [cmd.source_id])).get(cmd.source_id)
    source = require_fit(found_source, cmd, act, now=now)
    require_free(await identity.freezes(conn, cmd.user_id), act)
    if act == WITHDRAW:
        found = (await standing(conn, cmd.user_id, now=now)).left
        if found.owed:
            raise _owes(found.owed)
    require_rails()
    [who] = await identity.standings(
        conn, payer_ids=[cmd.user_id], session_ids=[None], payee_ids=[cmd.user_id], now=now
    )
    return source, await risk.bank_limits(
        conn, cmd.user_id, who.payer_tier, currency=store.CURRENCY, now=now
    )


def require_rails() -> None:
    """Make sure that banks can be reached from here at all. Raises: ExternalServiceError."""
    try:
        runtime.part(Rails)
    except LookupError:
        raise errors.ExternalServiceError(
            "No bank is connected to this installation. Nothing was moved."
        ) from None


def require_free(frozen: list[Freeze], act: str) -> None:
    """Make sure that nobody has frozen this for the person. Raises: AccountFrozen."""
    for freeze in frozen:
        if freeze.scope in _MOVES[act]:
            raise errors.AccountFrozen(
                freeze.text or errors.AccountFrozen.text, extra={"reason": freeze.reason_class}
            )


def require_fit(source: Source | None, cmd: Move, act: str, *, now: datetime) -> Source:
    """Make sure that it is the person's own, and can do this.

    Raises: NotFound, PaymentMethodInvalid with `needs`.
    """
    if source is None or source.user_id != cmd.user_id or source.state == SourceState.REMOVED:
        raise NotFound
    able = source.can_pull if act == DEPOSIT else source.can_push
    wanted: str | None = needs(source)
    if source.kind != SourceKind.BANK:
        wanted, able = "bank", False
    elif cmd.speed == "instant" and not source.rtp_push:
        wanted, able = "rtp", False
    elif cmd.speed == "instant" and rests_until(source, now=now) is not None:
        wanted, able = "wait", False
    if source.state != SourceState.VERIFIED or not able:
        wanted = wanted or "another"
        raise errors.PaymentMethodInvalid(
            errors.needed(wanted), field="funding_source_id", extra={"needs": wanted}
        )
    return source


async def _wallet(tx: db.Tx, user_id: UUID) -> int:
    [wallet] = await ledger.open_accounts(
        tx, [NewAccount(Kind.WALLET, store.CURRENCY, owner=user_id)]
    )
    return wallet


def _new(cmd: Move, kind: OpKind) -> NewOperation:
    return NewOperation(
        id=cmd.id,
        kind=kind,
        purpose=Purpose.USER,
        user_id=cmd.user_id,
        source_id=cmd.source_id,
        cents=cmd.cents,
        ip=cmd.ip,
        user_agent=cmd.user_agent,
    )


async def _keep(tx: db.Tx, cmd: Move, act: str, *, now: datetime) -> None:
    await audit.record(tx, [entry(act, cmd, now=now)])
    await idempotency.finish(tx, [(cmd.key, cmd.id, ACCEPTED)], now=now)


def entry(act: str, cmd: Move, *, now: datetime) -> audit.Entry:
    """Write what a person asked for, for the audit log."""
    prefix = "dep" if act == DEPOSIT else "wd"
    return audit.Entry(
        actor=ids.show("usr", cmd.user_id),
        actor_type="person",
        action=act,
        resource_type=act.rpartition(".")[2],
        resource_id=ids.show(prefix, cmd.id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={
            "amount": cmd.cents,
            "currency": store.CURRENCY,
            "source": ids.show("fs", cmd.source_id),
            "type": cmd.speed,
        },
    )


# --- refusals ----------------------------------------------------------------------------------


def _figures(left: Withdrawable) -> dict[str, int]:
    return {"spendable": left.spendable, "withdrawable": left.withdrawable}


def _short(cmd: Move, left: Withdrawable) -> Refusal:
    if cmd.speed == "instant" and cmd.cents <= left.spendable:
        most = Money(left.withdrawable, store.CURRENCY).text()
        return errors.InsufficientFunds(
            f"At once you can withdraw {most}: the rest came from a bank that may still take it "
            "back. Nothing was moved.",
            field="amount",
            extra=_figures(left),
        )
    return errors.InsufficientFunds(field="amount", extra=_figures(left))


def _owes(owed: int) -> Refusal:
    text = Money(owed, store.CURRENCY).text()
    return errors.AccountFrozen(
        f"You owe {text}: a bank or card took money back. Add money to pay it. Nothing was moved.",
        extra={"reason": "owed", "owed": owed},
    )


def _over(
    op: Move | Operation, found: Counted | Outcome, checks: tuple[Check, ...], *, now: datetime
) -> Refusal:
    """Say what the limit is and what is left of it; when to try again, if it can fit then."""
    kind = errors.DailyLimitExceeded if found.check == risk.DAY_TAG else errors.WeeklyLimitExceeded
    limit = next((c.cap_minor for c in checks if c.tag == found.check), None)
    used, resets_at = found.used_minor or 0, found.resets_at
    until, wait = "", None
    extra: dict[str, Detail] = {"limit": limit, "used": used}
    if resets_at is not None:
        extra["resets_at"] = time_text(resets_at)
        until = f" until {resets_at:%Y-%m-%d %H:%M} UTC"
        if limit is None or op.cents <= limit:
            wait = max(1, round((resets_at - now) / timedelta(seconds=1)))
    if limit is None or used + op.cents <= limit:
        text = f"You cannot do this more often{until}. Nothing was moved."
        return kind(text, retry_after=wait, extra=extra)
    extra["left"] = left = max(0, limit - used)
    most, more = (Money(minor, store.CURRENCY).text() for minor in (limit, left))
    days = "a day" if kind is errors.DailyLimitExceeded else "seven days"
    text = f"Your limit is {most} in {days}; {more} is left{until}. Nothing was moved."
    return kind(text, retry_after=wait, field="amount", extra=extra)
