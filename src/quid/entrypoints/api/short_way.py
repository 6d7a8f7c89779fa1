"""The short way of the hot routes: a request that has arrived whole, answered in one write.

The framework's server makes a scope, a queue of messages and two of them for each answer, which
for a payment costs as much as reading and checking it. A request to a hot route whose head and
body came in one piece needs none of this; every other one (a body in pieces, an answer still on
its way, an older HTTP) takes the ordinary way through the same door.
"""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from quid.entrypoints.api.protocol import BoundedHead
from quid.kit import failpoints
from quid.kit.web import Door
from quid.kit.web.door import BODY_MAX

# With these a body is not simply what follows the head, or the connection becomes another thing.
_ORDINARY: Final = frozenset({b"transfer-encoding", b"expect", b"upgrade"})


class InHand:
    """A request on the short way, as far as the server asks: is it done, may its line stay open?"""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self, *, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False
        self.message_event = self  # nobody waits for more of it

    def set(self) -> None:
        """Hear that the connection has ended; the payment goes on."""


class ShortWay(BoundedHead):
    """Takes hot routes by the short way."""

    _pieces: list[bytes] | None = None  # the body of a request that may go the short way

    def on_headers_complete(self) -> None:
        """Choose the way."""
        if self._may_be_short():
            self._pieces, self._has_head = [], True
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        if self._pieces is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Start: the request is whole."""
        if self._pieces is None:
            super().on_message_complete()
            return
        self._aside = None
        body, self._pieces = b"".join(self._pieces), None
        cycle = InHand(keep_alive=self.parser.should_keep_alive())
        self.cycle = cycle  # type: ignore[assignment]  # all that the server asks of one
        task = self.loop.create_task(self._answer(cycle, self.url.decode(), self.headers, body))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; a request that is not whole takes the ordinary way."""
        super().data_received(data)
        if self._pieces is not None and not self.transport.is_closing():
            pieces, self._pieces = self._pieces, None
            super().on_headers_complete()
            for piece in pieces:
                super().on_body(piece)

    def _may_be_short(self) -> bool:
        door = self.app
        if not isinstance(door, Door) or not self.url.isascii():
            return False
        is_free = self.cycle is None or self.cycle.response_complete
        is_free &= not self.flow.write_paused  # the ordinary way waits until answers are taken
        if not is_free or self.parser.get_http_version() != "1.1":
            return False
        if door.hot(self.parser.get_method().decode(), self.url.decode()) is None:
            return False
        length = b""
        for name, value in self.headers:
            if name in _ORDINARY:
                return False
            if name == b"content-length":
                length = value
        return length.isdigit() and 0 < int(length) <= BODY_MAX

    async def _answer(
        self, cycle: InHand, path: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        door: Any = self.app
        origin = (self.scheme, self.client[0] if self.client else "")
        status, head, content = await door.answer(path, headers, body, origin)
        cycle.response_complete = True
        if not self.transport.is_closing():
            head += self.server_state.default_headers
            if not cycle.keep_alive:
                head.append((b"connection", b"close"))
            lines = [b"%b: %b\r\n" % line for line in head]
            self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", content]))
            if not cycle.keep_alive:
                self.transport.close()
        failpoints.reach("answer.after")
        self.on_response_complete()
