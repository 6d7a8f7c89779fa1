"""Timed work of payments."""

from datetime import datetime
from typing import Final

from quid.kit.db import Tx
from quid.kit.jobs import Job
from quid.payments import service


async def expire(tx: Tx, now: datetime) -> None:
    """End payments that nobody proved or decided in time; their money is spendable again."""
    await service.expire_due(tx, now=now)


JOBS: Final = (Job("payments.expire", every_seconds=5, run=expire),)
