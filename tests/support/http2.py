"""A server that speaks HTTP/2 over TLS, as push services do: h2 on asyncio."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], Awaitable[Reply]]


class Lines:
    """The connections that are open."""

    def __init__(self) -> None:
        self.open: set[_Connection] = set()

    def part(self) -> None:
        """Say GOAWAY on all of them, and close."""
        for connection in list(self.open):
            connection.part()

    def cut(self) -> None:
        """Drop them all."""
        for connection in list(self.open):
            if connection.transport is not None:
                connection.transport.abort()


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answering, lines: Lines) -> None:
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self._speech = h2.connection.H2Connection(config)
        self._answer = answer
        self._open = lines.open
        self._asked: dict[int, tuple[dict[str, str], bytearray]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._open.add(self)
        self._speech.initiate_connection()
        self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        self._open.discard(self)
        self.transport = None
        for task in self._tasks:
            task.cancel()

    def part(self) -> None:
        self._speech.close_connection()
        self._flush()
        if self.transport is not None:
            self.transport.close()
            self.transport = None

    def data_received(self, data: bytes) -> None:
        try:
            events = self._speech.receive_data(data)
        except h2.exceptions.ProtocolError:
            events = []
        for event in events:
            self._hear(event)
        self._flush()

    def _hear(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            headers = {str(k): str(v) for k, v in event.headers}
            self._asked[event.stream_id] = (headers, bytearray())
        elif isinstance(event, h2.events.DataReceived):
            self._asked[event.stream_id][1].extend(event.data)
            self._speech.acknowledge_received_data(
                event.flow_controlled_length or 0, event.stream_id
            )
        elif isinstance(event, h2.events.StreamEnded):
            headers, content = self._asked.pop(event.stream_id)
            task = asyncio.create_task(self._serve(event.stream_id, headers, bytes(content)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, stream: int, headers: dict[str, str], content: bytes) -> None:
        asked = Asked(headers.pop(":method"), headers.pop(":path"), headers, content)
        reply = await self._answer(asked)
        named = [(":status", str(reply.status)), *reply.headers.items()]
        self._speech.send_headers(stream, named, end_stream=not reply.content)
        if reply.content:
            self._speech.send_data(stream, reply.content, end_stream=True)
        self._flush()

    def _flush(self) -> None:
        data = self._speech.data_to_send()
        if self.transport is not None and data:
            self.transport.write(data)


@asynccontextmanager
async def listening(answer: Answering, context: ssl.SSLContext, lines: Lines) -> AsyncIterator[int]:
    """Serve on a port of this machine; it takes HTTP/2 alone."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(answer, lines), "127.0.0.1", 0, ssl=context
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        lines.cut()
