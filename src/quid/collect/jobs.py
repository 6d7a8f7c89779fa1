"""Timed work of requests."""

from datetime import datetime
from typing import Final

from quid.collect import service
from quid.kit.db import Tx
from quid.kit.jobs import Job


async def tend(tx: Tx, now: datetime) -> None:
    """Expire requests, tell their coming end, remind of them."""
    await service.tend_due(tx, now=now)


JOBS: Final = (Job("collect.tend", every_seconds=5, run=tend),)
