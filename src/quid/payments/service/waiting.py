"""What ends the waiting of a payment: proof, its payer, time, an operator. One of them does.

Each act locks the payment, reads where it stands, checks the move, and moves money and state in
one transaction; whoever comes second is told where it stands.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import errors as identity_errors
from quid.identity import service as identity
from quid.identity.queries import access
from quid.identity.types import SignOptions
from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.errors import NotFound, ValidationFailed
from quid.payments import errors, queries, rules, store
from quid.payments.service import moves, requests
from quid.payments.service.outside import cancel_outside, follow_up
from quid.payments.types import Method, Payment, PaymentRow, State

EXPIRED_AT_ONCE: Final = 200
_TRIES_LEFT: Final = "tries_left"


@dataclass(frozen=True, slots=True)
class Verify:
    """The command of a payer who proves a challenge."""

    payment_id: UUID
    payer_id: UUID
    challenge_id: UUID
    method: Method
    proof: str


# --- acts of the payer -------------------------------------------------------------------------


async def verify(cmd: Verify, *, now: datetime) -> Payment:
    """Command: prove a challenge; the money goes to the payee.

    The proof is bound to payment, payee and amount. The fifth wrong one ends the payment.
    Raises: NotFound, StateConflict, ValidationFailed, ChallengeExpired, ChallengeFailed,
    RateLimited, AccountFrozen, RecipientNotFound (the money is back).
    Locks: payments.payment, collect.request, ledger.account.
    Emits: payments.payment_completed.v1 or payments.payment_released.v1.
    """
    row = await _challenged(cmd, now=now)
    try:
        await identity.prove(cmd.payer_id, cmd.method, cmd.proof, purpose=_purpose(row), now=now)
    except identity_errors.ChallengeFailed as e:
        if not e.extra.get(_TRIES_LEFT):
            await _refuse(row, now=now)
        await _require_challenged(row)
        raise
    except identity_errors.ChallengeExpired as e:
        await _require_challenged(row)
        if not await _is_proven(row):
            raise errors.ChallengeExpired(
                "This challenge takes no more proofs. Nothing was sent: cancel the payment, or "
                "wait until its time is over."
            ) from e
    async with runtime.part(db.Database).transaction() as tx:
        state = await moves.release(tx, row.id, by="proof", now=now)
        await audit.record(tx, [_entry("payments.verify", row, state.name, now)])
    if state is State.DECLINED:
        raise errors.RecipientNotFound(extra={"payment_id": ids.show("pay", row.id)})
    if state is State.PROCESSING:
        await follow_up(row.id, now=now)
    return await shown(row.id, cmd.payer_id)


async def send_code(payment_id: UUID, payer_id: UUID, *, now: datetime) -> None:
    """Command: mail the code with which `email_code` proves a challenge.

    Raises: NotFound, StateConflict, ValidationFailed, ChallengeExpired, RateLimited.
    """
    row = await _challenged(
        Verify(payment_id, payer_id, rules.challenge_id(payment_id), "email_code", ""), now=now
    )
    await identity.send_code(payer_id, purpose=_purpose(row), now=now)
    async with runtime.part(db.Database).transaction() as tx:
        await audit.record(tx, [_entry("payments.send_code", row, "ok", now)])


async def ask_passkey(payment_id: UUID, payer_id: UUID, *, now: datetime) -> SignOptions:
    """Command: ask the passkey with which `passkey` proves a challenge.

    Only keys may answer that were old enough when the payment was challenged.
    Raises: NotFound, StateConflict, ValidationFailed, ChallengeExpired, RateLimited.
    """
    row = await _challenged(
        Verify(payment_id, payer_id, rules.challenge_id(payment_id), "passkey", ""), now=now
    )
    made_by = row.times[-1] - rules.FACTOR_AGE
    try:
        options = await identity.ask_passkey(payer_id, purpose=_purpose(row), made_by=made_by)
    except identity_errors.FactorMissing as e:
        gone = "The passkey of this payment was removed. Nothing was sent."
        raise errors.StateConflict(gone, extra={"state": row.state.name}) from e
    async with runtime.part(db.Database).transaction() as tx:
        await audit.record(tx, [_entry("payments.ask_passkey", row, "ok", now)])
    return options


async def cancel(payment_id: UUID, payer_id: UUID, *, now: datetime) -> Payment:
    """Command: take a payment back while it waits, or while its bank was not asked yet.

    Raises: NotFound, StateConflict.
    Locks: payments.payment, collect.request, funding.operation, ledger.account.
    Emits: payments.payment_released.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await moves.locked(tx, payment_id)
        _require_party(row, payer_id)
        rules.require_move(row.state, State.CANCELLED)
        if row.state in rules.OUTSIDE:
            await cancel_outside(tx, row, now=now)
        else:
            await moves.give_back_one(tx, row, (State.CANCELLED,), now=now)
        await audit.record(tx, [_entry("payments.cancel", row, "ok", now)])
    return await shown(payment_id, payer_id)


