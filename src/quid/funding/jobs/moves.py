"""What moves on by itself: operations whose time has come, and what people owe."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from quid.funding import service
from quid.kit.db import Tx
from quid.kit.jobs import Job


async def _sweep(tx: Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    """Go on with operations that are due; each is driven after the commit."""
    return await service.sweep(tx, now)


async def _recover(tx: Tx, now: datetime) -> None:
    """Take back what is owed from those who hold money."""
    await service.recover(tx, now=now)


async def _let_spend(tx: Tx, now: datetime) -> None:
    """Let those spend again whose debt an operator has ended."""
    await service.let_spend(tx, now=now)


JOBS: Final = (
    Job("funding.operations", every_seconds=1, run=_sweep),
    Job("funding.recover", every_seconds=1, run=_recover),
    Job("funding.let_spend", every_seconds=60, run=_let_spend),
)
