"""Following a channel: what is due on it is sent, as long as the worker lives.

Not faster than whoever takes it likes, and than it leaves room for payments: what waits goes later.
"""

import asyncio
import time
from typing import Final

from quid.kit import clock, runtime, telemetry
from quid.notifications.service import sending
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import ChannelName

CHANNELS: Final[tuple[ChannelName, ...]] = ("email", "web", "fcm", "apns")
_PUSHES_A_SECOND: Final = 500
_IDLE_SECONDS: Final = 0.5
_BROKEN_SECONDS: Final = 5.0


async def follow(channel: ChannelName, stop: asyncio.Event) -> None:
    """Send on one channel until told to stop."""
    mails = runtime.part(ChannelSettings).mails_per_second
    a_second = mails if channel == "email" else _PUSHES_A_SECOND
    while not stop.is_set():
        pause, began = _IDLE_SECONDS, time.monotonic()
        try:
            if sent := await sending.send_due(channel, now=clock.now()):
                pause = max(0.0, began + sent / a_second - time.monotonic())
        except Exception as e:  # noqa: BLE001 - a door: the worker outlives what it sends
            telemetry.log.warning("sending.failed", channel=channel, error=repr(e))
            pause = _BROKEN_SECONDS
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
