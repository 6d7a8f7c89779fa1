"""Streams: frames are kept for a week, a thousand of each person; who is long away sleeps."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from quid.kit import db
from quid.kit.jobs import Job
from quid.notifications.service import frames


async def tend(tx: db.Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    """Put streams to sleep, some each time; what is forgotten then has transactions of its own.

    Locks: notifications.stream.
    """
    await frames.tend(tx, now=now)
    return partial(frames.forget, now=now)


STREAMS: Final = Job("notifications.streams", 600.0, tend)
