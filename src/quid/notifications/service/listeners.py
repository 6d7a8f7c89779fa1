"""One socket of a person: what it has been told, what waits for it, and why it is closed."""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

import msgspec

from quid.kit import clock, telemetry

WAITING_MAX: Final = 256
_GOODBYE_SECONDS: Final = 1.0

ENDED: Final = 4401
TOO_MANY: Final = 4408
TOO_SLOW: Final = 4409
NOT_UNDERSTOOD: Final = 4400
TRY_LATER: Final = 1013
_WHY: Final = {
    ENDED: "the session has ended",
    TOO_MANY: "more sockets than a person may have",
    TOO_SLOW: "messages are not taken",
    NOT_UNDERSTOOD: "nothing but a ping may be sent",
    TRY_LATER: "we cannot reach our books",
}
_FRAMES: Final = telemetry.counter("quid_socket_frames_total", "frames put on sockets")
_RESYNCS: Final = telemetry.counter("quid_socket_resyncs_total", "sockets told to look anew", "why")
Why = Literal["unknown", "gap"]


class Wire(msgspec.Struct, frozen=True):
    """A message to a client. `id`: its place in the person's stream; of one without a place of its
    own, the place that the stream has come to.
    """

    id: int
    type: str
    at: datetime
    data: object
    v: int = 1


_encoder = msgspec.json.Encoder()


def text_of(n: int, type_: str, at: datetime, data: object) -> str:
    """Write a message."""
    return _encoder.encode(Wire(n, type_, at, data)).decode()


class Line(Protocol):
    """What carries the messages. Neither raises when the other end is gone."""

    async def send(self, text: str) -> None:
        """Send one; wait while the other end takes nothing."""

    async def close(self, code: int, reason: str) -> None:
        """Close it at once, whatever still waits."""


class Listener:
    """A socket. `has`: the id of the last frame it was given; `is_live`: it gets new ones."""

    __slots__ = ("_line", "_over", "_pump", "_waiting", "has", "is_live", "session_id", "user_id")

    def __init__(self, line: Line, user_id: UUID, session_id: UUID) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.has = 0
        self.is_live = False
        self._line = line
        self._waiting: deque[str] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._over: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is being closed: nothing is sent any more."""
        return self._over is not None

    def push(self, n: int, text: str) -> None:
        """Queue a message; too many that wait are the end of it."""
        if self.is_over:
            return
        if len(self._waiting) >= WAITING_MAX:
            self.end(TOO_SLOW)
            return
        self.has = n
        self._waiting.append(text)
        _FRAMES.inc()
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._send())

    def say(self, type_: str, data: object) -> None:
        """Queue a message that has no place of its own in the stream."""
        self.push(self.has, text_of(self.has, type_, clock.now(), data))

    def resync(self, newest: int, why: Why) -> None:
        """Tell that frames are missing: whoever listens looks anew, and goes on from the newest."""
        _RESYNCS.labels(why).inc()
        self.has = newest
        self.say("resync", {"reason": why})

    async def send_now(self, n: int, text: str) -> None:
        """Send a message past the queue and wait until it is taken: for what is replayed."""
        _FRAMES.inc()
        await self._line.send(text)
        self.has = n

    def end(self, code: int) -> None:
        """Close it; what waits is not sent."""
        if self.is_over:
            return
        self._waiting.clear()
        if self._pump is not None:
            self._pump.cancel()
        self._over = asyncio.create_task(self._close(code))

    async def _send(self) -> None:
        while self._waiting:
            await self._line.send(self._waiting.popleft())

    async def _close(self, code: int) -> None:
        if code == ENDED:
            bye = text_of(self.has, "session_ended", clock.now(), {"reason": _WHY[code]})
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._line.send(bye)
        await self._line.close(code, _WHY[code])
