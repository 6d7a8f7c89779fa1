"""The server's HTTP protocol with a bound on a request's head, which it has none of itself."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX: Final = 64 * 1024


class BoundedHead(HttpToolsProtocol):
    """Refuses a request whose first line and headers do not end within 64 KiB (or one read).

    What arrives is kept until the head is whole, before the door sees anything of it: without a
    bound a single connection could fill the memory of the process.
    """

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
