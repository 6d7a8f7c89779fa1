"""Taking a deposit or withdrawal back, while the rail allows it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from quid.funding import errors
from quid.funding.errors import Declined, ProviderError
from quid.funding.ports import Rails
from quid.funding.queries import moves
from quid.funding.rules.course import BEFORE_SUBMIT
from quid.funding.service import booking, judging, passing
from quid.funding.service.operations import observe
from quid.funding.store import operations as store
from quid.funding.types import Operation, OpKind, OpState, Provider, Purpose
from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.errors import NotFound


async def cancel(op_id: UUID, user_id: UUID, kinds: Sequence[OpKind], *, now: datetime) -> None:
    """Command: take a deposit or withdrawal back.

    Before it was submitted at once; after that by asking the provider, which may refuse.
    Raises: NotFound, StateConflict, ExternalServiceError. Locks: funding.operation,
    ledger.account. Emits: funding.operation_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        op = await store.locked(tx, op_id)
        if op is None or op.user_id != user_id or op.kind not in kinds:
            raise NotFound
        if op.purpose != Purpose.USER:
            raise NotFound
        await audit.record(tx, [_entry(op, now)])
        if op.state in BEFORE_SUBMIT:
            ended = passing.ended(op, OpState.CANCELLED, None, "cancelled by its owner")
            await judging.settle(tx, op, ended, now=now)
            return
        if op.state != OpState.PENDING or op.provider_ref is None:
            raise _too_late(op)
    await _at_provider(op, op.provider_ref, now=now)
    async with runtime.part(db.Database).read() as conn:
        found = await moves.move(conn, user_id, op_id, kinds)
    if found is None or found.operation.state != OpState.CANCELLED:
        raise _too_late(op if found is None else found.operation)


async def _at_provider(op: Operation, ref: str, *, now: datetime) -> None:
    rails = runtime.part(Rails)
    try:
        await rails.ach.cancel(ref)
        seen = await rails.ach.get(ref=ref)
    except Declined as e:
        raise _too_late(op) from e
    except ProviderError as e:
        raise errors.ExternalServiceError(
            "The bank's network did not answer. It may still be taken back: look again in a "
            "minute.",
            money_moved="unknown",
        ) from e
    if seen is not None:
        await observe(Provider(op.provider), [seen], cause="call:cancel", now=now)


def _too_late(op: Operation) -> errors.TooLate:
    state = OpState(op.state)
    return errors.TooLate(
        "It is too late to take this back. It goes on."
        if state < OpState.DECLINED
        else "This has ended already. Nothing changed.",
        extra={"state": state.name},
    )


def _entry(op: Operation, now: datetime) -> audit.Entry:
    is_deposit = op.kind == OpKind.DEPOSIT
    return audit.Entry(
        actor=ids.show("usr", op.user_id),
        actor_type="person",
        action=f"funding.cancel_{'deposit' if is_deposit else 'withdrawal'}",
        resource_type="deposit" if is_deposit else "withdrawal",
        resource_id=booking.shown(op),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={"amount": op.cents, "currency": op.currency, "state": OpState(op.state).name},
    )
