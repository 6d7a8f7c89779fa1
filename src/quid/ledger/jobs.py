"""Timed work of the ledger."""

from datetime import datetime
from typing import Final

from quid.kit.db import Tx
from quid.kit.jobs import Job
from quid.ledger import store

MONTHS_AHEAD: Final = 3


async def ensure_partitions(tx: Tx, now: datetime) -> None:
    """Make the monthly partitions of this month and the next three.

    Locks: an advisory one of its own; no payment waits for it.
    """
    await store.ENSURE_PARTITIONS.get(tx, now.date(), MONTHS_AHEAD)


async def forget_usage(tx: Tx, now: datetime) -> None:
    """Delete what no limit counts any more."""
    await store.FORGET_USAGE.get(tx, now)


JOBS: Final = (
    Job("ledger.partitions", every_seconds=3600, run=ensure_partitions),
    Job("ledger.usage", every_seconds=86400, run=forget_usage),
)
