"""Timed work on banks and cards."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from quid.funding.service import endings, refreshing
from quid.kit.db import Tx
from quid.kit.jobs import Job


async def _expire(tx: Tx, now: datetime) -> None:
    await endings.expire(tx, now=now)


async def _end(tx: Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    return await endings.end(tx, now=now)


async def _look(tx: Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    return await refreshing.look_again(tx, now=now)


JOBS: Final = (
    Job("funding.look_at_sources", 5, _look),
    Job("funding.expire_sources", 60, _expire),
    Job("funding.end_sources", 30, _end),
)
