"""What a server takes of a request before the door sees it, over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from quid.entrypoints.api.protocol import AHEAD_MAX, HEAD_MAX, BoundedHead

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LINE = b"GET / HTTP/1.1\r\nhost: a\r\n"


class Hello:
    """Answers every request alike, when it is let; what it saw of each stands in `seen`."""

    def __init__(self) -> None:
        self.seen: list[list[tuple[bytes, bytes]]] = []
        self.opened = asyncio.Event()
        self.opened.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await self.opened.wait()
        self.seen.append(scope["headers"])
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def hello() -> Hello:
    return Hello()


@pytest.fixture
async def wire(hello: Hello) -> AsyncIterator[Streams]:
    """A connection to a server that bounds its heads."""
    config = uvicorn.Config(hello, log_config=None, interface="asgi3", proxy_headers=False)
    config.load()
    state = ServerState()

    def made() -> BoundedHead:
        return BoundedHead(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        yield reader, writer
        writer.close()
        server.close()


async def answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head.split(b"\r\n")[0]


@pytest.mark.parametrize("piece", [b"x-big: " + b"a" * 9000, b"x: b\r\n" * 1500])
async def test_a_head_without_end_ends_the_connection(wire: Streams, piece: bytes) -> None:
    reader, writer = wire
    writer.write(LINE)
    for _ in range(HEAD_MAX // len(piece) + 2):  # the first read is not counted
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)  # each piece arrives by itself
    assert await answer(reader) == b"HTTP/1.1 400 Bad Request"
    assert await reader.read() == b"The head of the request is larger than 64 KiB."
    assert reader.at_eof()


async def test_each_request_of_a_connection_is_counted_anew(wire: Streams) -> None:
    reader, writer = wire
    for _ in range(5):
        writer.write(LINE + b"x-big: " + b"a" * (HEAD_MAX // 4))
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"\r\ncontent-length: 20000\r\n\r\n" + b"b" * 20_000)
        assert await answer(reader) == b"HTTP/1.1 200 OK"
        assert await reader.readexactly(5) == b"hello"


CHUNKED = LINE.replace(b"GET", b"POST") + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"


@pytest.mark.parametrize("cut", [0, 5])
async def test_what_follows_a_body_is_no_header(wire: Streams, hello: Hello, cut: int) -> None:
    """Nobody on the way has checked it: it may claim anything."""
    reader, writer = wire
    writer.write(CHUNKED[: len(CHUNKED) - cut])
    if cut:
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.write(CHUNKED[len(CHUNKED) - cut :] + b"x-forwarded-for: 6.6.6.6\r\n\r\n")
    assert await answer(reader) == b"HTTP/1.1 200 OK"
    assert [name for name, _ in hello.seen[0]] == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize("piece", [b"x: " + b"a" * 9000, b"a" * 9000])
async def test_what_follows_a_body_without_end_ends_the_connection(
    wire: Streams, piece: bytes
) -> None:
    reader, writer = wire
    writer.write(CHUNKED + b"x: ")
    for _ in range(HEAD_MAX // len(piece) + 2):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    assert await answer(reader) == b"HTTP/1.1 400 Bad Request"


async def test_requests_without_end_sent_ahead_end_the_connection(
    wire: Streams, hello: Hello
) -> None:
    reader, writer = wire
    hello.opened.clear()
    writer.write((LINE + b"\r\n") * (AHEAD_MAX + 2))
    assert await answer(reader) == b"HTTP/1.1 400 Bad Request"
    await reader.read()
    assert reader.at_eof()


async def test_as_many_as_may_be_sent_ahead_are_answered(wire: Streams, hello: Hello) -> None:
    reader, writer = wire
    hello.opened.clear()
    writer.write((LINE + b"\r\n") * (AHEAD_MAX + 1))
    await asyncio.sleep(0.05)
    hello.opened.set()
    for _ in range(AHEAD_MAX + 1):
        assert await answer(reader) == b"HTTP/1.1 200 OK"
        assert await reader.readexactly(5) == b"hello"
