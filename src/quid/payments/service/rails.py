"""What banks and cards do, as its people see it: lines of activity, and payments to look at."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.events import OperationChanged, ReceivableRecovered, WalletMove
from quid.kit import db, ids
from quid.payments import store
from quid.payments.types import Kind, State

# By the code of the transfer. What takes money back that had come, and what brings back money
# that had arrived, are both returns; what never arrived is a withdrawal that ended.
_KINDS: Final = {
    "pull_released": Kind.DEPOSIT,
    "pull_advanced": Kind.DEPOSIT,
    "card_charged": Kind.DEPOSIT,
    "withdrawal_requested": Kind.WITHDRAWAL,
    "withdrawal_undone": Kind.WITHDRAWAL,
    "card_refunded": Kind.REFUND,
    "chargeback_opened": Kind.CHARGEBACK,
    "chargeback_won": Kind.CHARGEBACK,
    "recovery": Kind.RECOVERY,
}
_WITHDRAWN: Final = {
    "COMPLETED": State.COMPLETED,
    "DECLINED": State.DECLINED,
    "CANCELLED": State.CANCELLED,
    "FAILED": State.FAILED,
    "REJECTED": State.FAILED,
    "RETURNED": State.REVERSED,
}
# What had come and was taken back, wherever it was taken from.
_BROUGHT: Final = {
    "deposit": {
        "RETURNED": State.REVERSED,
        "FAILED": State.REVERSED,
        "CANCELLED": State.REVERSED,
    },
    "card_charge": {
        "SUCCEEDED": State.COMPLETED,
        "PARTLY_REFUNDED": State.COMPLETED,
        "REFUNDED": State.REVERSED,
        "CHARGEBACK": State.REVERSED,
        "CHARGEBACK_WON": State.COMPLETED,
        "CHARGEBACK_LOST": State.REVERSED,
    },
}
_SHOWN: Final = _BROUGHT | dict.fromkeys(("withdrawal", "instant_withdrawal"), _WITHDRAWN)


async def take(
    tx: db.Tx,
    *,
    changed: Sequence[OperationChanged],
    recovered: Sequence[ReceivableRecovered],
    now: datetime,
) -> None:
    """Part: write the lines of these facts, and mark the payments that wait for them.

    Locks: payments.outside, payments.activity. Idempotent: a line has its transfer's id.
    """
    lines = [_line(fact.user_id, fact.currency, fact.move) for fact in recovered]
    for fact in changed:
        lines += [_line(fact.user_id, fact.currency, m, fact) for m in fact.moves]
    await store.add_moves(tx, lines)
    for fact in changed:
        state = _SHOWN.get(fact.kind, {}).get(fact.state)
        if state is not None:
            operation, owner = _operation(fact), _id("usr", fact.user_id)
            await store.show_operation(tx, owner, ids.time_of(operation), operation, state)
    await store.tell(tx, _payments(changed), now=now)


def _payments(changed: Iterable[OperationChanged]) -> list[UUID]:
    return sorted({_id("pay", f.payment_id) for f in changed if f.payment_id is not None})


def _line(
    user_id: str, currency: str, move: WalletMove, fact: OperationChanged | None = None
) -> store.Move:
    kind = _KINDS.get(move.what, Kind.RETURN)
    is_out = kind is Kind.WITHDRAWAL and move.amount < 0
    state = State.PROCESSING if is_out else State.COMPLETED
    if kind is Kind.WITHDRAWAL and fact is not None:
        state = _WITHDRAWN.get(fact.state, state)
    payment_id = fact.payment_id if fact is not None else None
    return store.Move(
        user_id=_id("usr", user_id),
        at=move.at,
        id=_id("trf", move.transfer_id),
        kind=kind,
        is_incoming=move.amount > 0,
        state=state,
        amount_minor=abs(move.amount),
        currency=currency,
        note="",
        balance_after_minor=move.balance_after,
        payment_id=_id("pay", payment_id) if payment_id is not None else None,
        operation_id=_operation(fact) if fact is not None else None,
        fee_minor=fact.fee if fact is not None and is_out else 0,
    )


def _operation(fact: OperationChanged) -> UUID:
    shown = fact.operation_id
    return _id(shown.partition("_")[0], shown)


def _id(prefix: str, shown: str) -> UUID:
    """Read an id of an event. Raises: ValueError for another kind of thing: the event is parked."""
    found = ids.read(prefix, shown)
    if found is None:
        raise ValueError(f"{shown} is not a {prefix}_ id")
    return found
