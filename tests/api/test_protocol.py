"""What a server takes of a request before the door sees it, over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from quid.entrypoints.api.protocol import HEAD_MAX, BoundedHead

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LINE = b"GET / HTTP/1.1\r\nhost: a\r\n"


async def hello(_scope: Any, receive: Any, send: Any) -> None:
    """Answer every request alike."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
async def wire() -> AsyncIterator[Streams]:
    """A connection to a server that bounds its heads."""
    config = uvicorn.Config(hello, log_config=None)
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
    for _ in range(HEAD_MAX // len(piece) + 1):
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
