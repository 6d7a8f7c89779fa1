"""The server's WebSocket protocol, with what it lacks: bounds on what a client makes it do."""

from typing import Any, Final

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

MESSAGE_MAX: Final = 1024
PING_SECONDS: Final = 25.0
SILENCE_SECONDS: Final = 10.0
TOO_CHATTY: Final = 4429
_A_SECOND: Final = 5.0
_AT_ONCE: Final = 10.0
_GOODBYE_SECONDS: Final = 2.0
_SLICE: Final = 1024
_SLICES_AFTER_THE_END: Final = 4
_BAD_REQUEST: Final = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 23\r\nconnection: close\r\n\r\nInvalid opening request"
)


class Socket(WebSocketsSansIOProtocol):
    """Closes what sends more than five frames a second, and does not wait for what takes nothing.

    Every frame counts, pings and pieces of messages too: each makes us answer or keep something.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the server's own
        super().__init__(*args, **kwargs)
        self._allowed = _AT_ONCE
        self._counted_at = self.loop.time()
        self._slices_left = _SLICES_AFTER_THE_END

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; an opening request that cannot be read ends the connection."""
        if self.handshake_initiated:
            self._take(data)
            return
        self.conn.receive_data(data)
        if self.conn.handshake_exc is None:
            self.handle_events()
        else:
            self.transport.write(_BAD_REQUEST)
            self.transport.close()

    def _take(self, data: bytes) -> None:
        """Read frames in slices: one read may hold ten thousand of them.

        After a close there are some for the answer to it; who sends more is read no further.
        """
        for start in range(0, len(data), _SLICE):
            if self.transport.is_closing():
                return
            if self.close_sent:
                if self._slices_left == 0:
                    self.transport.pause_reading()
                    return
                self._slices_left -= 1
            super().data_received(data[start : start + _SLICE])

    def handle_text(self, event: Frame) -> None:
        """Take a text."""
        if self._may_speak():
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """Take bytes."""
        if self._may_speak():
            super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a further piece of a message."""
        if self._may_speak():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer a ping."""
        if self._may_speak():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take a pong; one that answers no ping of ours counts."""
        if bytes(event.data) == self.pending_ping_payload or self._may_speak():
            super().handle_pong(event)

    def keepalive_timeout(self) -> None:
        """End the connection of a client that is silent: nobody is there to close it with."""
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; a close does not wait for what the client has not taken."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)
        if self.close_sent:  # a "no" before there is a socket, too: it would log that as a fault
            self.handshake_complete = True
        if self.close_timer is not None:
            self._end_soon()

    def _end_soon(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_GOODBYE_SECONDS, self.transport.abort)

    def _may_speak(self) -> bool:
        if self.close_sent:
            return False
        now = self.loop.time()
        self._allowed = min(_AT_ONCE, self._allowed + (now - self._counted_at) * _A_SECOND)
        self._counted_at = now
        if self._allowed >= 1:
            self._allowed -= 1
            return True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": TOO_CHATTY})
        self.conn.send_close(TOO_CHATTY, "more than five messages a second")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._end_soon()
        return False
