"""Bodies and ends of requests, as a server hands them over."""

import asyncio
import json
from collections.abc import (
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.typing import EventDict

from quid.kit import runtime
from quid.kit.runtime import Runtime
from quid.kit.web import (
    BODY_MAX,
    Door,
)
from quid.kit.web.door import Bounds
from tests.unit.kit.frame import Message, make


@dataclass(slots=True)
class Server:
    """One request by hand: what the client sends, and when."""

    messages: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    asked: int = 0

    async def receive(self) -> Message:
        self.asked += 1
        if self.messages:
            return self.messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def post(
        self, path: str, headers: Mapping[bytes, bytes] | Sequence[tuple[bytes, bytes]]
    ) -> tuple[int, bytes]:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": list(headers.items() if isinstance(headers, Mapping) else headers),
            "server": ("quid.test", 80),
            "client": ("127.0.0.1", 1),
        }
        async with asyncio.timeout(10):
            await make()(scope, self.receive, self.send)
        starts = [m for m in self.sent if m["type"] == "http.response.start"]
        assert len(starts) == 1
        return starts[0]["status"], b"".join(m.get("body", b"") for m in self.sent)


def chunks(*bodies: bytes) -> list[Message]:
    many = len(bodies)
    return [
        {"type": "http.request", "body": b, "more_body": n < many - 1} for n, b in enumerate(bodies)
    ]


CHUNKED = {b"transfer-encoding": b"chunked"}


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_a_body_in_pieces_is_put_together(path: str) -> None:
    status, body = await Server(chunks(b"a" * 30_000, b"", b"b" * 30_000)).post(path, CHUNKED)
    assert (status, len(body) if path == "/hot" else body) in ((201, 60_000), (200, b"60000"))


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_the_largest_body_passes_and_one_byte_more_does_not(path: str) -> None:
    full = str(BODY_MAX).encode()
    status, _ = await Server(chunks(b"x" * BODY_MAX)).post(path, {b"content-length": full})
    assert status in (200, 201)
    for headers in (CHUNKED, {b"content-length": full}):  # who lies about it is counted too
        server = Server(chunks(b"x" * BODY_MAX, b"x", b"never read"))
        status, body = await server.post(path, headers)
        assert (status, json.loads(body)["code"]) == (413, "BODY_TOO_LARGE")
        assert server.asked == 2


@pytest.mark.parametrize("announced", [str(BODY_MAX + 1).encode(), b"9" * 30])
async def test_an_announced_giant_is_refused_unread(announced: bytes) -> None:
    server = Server(chunks(b"x"))
    status, _ = await server.post("/hot", {b"content-length": announced})
    assert (status, server.asked) == (413, 0)


async def test_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quid.kit.web.door.USUAL", Bounds(BODY_MAX, 0.02))
    started: list[Message] = [{"type": "http.request", "body": b"ha", "more_body": True}]
    status, body = await Server(started).post("/hot", {b"content-length": b"4"})
    assert (status, json.loads(body)["money_moved"]) == (400, "no")
    gone: list[Message] = [*started, {"type": "http.disconnect"}]
    status, _ = await Server(gone).post("/hot", CHUNKED)
    assert status == 400


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_a_header_that_decides_is_given_once(path: str) -> None:
    # Which of two keys counts? A proxy may have looked at the other.
    for name in (b"idempotency-key", b"authorization", b"host", b"origin", b"content-type"):
        twice = [(name, b"a"), (b"x-other", b"a"), (name, b"b")]
        status, body = await Server(chunks(b"x")).post(path, twice)
        assert (status, json.loads(body)["code"]) == (400, "VALIDATION_ERROR")
    assert (await Server().post(path, [(b"accept", b"a"), (b"accept", b"b")]))[0] < 300


async def test_no_body_is_not_waited_for() -> None:
    server = Server()
    assert (await server.post("/hot", {}))[0] == 201
    assert server.asked == 0


async def test_a_fault_after_the_answer_began_is_logged_and_not_answered_twice(
    logged: list[EventDict],
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/torn",
        "query_string": b"",
        "headers": [],
    }
    async with asyncio.timeout(10):
        await make()(scope, receive, send)
    assert [m["type"] for m in sent].count("http.response.start") == 1
    assert not any(b"INTERNAL" in m.get("body", b"") for m in sent)
    assert [line["event"] for line in logged] == ["http.fault", "http.request"]


async def test_a_caller_that_leaves_cancels_and_is_not_a_fault(logged: list[EventDict]) -> None:
    async def slow(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.Event().wait()

    async def run(app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": []}
        await Door(app, Runtime())(scope, Server().receive, Server().send)

    task = asyncio.create_task(run(slow))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert logged == []


async def test_other_connections_pass_with_the_runtime() -> None:
    seen: list[object] = []
    rt = Runtime()

    async def app(scope: Any, _receive: object, _send: object) -> None:
        seen.append((scope["type"], runtime.current() is rt))

    await Door(app, rt)({"type": "lifespan"}, Server().receive, Server().send)
    assert seen == [("lifespan", True)]
