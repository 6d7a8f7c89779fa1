"""Operations, what they came to, and the calls made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.types import Call, EventRow, NewOperation, Operation, Provider
from quid.kit import db

_SQL: Final = db.sql("quid.funding", "operations")
_ADD: Final = _SQL.command("add")
_LOCK: Final = _SQL.values("lock", UUID)
_TAKE: Final = _SQL.values("take", UUID)
_READ: Final = _SQL.rows("read", Operation)
_DUE: Final = _SQL.values("due", UUID)
_SAVE: Final = _SQL.command("save")
_ADD_EVENTS: Final = _SQL.command("add_events")
_EVENTS: Final = _SQL.rows("events", EventRow)
_INTEND: Final = _SQL.command("intend")
_ANSWERED: Final = _SQL.command("answered")
_CALLS: Final = _SQL.rows("calls", Call)
_BY_REF: Final = _SQL.values("by_ref", UUID)
_CHARGE_OF: Final = _SQL.values("charge_of", UUID)
_REFUNDS_OF: Final = _SQL.values("refunds_of", UUID)
_WAKE_REFUNDS: Final = _SQL.command("wake_refunds")
_WAKE_QUEUED: Final = _SQL.command("wake_queued")
CURRENCY: Final = "USD"


class Superseded(RuntimeError):  # noqa: N818 - what became of the row
    """A row was saved that had not been locked before it was read: a defect."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a new operation is beside what was asked for. Units: minor units."""

    provider: Provider
    network: str
    net: int
    deadline: datetime
    next_at: datetime


async def add(tx: db.Tx, new: NewOperation, begun: Begun, *, now: datetime) -> Operation:
    """Insert an operation and the first line of its course. Locks: nothing but the new rows."""
    await _ADD.run(
        tx, new.id, new.kind, new.purpose, new.payment_id, new.user_id, new.source_id,
        begun.provider, begun.network, new.cents, new.fee, begun.net, CURRENCY, new.may_advance,
        begun.deadline, begun.next_at, new.counted_at, new.ip, new.user_agent, now,
    )  # fmt: skip
    return await _READ.one(tx, [new.id])


async def locked(tx: db.Tx, op_id: UUID) -> Operation | None:
    """Lock an operation and read it. Locks: funding.operation."""
    await _LOCK.all(tx, [op_id])
    return await _READ.maybe(tx, [op_id])


async def taken(tx: db.Tx, op_id: UUID, *, now: datetime) -> Operation | None:
    """Lock an operation that is due and that nobody else is at. Locks: funding.operation."""
    if not await _TAKE.all(tx, op_id, now):
        return None
    return await _READ.one(tx, [op_id])


async def read(conn: db.Conn, op_ids: Sequence[UUID]) -> list[Operation]:
    """Read operations, by id; one that does not exist is left out."""
    return await _READ.all(conn, op_ids)


async def due(conn: db.Conn, *, now: datetime, many: int) -> list[UUID]:
    """List operations whose time has come, the longest due first."""
    return await _DUE.all(conn, now, many)


async def save(tx: db.Tx, op: Operation, *, now: datetime) -> Operation:
    """Write a changed operation; its `version` is the one that was read.

    Locks: funding.operation (the caller holds it). Raises: Superseded.
    """
    done = await _SAVE.run(
        tx, op.id, op.version, op.state, op.unsure_since, op.authorization_ref, op.provider_ref,
        op.action_url, op.may_advance, op.is_advanced, op.is_released, op.refunded_minor,
        op.settle_on, op.available_on, op.standard_return_until, op.unauthorized_return_until,
        op.failure_code, op.deadline, op.next_at, op.attempts, op.counted_at,
        op.is_abandoned, now,
    )  # fmt: skip
    if done != 1:
        raise Superseded(str(op.id))
    return await _READ.one(tx, [op.id])


async def add_events(
    tx: db.Tx, op_id: UUID, course: Sequence[tuple[int, str]], *, now: datetime
) -> None:
    """Add states that an operation came to, each with its cause.

    Locks: nothing but the new rows (the caller holds the operation).
    """
    if course:
        await _ADD_EVENTS.run(tx, op_id, [s for s, _ in course], now, [c for _, c in course])


async def events(conn: db.Conn, op_id: UUID) -> list[EventRow]:
    """Read the course of an operation."""
    return await _EVENTS.all(conn, op_id)


async def intend(tx: db.Tx, op_id: UUID, step: str, key: str, *, now: datetime) -> None:
    """Write down that a call will be made. Locks: funding.call."""
    await _INTEND.run(tx, op_id, step, key, now)


@dataclass(frozen=True, slots=True)
class Answered:
    """What is known of a call: `outcome` done, declined, not_done or unknown; the other's code."""

    step: str
    outcome: str
    code: str | None = None


async def answered(tx: db.Tx, op_id: UUID, answer: Answered, *, now: datetime) -> None:
    """Write down what is known of a call. Locks: funding.call."""
    await _ANSWERED.run(tx, op_id, answer.step, answer.outcome, answer.code, now)


async def calls(conn: db.Conn, op_id: UUID) -> list[Call]:
    """Read the calls of an operation."""
    return await _CALLS.all(conn, op_id)


async def wake_queued(tx: db.Tx, user_id: UUID, *, now: datetime) -> None:
    """Let a person's waiting withdrawals be looked at now. Locks: funding.operation, by id."""
    await _WAKE_QUEUED.run(tx, user_id, now)


async def by_ref(conn: db.Conn, provider: Provider, ref: str, named: UUID | None) -> UUID | None:
    """Find the operation of a provider's object, or the one that the object says it is of."""
    return next(iter(await _BY_REF.all(conn, provider, ref, named)), None)


async def charge_of(conn: db.Conn, payment_id: UUID) -> Operation | None:
    """Find the charge of a payment."""
    found = await _CHARGE_OF.maybe(conn, payment_id)
    return None if found is None else await _READ.maybe(conn, [found])


async def refunds_of(conn: db.Conn, payment_id: UUID) -> list[Operation]:
    """List what was given back of a payment's charge, or is on its way."""
    return await _READ.all(conn, await _REFUNDS_OF.all(conn, payment_id))


async def wake_refunds(tx: db.Tx, payment_id: UUID, *, now: datetime) -> None:
    """Let what was given back of a charge be looked at now. Locks: funding.operation, by id."""
    await _WAKE_REFUNDS.run(tx, payment_id, now)
