"""Timed work: each job runs in one process at a time, under its own advisory lock."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

from quid.kit import clock, db, failpoints, telemetry

_SQL = db.sql("quid.kit", "jobs")
_TRY_LOCK = _SQL.value("try_lock", bool)
_LOCK_CLASS: Final = 0x4A
_RUNS = telemetry.counter("quid_job_runs_total", "runs of timed work", "job", "outcome")


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is due every `every_seconds`. It gets its transaction and must be repeatable.

    What must wait for the outside it gives back: that runs after the commit, without a lock.
    """

    name: str
    every_seconds: float
    run: Callable[[db.Tx, datetime], Awaitable[Callable[[], Awaitable[None]] | None]]


async def run_once(database: db.Database, job: Job, *, now: datetime) -> bool:
    """Run a job unless another process is at it; say whether it ran.

    Locks: the job's advisory lock, to the end of its transaction.
    """
    async with database.transaction() as tx:
        if not await _TRY_LOCK.get(tx, _LOCK_CLASS, crc32(job.name.encode()) % 2**31):
            return False
        failpoints.reach("job.before")
        after = await job.run(tx, now)
        failpoints.reach("job.after")
    if after is not None:
        await after()
    return True


async def keep(database: db.Database, job: Job, stop: asyncio.Event) -> None:
    """Run a job at once and then whenever it is due, until told to stop."""
    while not stop.is_set():
        try:
            ran = await run_once(database, job, now=clock.now())
            _RUNS.labels(job.name, "done" if ran else "elsewhere").inc()
        except Exception as e:  # noqa: BLE001 - a door: one failed run must not end the worker
            _RUNS.labels(job.name, "failed").inc()
            telemetry.log.error("job.failed", job=job.name, exc_info=e)
        try:
            await asyncio.wait_for(stop.wait(), job.every_seconds)
        except TimeoutError:
            continue
