"""Streams: frames are kept for a week, a thousand of each person; who is long away sleeps."""

from datetime import datetime
from typing import Final

from quid.kit import db
from quid.kit.jobs import Job
from quid.notifications.service import frames


async def tend(tx: db.Tx, now: datetime) -> None:
    """Put streams to sleep, forget old frames: some each time, what is left the next time.

    Locks: notifications.stream.
    """
    await frames.tend(tx, now=now)


STREAMS: Final = Job("notifications.streams", 600.0, tend)