def _purpose(row: PaymentRow) -> str:
    """Name all that a proof agrees to: for another payee or amount it is worth nothing."""
    payment, payee = ids.show("pay", row.id), ids.show("usr", row.payee_id)
    return f"{payment} to {payee}: {row.amount_minor} {row.currency}"


async def _is_proven(row: PaymentRow) -> bool:
    """Whether a right proof was given, and the process died before it moved the money."""
    async with runtime.part(db.Database).read() as conn:
        return await access.is_proven(conn, row.payer_id, _purpose(row))


async def _challenged(cmd: Verify, *, now: datetime) -> PaymentRow:
    """Find a payment that this proof may be for. One whose time is over ends here."""
    async with runtime.part(db.Database).read() as conn:
        row = (await queries.found(conn, [cmd.payment_id])).get(cmd.payment_id)
        waiting = (await queries.waiting(conn, [cmd.payment_id])).get(cmd.payment_id)
    if row is None:
        raise NotFound
    _require_party(row, cmd.payer_id)
    rules.require_proof(row.state)
    if waiting is None or now >= waiting.until:
        async with runtime.part(db.Database).transaction() as tx:
            await store.lock(tx, row.id)
            await _expire(tx, [row.id], now=now)
        raise errors.ChallengeExpired
    if cmd.challenge_id != rules.challenge_id(row.id):
        raise ValidationFailed("challenge_id: not of this payment.", field="challenge_id")
    if cmd.method not in waiting.methods:
        raise ValidationFailed(
            f"method: {' or '.join(waiting.methods)}. Nothing was sent.", field="method"
        )
    return row


async def _require_challenged(row: PaymentRow) -> None:
    """Tell where the payment stands, if somebody has moved it meanwhile. Raises: StateConflict."""
    async with runtime.part(db.Database).read() as conn:
        present = (await queries.found(conn, [row.id]))[row.id]
    if present.state not in (State.CHALLENGED, State.REJECTED):
        rules.require_proof(present.state)


async def _refuse(row: PaymentRow, *, now: datetime) -> None:
    """End a payment after its last try, unless something else has ended it."""
    async with runtime.part(db.Database).transaction() as tx:
        present = await moves.locked(tx, row.id)
        if present.state is State.CHALLENGED:
            await moves.give_back_one(
                tx, present, (State.REJECTED,), refusal=errors.PaymentRejected.code, now=now
            )
            await audit.record(tx, [_entry("payments.verify", row, "CHALLENGE_FAILED", now)])


def _require_party(row: PaymentRow, user_id: UUID) -> None:
    """Raises: NotFound."""
    if not rules.is_shown_to(row, user_id):
        raise NotFound


# --- time --------------------------------------------------------------------------------------


async def expire_due(tx: db.Tx, *, now: datetime) -> int:
    """Part: end payments whose time is over, those that wait longest first; say how many.

    Locks: payments.payment by id (locked ones are left), collect.request, ledger.account.
    Emits: payments.payment_released.v1.
    """
    return await _expire(tx, await store.lock_due(tx, now=now, many=EXPIRED_AT_ONCE), now=now)


async def _expire(tx: db.Tx, payment_ids: list[UUID], *, now: datetime) -> int:
    if not payment_ids:
        return 0
    waits = await queries.waiting(tx, payment_ids)
    due = [i for i in payment_ids if i in waits and now >= waits[i].until]
    rows = [*(await queries.found(tx, due)).values()]
    for row in rows:
        if row.state not in rules.WAITING:  # nobody writes that; R10 pages it, the others go on
            telemetry.log.error("payment.not_waiting", payment=ids.show("pay", row.id))
    waits_still = [r for r in rows if r.state in rules.WAITING]
    await requests.lock(tx, waits_still)
    ended = await moves.give_back(tx, waits_still, (State.EXPIRED,), now=now)
    await audit.record(
        tx,
        [
            audit.Entry(
                actor="payments.expire",
                actor_type="system",
                action="payments.expire",
                resource_type="payment",
                resource_id=ids.show("pay", row.id),
                outcome="ok",
                at=now,
            )
            for row in ended
        ],
    )
    return len(ended)


async def shown(payment_id: UUID, viewer_id: UUID) -> Payment:
    """Read a payment as one of its people sees it. Raises: NotFound."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.payment(conn, payment_id, viewer_id=viewer_id)
    if found is None:
        raise NotFound
    return found


def _entry(action: str, row: PaymentRow, outcome: str, now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", row.payer_id),
        actor_type="person",
        action=action,
        resource_type="payment",
        resource_id=ids.show("pay", row.id),
        outcome=outcome,
        at=now,
        request_id=telemetry.request_id(),
        details={"amount": row.amount_minor, "currency": row.currency},
    )
