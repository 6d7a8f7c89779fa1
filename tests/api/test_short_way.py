"""The short way of a hot route, over a real connection: the same answers as the ordinary way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from quid.entrypoints.api.short_way import ShortWay
from quid.kit.errors import NotFound
from quid.kit.runtime import Runtime
from quid.kit.web import Call, Door, Reply
from quid.kit.web.door import BODY_MAX

Wire = tuple["Till", asyncio.StreamReader, asyncio.StreamWriter]


class Till:
    """A hot route that says back what it was sent, when it is let."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.opened = asyncio.Event()
        self.opened.set()

    async def pay(self, call: Call) -> Reply:
        self.calls.append(call)
        await self.opened.wait()
        if call.body == b"much":
            return Reply(201, bytes(1 << 20))
        if call.body == b"nobody":
            raise NotFound
        if call.body == b"fault":
            raise RuntimeError("a defect")
        return Reply(201, call.body)


async def ordinary(scope: Any, receive: Any, send: Any) -> None:
    """The framework, that knows no hot route."""
    while (await receive()).get("more_body"):
        pass
    body = f"ordinary {scope['path']}".encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A connection to a door with one hot route."""
    till = Till()
    door = Door(ordinary, Runtime(), hot={("POST", "/pay"): till.pay})
    config = uvicorn.Config(door, log_config=None, interface="asgi3", proxy_headers=False)
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"today")]

    def made() -> ShortWay:
        return ShortWay(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        yield till, reader, writer
        writer.close()
        server.close()


def request(body: bytes, *more: bytes, line: bytes = b"POST /pay HTTP/1.1") -> bytes:
    length = b"content-length: %d" % len(body)
    return b"\r\n".join([line, b"host: a", length, *more, b"", body])


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes], bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    return int(first.split()[1]), headers, await reader.readexactly(int(headers[b"content-length"]))


async def test_a_whole_request_is_answered_with_the_headers_of_data(wire: Wire) -> None:
    till, reader, writer = wire
    for n in range(3):  # the connection stays open
        writer.write(request(b"pizza %d" % n, b"x-request-id: req-12345%d" % n))
        status, headers, body = await answer(reader)
        assert (status, body) == (201, b"pizza %d" % n)
        assert headers[b"x-request-id"] == b"req-12345%d" % n
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"date"] == b"today"
    assert till.calls[0].headers[b"host"] == b"a"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"nobody", 404, b"NOT_FOUND"), (b"fault", 500, b"INTERNAL_ERROR")],
)
async def test_a_refusal_and_a_fault_are_problems(
    wire: Wire, body: bytes, status: int, code: bytes
) -> None:
    _, reader, writer = wire
    writer.write(request(body))
    found, headers, shown = await answer(reader)
    assert found == status
    assert headers[b"content-type"] == b"application/problem+json"
    assert code in shown
    assert b"a defect" not in shown


@pytest.mark.parametrize(
    "name", [b"idempotency-key", b"authorization", b"host", b"origin", b"content-type"]
)
async def test_a_header_given_twice_is_refused(wire: Wire, name: bytes) -> None:
    till, reader, writer = wire
    writer.write(request(b"pizza", name + b": a", name + b": b"))
    assert (await answer(reader))[0] == 400
    assert till.calls == []


async def test_a_body_in_pieces_and_one_in_chunks_take_the_ordinary_way(wire: Wire) -> None:
    till, reader, writer = wire
    whole = request(b"pizza")
    for cut in (10, len(whole) - 3, len(whole) - len(b"pizza")):
        writer.write(whole[:cut])
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(whole[cut:])
        assert (await answer(reader))[0::2] == (201, b"pizza")
    writer.write(
        b"POST /pay HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        b"5\r\npizza\r\n0\r\n\r\n"
    )
    assert (await answer(reader))[0::2] == (201, b"pizza")
    assert [c.body for c in till.calls] == [b"pizza"] * 4


async def test_requests_sent_ahead_are_answered_in_their_order(wire: Wire) -> None:
    till, reader, writer = wire
    till.opened.clear()
    other = request(b"", line=b"GET /other HTTP/1.1")
    writer.write(request(b"one") + request(b"two") + other + request(b"three"))
    await asyncio.sleep(0.05)
    till.opened.set()
    found = [(await answer(reader))[0::2] for _ in range(4)]
    assert found == [(201, b"one"), (201, b"two"), (200, b"ordinary /other"), (201, b"three")]


async def test_a_line_that_asks_to_be_closed_is_closed_after_the_answer(wire: Wire) -> None:
    _, reader, writer = wire
    writer.write(request(b"pizza", b"connection: close"))
    status, headers, body = await answer(reader)
    assert (status, body, headers[b"connection"]) == (201, b"pizza", b"close")
    assert await reader.read() == b""


async def test_what_was_asked_is_done_though_nobody_waits_for_the_answer(wire: Wire) -> None:
    till, _, writer = wire
    till.opened.clear()
    writer.write(request(b"pizza"))
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.sleep(0.05)
    till.opened.set()
    await asyncio.sleep(0.05)
    assert [c.body for c in till.calls] == [b"pizza"]


async def test_what_is_not_a_plain_request_is_left_to_the_ordinary_way(wire: Wire) -> None:
    till, reader, writer = wire
    big = b"a" * (BODY_MAX + 1)
    for line, body, status in (
        (b"POST /pay?x=1 HTTP/1.1", b"pizza", 201),
        (b"GET /pay HTTP/1.1", b"", 200),
        (b"POST /pay/ HTTP/1.1", b"pizza", 200),
        (b"POST /pay HTTP/1.1", b"", 201),
        (b"POST /pay HTTP/1.1", big, 413),
    ):
        writer.write(request(body, line=line))
        assert (await answer(reader))[0] == status
    assert len(till.calls) == 2


async def test_whoever_reads_no_answers_gets_few(wire: Wire) -> None:
    """Answers that nobody takes would fill the memory, a signed-in payer's or a stranger's."""
    till, _, writer = wire
    for _ in range(60):
        writer.write(request(b"much"))
        await asyncio.sleep(0.01)
    assert 1 <= len(till.calls) < 30
