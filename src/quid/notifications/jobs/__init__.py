"""Timed work of notices, and what is followed all the time. One file for each use."""

from typing import Final

from quid.notifications.jobs.inbox import FORGET
from quid.notifications.jobs.sending import CHANNELS, follow
from quid.notifications.jobs.streams import STREAMS

__all__ = ["CHANNELS", "JOBS", "follow"]

JOBS: Final = (FORGET, STREAMS)
