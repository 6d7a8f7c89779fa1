"""What callers do with operations: start one, drive it, tell what a provider says, take its money.

An operation is a row that says what was asked for; each call to its provider is written down
before it is made, and what came of it in the transaction of its effects.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.funding.ports import Charge, Transfer
from quid.funding.store import operations as store
from quid.funding.types import Driven, NewOperation, Operation, OpKind, Provider, Purpose
from quid.kit import db
from quid.ledger.types import Transfer as Movement

_DAY: Final = timedelta(days=1)
_FOR_A_PAYMENT: Final = timedelta(minutes=15)
_INSTANT: Final = timedelta(seconds=60)


def deadline_of(new: NewOperation, *, now: datetime) -> datetime:
    """Say until when it may be begun. Source: rails.md 6 of the blueprint."""
    if new.purpose is Purpose.PAYMENT:
        return now + _FOR_A_PAYMENT
    return now + (_INSTANT if new.kind is OpKind.INSTANT_WITHDRAWAL else _DAY)


async def start(
    tx: db.Tx, new: NewOperation, *, now: datetime, counted_at: datetime | None = None
) -> Operation:
    """Part: write an operation down. Nothing moves and nobody is called before the commit.

    Whoever starts it has judged source, limits and person; `counted_at` is when `bank_in` or
    `bank_out` was counted for it, given back when it ends before the provider took it.
    `drive` it after the commit. Units: minor units. Locks: nothing but the new rows.
    """
    is_card = new.kind in {OpKind.CARD_CHARGE, OpKind.CARD_REFUND}
    network = "rtp" if new.kind is OpKind.INSTANT_WITHDRAWAL else "ach"
    out = new.kind in {OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL}
    begun = store.Begun(
        provider=Provider.STRIPE if is_card else Provider.PLAID,
        network="card" if is_card else network,
        net=new.cents - new.fee if out else new.cents + new.fee,
        deadline=deadline_of(new, now=now),
        next_at=now,
        counted_at=counted_at,
    )
    return await store.add(tx, new, begun, now=now)


async def drive(op_id: UUID, *, within: float, now: datetime) -> Driven:
    """Command: perform the next steps of an operation at its provider.

    Goes on until the operation rests, waits for the provider, or `within` seconds are over; what
    is left goes on in the worker. Safe to call at any time, twice, and from anywhere.
    Raises: NotFound. Locks: funding.operation, ledger.account.
    Emits: funding.operation_changed.v1.
    """
    raise NotImplementedError


async def observe(
    provider: Provider, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> list[Operation]:
    """Command: believe what a provider says of its objects, each in a transaction of its own.

    Gives the operations that are known; an object that is nobody's is left out.
    """
    raise NotImplementedError


async def apply(
    tx: db.Tx, op: Operation, seen: Sequence[Transfer | Charge], *, cause: str, now: datetime
) -> Operation:
    """Part: judge what the provider says of a locked operation, post what is missing, move on.

    What is behind the present state is recorded and changes nothing; what skips a state has the
    effects of the skipped one too; what contradicts an end goes to suspense and pages.
    All that it posts is one `post`, so the caller posts nothing else in this transaction.
    Locks: funding.operation (the caller holds it), ledger.account. Idempotent: ids of effects.
    Emits: funding.operation_changed.v1.
    """
    raise NotImplementedError


async def release(tx: db.Tx, op_id: UUID, *, advance: bool, now: datetime) -> list[Movement]:
    """Part: give the transfers that put an operation's money into its payer's wallet.

    For payments: the caller posts them in one group with its own, in this transaction. A pull
    must have settled, or `advance` and be accepted with `may_advance`; a charge have succeeded.
    Raises: StateConflict when it has not, or its money has been given already.
    Locks: funding.operation.
    """
    raise NotImplementedError


async def abandon(tx: db.Tx, op_id: UUID, *, now: datetime) -> Operation:
    """Part: nobody wants this operation's money for a payment any more.

    What was not submitted is cancelled; what was is cancelled at the provider where it can be, and
    if its money comes all the same it goes to the payer's own wallet.
    Locks: funding.operation, ledger.account. Emits: funding.operation_changed.v1.
    """
    raise NotImplementedError
