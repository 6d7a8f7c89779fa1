"""What a provider's events do to operations: each operation in a transaction of its own.

An event that cannot be applied is set aside with the reason, and the others go on. One of a
movement that we do not know is kept until its operation appears.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding.errors import ContractBroken, Declined, Outcome, ProviderError
from quid.funding.ports import Charge, Rails, Transfer
from quid.funding.service.booking import shown
from quid.funding.service.judging import ring
from quid.funding.service.operations import apply
from quid.funding.store import intake as store
from quid.funding.store import operations
from quid.funding.types import Operation, OpKind, Provider
from quid.kit import db, failpoints, runtime, telemetry
from quid.ledger.errors import ClockApart

_MANY: Final = 2000
_AT_ONCE: Final = 4
_EVENTS: Final = telemetry.counter(
    "quid_funding_events_total", "events of providers", "provider", "result"
)


class Applied(NamedTuple):
    """Events that did their work, and those set aside."""

    applied: int
    quarantined: int


async def apply_pending(provider: Provider, *, now: datetime) -> Applied:
    """Apply the events that wait, in the provider's order for each operation.

    Command. Locks: funding.operation, ledger.account; one operation a transaction.
    Raises: DatabaseUnavailable, ProviderError (of a look at a charge): what was not done stays.
    """
    database = runtime.part(db.Database)
    async with database.transaction() as tx:
        await store.ADOPT.run(tx, provider)
        await store.ORPHAN.run(tx, provider)
    async with database.read() as conn:
        pending = await store.PENDING.all(conn, provider, _MANY)
    by_operation = sorted(pending, key=lambda e: (e.operation_id, e.id))
    groups = [list(g) for _, g in groupby(by_operation, key=lambda e: e.operation_id)]
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(events: list[store.Pending]) -> int:
        async with places:
            return await _apply_one(database, provider, events, now=now)

    # Each to its end: what one of them raises says nothing of the others.
    done = await asyncio.gather(*map(one, groups), return_exceptions=True)
    aside = 0
    for result in done:
        if isinstance(result, BaseException):
            raise result
        aside += result
    applied = len(pending) - aside
    _EVENTS.labels(provider.name.lower(), "applied").inc(applied)
    _EVENTS.labels(provider.name.lower(), "quarantined").inc(aside)
    return Applied(applied, aside)


async def _apply_one(
    database: db.Database, provider: Provider, events: list[store.Pending], *, now: datetime
) -> int:
    """Apply the events of an operation with their marks; give how many were set aside.

    One that cannot be applied is found by trying each by itself.
    """
    op_id = events[0].operation_id
    try:
        charge = await _look(provider, events[0].object_ref)
        await _judge(database, op_id, events, charge, now=now)
    except Exception as e:  # a door: judged by what is known of it
        if not _is_its_fault(e):
            raise  # it waits
        if len(events) > 1:
            return sum([await _apply_one(database, provider, [one], now=now) for one in events])
        telemetry.log.error("event.quarantined", operation=str(op_id), exc_info=e)
        async with database.transaction() as tx:
            await store.QUARANTINE.run(tx, [events[0].id], op_id, _reason(e))
        return 1
    return 0


def _is_its_fault(error: Exception) -> bool:
    """Whether the event can never be applied as it is, rather than not just now."""
    if isinstance(error, ProviderError):
        return error.outcome is Outcome.DECLINED or isinstance(error, ContractBroken)
    return db.outcome_of(error) is db.Outcome.NOTHING and not isinstance(error, ClockApart)


async def _look(provider: Provider, ref: str) -> Charge | None:
    """Look a card charge up: the processor's events come in any order, its object is the truth.

    Raises: ProviderError; Declined where there is none.
    """
    if provider is not Provider.STRIPE:
        return None
    found = await runtime.part(Rails).card.get(ref)
    if found is None:
        raise Declined("NOT_FOUND", "an event of a charge that is not there")
    return found


async def _judge(
    database: db.Database,
    op_id: UUID,
    events: Sequence[store.Pending],
    charge: Charge | None,
    *,
    now: datetime,
) -> None:
    async with database.transaction() as tx:
        op = await operations.locked(tx, op_id)
        if op is None:
            raise LookupError(f"no operation {op_id}")
        seen = [charge] if charge is not None else [_as_told(op, e) for e in events]
        failpoints.reach("event.apply")
        applied = await apply(tx, op, seen, cause=f"event:{events[-1].kind}"[:100], now=now)
        await store.MARK_APPLIED.run(tx, [e.id for e in events], op_id, now)
        failpoints.reach("event.applied")
    await ring(applied.pages)


def _as_told(op: Operation, event: store.Pending) -> Transfer:
    """Read an event as the transfer it tells of."""
    return Transfer(
        ref=event.object_ref,
        authorization_ref=op.authorization_ref or "",
        op_id=shown(op),
        direction="pull" if op.kind == OpKind.DEPOSIT else "push",
        cents=op.net if event.cents is None else event.cents,
        status=event.status,
        network=op.network,
        is_cancellable=False,
        created_at=op.created_at,
        failure=event.failure,
        return_code=event.failure if event.status == "returned" else None,
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
