"""The server's HTTP protocol, with what it lacks: bounds on what waits, and whole answers."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX: Final = 64 * 1024
AHEAD_MAX: Final = 64
SOCKET_PATH: Final = b"/v1/ws"


class BoundedHead(HttpToolsProtocol):
    """Refuses a request whose head, or what follows its body, does not end within 64 KiB.

    What arrives is kept until it is whole, before the door sees anything of it: without a bound a
    single connection could fill the memory of the process. The read in which it began is not
    counted. Requests sent ahead are kept too, so they are few.
    """

    _aside: int | None = None  # bytes that arrived since the last of a body, inside a request
    _is_begun = False  # this read has begun a head, or brought something of a body
    _has_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower
        """Take a connection; its answers leave whole."""
        super().connection_made(Gathered(transport, self.loop))  # type: ignore[arg-type]  # it acts as one

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._aside, self._is_begun, self._has_head = 0, True, False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. One after the body is none: nobody on the way has checked it."""
        if not self._has_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Take the head: what follows is counted anew."""
        self._aside, self._is_begun, self._has_head = 0, True, True
        if len(self.pipeline) >= AHEAD_MAX:
            raise ValueError("too many requests wait for the answer to the first")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count anew: the door bounds the body."""
        self._aside, self._is_begun = 0, True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count no more."""
        self._aside = None
        super().on_message_complete()

    def _should_upgrade(self) -> bool:
        """Let a connection become a socket where there is one, and no answer is on its way."""
        is_free = self.cycle is None or self.cycle.response_complete
        is_there = self.url.partition(b"?")[0] == SOCKET_PATH
        is_asked = self.parser.get_method() == b"GET"
        return is_free and is_there and is_asked and super()._should_upgrade()

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; end the connection of what has no end."""
        self._is_begun = False
        super().data_received(data)
        if self._aside is not None and not self._is_begun:
            self._aside += len(data)
            if self._aside > HEAD_MAX and not self.transport.is_closing():
                self._aside = None
                self.send_400_response("The head of the request is larger than 64 KiB.")


class Gathered:
    """A transport whose writes of one turn of the loop leave in one call of the system.

    The server writes the head and the body of an answer apart: two packets, two wake-ups at the
    other end, for every payment.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send at the end of this turn."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what waits, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            data, self._waiting = b"".join(self._waiting), []
            if not self._transport.is_closing():
                self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the transport's
        return getattr(self._transport, name)
