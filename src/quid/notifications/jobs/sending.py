"""Following a channel: what is due on it is sent, as long as the worker lives."""

import asyncio
from typing import Final

from quid.kit import clock, telemetry
from quid.notifications.service import sending
from quid.notifications.types import ChannelName

CHANNELS: Final[tuple[ChannelName, ...]] = ("email", "web", "fcm", "apns")
_IDLE_SECONDS: Final = 0.5
_BROKEN_SECONDS: Final = 5.0


async def follow(channel: ChannelName, stop: asyncio.Event) -> None:
    """Send on one channel until told to stop."""
    while not stop.is_set():
        pause = _IDLE_SECONDS
        try:
            if await sending.send_due(channel, now=clock.now()):
                pause = 0.0
        except Exception as e:  # noqa: BLE001 - a door: the worker outlives what it sends
            telemetry.log.warning("sending.failed", channel=channel, error=repr(e))
            pause = _BROKEN_SECONDS
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
