"""Timed work of the ledger."""

from datetime import datetime
from typing import Final

from quid.kit import telemetry
from quid.kit.db import Outcome, Tx, outcome_of
from quid.kit.jobs import Job
from quid.ledger import queries, service, store
from quid.ledger.types import Hold, Result

MONTHS_AHEAD: Final = 3
_HOLDS_A_RUN: Final = 200


async def ensure_partitions(tx: Tx, now: datetime) -> None:
    """Make the monthly partitions of this month and the next three.

    Locks: an advisory one of its own; no payment waits for it.
    """
    await store.ENSURE_PARTITIONS.get(tx, now.date(), MONTHS_AHEAD)


async def forget_usage(tx: Tx, now: datetime) -> None:
    """Delete what no limit counts any more."""
    await store.FORGET_USAGE.get(tx, now)


async def expire_holds(tx: Tx, now: datetime) -> None:
    """Give back what is left of holds whose time is over, 200 a run.

    One that cannot be given back never stops the others: one whose accounts somebody keeps locked
    waits for the next run, one that makes the books raise is found by halving.
    Locks: ledger.account by id, then the lane's head.
    """
    due = await queries.due_holds(tx, _HOLDS_A_RUN)
    held = await queries.held_by_others(tx, [a for h in due for a in (h.account_id, h.reserved_id)])
    await _expire(tx, [h for h in due if not held & {h.account_id, h.reserved_id}], now)


async def _expire(tx: Tx, holds: list[Hold], now: datetime) -> bool:
    """Expire them all, or the first half that can be, or none; say whether any were.

    A transaction posts once: what is left after a half comes in the next run.
    """
    if not holds:
        return False
    try:
        async with tx.savepoint():
            outcomes = await service.post(tx, [service.expire(h) for h in holds], now=now)
    except Exception as e:  # a door: judged by what is known of it
        if outcome_of(e) is Outcome.UNKNOWN:
            raise
        if len(holds) == 1:
            telemetry.log.error("ledger.hold_stuck", hold=str(holds[0].id), exc_info=e)
            return False
        middle = len(holds) // 2
        return await _expire(tx, holds[:middle], now) or await _expire(tx, holds[middle:], now)
    for hold, outcome in zip(holds, outcomes, strict=True):
        if outcome.result not in (Result.POSTED, Result.SOURCE_USED_UP):
            telemetry.log.error("ledger.hold_stuck", hold=str(hold.id), why=outcome.result.name)
    return True


JOBS: Final = (
    Job("ledger.holds", every_seconds=5, run=expire_holds),
    Job("ledger.partitions", every_seconds=3600, run=ensure_partitions),
    Job("ledger.usage", every_seconds=86400, run=forget_usage),
)
