"""The server's HTTP protocol, with two things it lacks: a bound on a head, and whole answers."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX: Final = 64 * 1024


class BoundedHead(HttpToolsProtocol):
    """Refuses a request whose first line and headers do not end within 64 KiB (or one read).

    What arrives is kept until the head is whole, before the door sees anything of it: without a
    bound a single connection could fill the memory of the process.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower
        """Take a connection; its answers leave whole."""
        super().connection_made(Gathered(transport, self.loop))  # type: ignore[arg-type]  # it acts as one

    _head: int | None = None  # bytes of a head that has begun and not ended

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count no more: the door bounds the body."""
        self._head = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; end the connection of a head without end."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > HEAD_MAX and not self.transport.is_closing():
                self._head = None
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
