"""Timed work of this slice."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from quid.identity import service
from quid.kit import db
from quid.kit.jobs import Job


async def _forget(tx: db.Tx, now: datetime) -> None:
    await service.forget(tx, now=now)


async def _thaw(tx: db.Tx, now: datetime) -> None:
    await service.thaw(tx, now=now)


async def _verify(tx: db.Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    return await service.ask_again(tx, now=now)


JOBS: Final = (
    Job("identity.verify", 60, _verify),
    Job("identity.forget", 3600, _forget),
    Job("identity.thaw", 60, _thaw),
)
