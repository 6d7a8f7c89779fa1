"""What operators decide of a payment: let it through or stop it in review, and take it back later.

Letting $1,000 or more through, and every reversal, needs a second operator.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import approvals, db, ids, outbox, runtime
from quid.kit.approvals import Act, Approval, Matter
from quid.kit.errors import NotFound, ValidationFailed
from quid.kit.events import Event
from quid.kit.money import Money
from quid.kit.operators import Deed, Details, Press, Role, pressed
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Outcome as Posting
from quid.ledger.types import Result
from quid.payments import errors, events, queries, rules, store
from quid.payments.service import moves
from quid.payments.types import Kind, PaymentRow, ReversalReason, ReversalRow, State

READERS: Final[tuple[Role, ...]] = ("support", "analyst", "finance", "compliance", "auditor")
DECIDERS: Final[tuple[Role, ...]] = ("analyst", "compliance")
REVERSERS: Final[tuple[Role, ...]] = ("finance", "compliance")
_KIND: Final = "payment"
_REASONS: Final[Mapping[object, ReversalReason]] = {
    "mistake": "mistake",
    "fraud": "fraud",
    "dispute": "dispute",
}


async def approve(press: Press, payment_id: UUID, *, now: datetime) -> UUID:
    """Command: let a payment in review through; of $1,000 or more, ask a second operator to.

    Gives the payment, or the question to the second operator.
    Raises: NotFound, StateConflict, AccountFrozen, Forbidden, IdempotencyKeyReused.
    Locks: the key, payments.payment, collect.request, ledger.account.
    Emits: payments.payment_completed.v1 or payments.payment_released.v1.
    """
    row = await _known(payment_id)
    async with pressed(press, people=(row.payer_id, row.payee_id), now=now) as once:
        if once.done is not None:
            return once.done
        rules.require_review(row.state)
        if row.amount_minor >= rules.SECOND_FROM_MINOR:
            return await approvals.ask(once, RELEASE, _matter(row, {}))
        state = await moves.release(once.tx, payment_id, by="review", now=now)
        return once.finish(payment_id, _deed("payments.approve", row, state.name))


async def reject(press: Press, payment_id: UUID, *, now: datetime) -> UUID:
    """Command: stop a payment in review; its money is back in the payer's wallet.

    Raises: NotFound, StateConflict, Forbidden, IdempotencyKeyReused.
    Locks: the key, payments.payment, collect.request, ledger.account.
    Emits: payments.payment_released.v1.
    """
    row = await _known(payment_id)
    async with pressed(press, people=(row.payer_id, row.payee_id), now=now) as once:
        if once.done is not None:
            return once.done
        row = await moves.locked(once.tx, payment_id)
        rules.require_review(row.state)
        code = errors.PaymentRejected.code
        await moves.give_back_one(once.tx, row, (State.REJECTED,), refusal=code, now=now)
        return once.finish(payment_id, _deed("payments.reject", row, State.REJECTED.name))


async def ask_to_reverse(
    press: Press,
    payment_id: UUID,
    *,
    amount_minor: int | None,
    reason: ReversalReason,
    now: datetime,
) -> UUID:
    """Command: ask a second operator to take a payment back, or (None: all that is left) a part.

    Gives the question. Raises: NotFound, StateConflict, ValidationFailed, Forbidden,
    IdempotencyKeyReused. Locks: the key.
    """
    row = await _known(payment_id)
    async with pressed(press, people=(row.payer_id, row.payee_id), now=now) as once:
        if once.done is not None:
            return once.done
        _require_reversible(row, amount_minor)
        details: Details = {"amount_minor": amount_minor, "reason_class": reason}
        return await approvals.ask(once, REVERSE, _matter(row, details))


# --- what a second operator sets off -----------------------------------------------------------


async def _release(tx: db.Tx, approval: Approval, now: datetime) -> None:
    await moves.release(tx, _payment_of(approval), by="review", now=now)


async def _reverse(tx: db.Tx, approval: Approval, now: datetime) -> None:
    """Take money of a payment back to its payer. Source: ledger.md 7 of the blueprint.

    The payee's floor holds: who has spent the money keeps the question open.
    """
    known = approval.known()
    wanted, reason = known["amount_minor"], _REASONS[known["reason_class"]]
    row = await moves.locked(tx, _payment_of(approval))
    amount = _require_reversible(row, wanted if isinstance(wanted, int) else None)
    original = (await books.originals(tx, [row.id]))[row.id]
    reversal_id = ids.leg(row.id, f"reversal {approval.id}")
    [posting] = await ledger.post(tx, [ledger.reverse(reversal_id, original, amount)], now=now)
    if posting.result is Result.INSUFFICIENT_FUNDS:
        raise errors.AlreadySpent
    if posting.result is not Result.POSTED:
        raise RuntimeError(f"a reversal was refused: {posting.result.name}")
    written = ReversalRow(reversal_id, row.id, amount, posting.recorded_at, reason)
    await store.reverse(tx, written, approval_id=approval.id)
    await store.add_returned(tx, _lines(row, written, posting))
    event = events.PaymentReversed(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=amount,
        currency=row.currency,
        reason=reason,
        is_whole=row.reversed_minor + amount == row.amount_minor,
    )
    subject = ("pay", row.id)
    await outbox.append(
        tx, [Event("payments", event.TYPE, subject, row.payer_id, written.at, event)]
    )


def _lines(row: PaymentRow, written: ReversalRow, posting: Posting) -> list[store.Returned]:
    """Write a line for each of the two: out of the payee's wallet, into the payer's."""
    sides = (
        (row.payee_id, row.payer_id, False, posting.debit_after),
        (row.payer_id, row.payee_id, True, posting.credit_after),
    )
    return [
        store.Returned(
            user_id=who,
            at=written.at,
            id=written.id,
            kind=Kind.REVERSAL,
            is_incoming=is_incoming,
            state=State.REVERSED,
            amount_minor=written.amount_minor,
            currency=row.currency,
            counterparty_id=other,
            balance_after_minor=after,
            payment_id=row.id,
        )
        for who, other, is_incoming, after in sides
    ]


RELEASE: Final = Act("payments.approve", DECIDERS, DECIDERS, _release)
REVERSE: Final = Act("payments.reverse", REVERSERS, REVERSERS, _reverse)
ACTS: Final = (RELEASE, REVERSE)


# --- small -------------------------------------------------------------------------------------


def _require_reversible(row: PaymentRow, amount_minor: int | None) -> int:
    """Say how much is to be taken back. Raises: StateConflict, ValidationFailed."""
    rules.require_reversible(row.state)
    left = row.amount_minor - row.reversed_minor
    amount = left if amount_minor is None else amount_minor
    if not 1 <= amount <= left:
        most = Money(left, row.currency).text()
        raise ValidationFailed(
            f"amount: at most {most} of this payment is left. Nothing moved.", field="amount"
        )
    return amount


async def _known(payment_id: UUID) -> PaymentRow:
    async with runtime.part(db.Database).read() as conn:
        found = (await queries.found(conn, [payment_id])).get(payment_id)
    if found is None:
        raise NotFound
    return found


def _matter(row: PaymentRow, details: Details) -> Matter:
    return Matter(_KIND, ids.show("pay", row.id), details, (row.payer_id, row.payee_id))


def _deed(action: str, row: PaymentRow, state: str) -> Deed:
    details: Details = {
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "state": state,
    }
    return Deed(action, _KIND, ids.show("pay", row.id), details)


def _payment_of(approval: Approval) -> UUID:
    found = ids.read("pay", approval.resource_id)
    if found is None:
        raise NotFound
    return found
