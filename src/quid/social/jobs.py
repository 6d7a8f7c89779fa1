"""Timed work of the feed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from quid.kit import runtime
from quid.kit.db import Tx
from quid.kit.jobs import Job
from quid.social.ports import TimelineStore


async def tend(_: Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    """Let the store of timelines make room, after the job's own transaction: it has its own."""
    return partial(runtime.part(TimelineStore).tend, now)  # type: ignore[type-abstract]  # a port


JOBS: Final = (Job("social.timelines", every_seconds=3600, run=tend),)
