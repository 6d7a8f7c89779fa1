"""The outermost ASGI application: bounded bodies, request ids, hot routes, one log line.

It reads the body (bounded in bytes and time), names the request, and hands the few hot routes to
their own handler before the framework spends time on them.
"""

import asyncio
import re
import time
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Mapping,
)
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final, NamedTuple

from prometheus_client import Counter, Histogram

from quid.kit import failpoints, ids, runtime, telemetry
from quid.kit.errors import BodyTooLarge, Refusal, ValidationFailed
from quid.kit.runtime import Runtime
from quid.kit.web.callers import refuse_doubles
from quid.kit.web.problems import Reply, problem_reply
from quid.kit.web.sent import (
    App,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    Sent,
    fault_reply,
    head_of,
    route_of,
)
from quid.kit.web.sockets import hold

BODY_MAX: Final = 64 * 1024
FILE_MAX: Final = 10 * 1024 * 1024


class Bounds(NamedTuple):
    """How large a body may be, in bytes, and in how many seconds it must arrive."""

    size: int
    seconds: float

    def too_large(self) -> BodyTooLarge:
        """Say that a body is larger."""
        shown = f"{self.size >> 20} MiB" if self.size >= 1 << 20 else f"{self.size >> 10} KiB"
        return BodyTooLarge(f"The body is larger than {shown}. Nothing was sent.")


USUAL: Final = Bounds(BODY_MAX, 10.0)
LARGE: Final = Bounds(FILE_MAX, 60.0)
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_REQUESTS = telemetry.counter("quid_http_requests_total", "requests answered", "route", "code")
_SECONDS = telemetry.seconds("quid_http_request_duration_seconds", "time to the answer", "route")


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Call:
    """A request to a hot route: headers by lower-case name, body read, the address it is from."""

    headers: Mapping[bytes, bytes]
    body: bytes
    request_id: str
    scheme: str
    peer: str = ""


HotRoute = Callable[[Call], Awaitable[Reply]]


class Door:
    """The outermost ASGI application."""

    def __init__(
        self,
        app: App,
        rt: Runtime,
        *,
        hot: Mapping[tuple[str, str], HotRoute] | None = None,
        large: Collection[tuple[str, str]] = (),
        bounds: Mapping[tuple[str, str], Bounds] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._runtime = rt
        self._large = frozenset(large)
        self._bounds = dict(bounds)
        self._hot = dict(hot or {})
        self.public_origin = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of the server."""
        runtime.install(self._runtime)
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        is_socket = scope["type"] == "websocket"
        if self.public_origin:
            scheme, scope["headers"] = _stand_at(self.public_origin, scope["headers"])
            scope["scheme"] = scheme.replace("http", "ws") if is_socket else scheme
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = _name(headers)
        scope["quid.request_id"] = request_id
        if is_socket:
            account = partial(self._account, "GET", request_id=request_id, started=started)
            await hold(self._app, scope, receive, send, account)
            return
        reply = Sent(send, request_id, is_https=scope["scheme"] == "https")
        try:
            await self._serve(scope, headers, receive, reply)
            failpoints.reach("answer.after")
        except asyncio.CancelledError:
            raise
        except Exception as e:  # noqa: BLE001 - the outermost door: log once, answer whole
            fault = fault_reply(e, scope["method"], scope["path"], request_id)
            if not reply.status:
                await reply.send(fault)
        is_hot = self.hot(scope["method"], scope["path"]) is not None
        route = scope["path"] if is_hot else route_of(scope)
        self._account(scope["method"], route, reply.status, request_id, started)

    def hot(self, method: str, path: str) -> HotRoute | None:
        """Give the handler of a hot route."""
        return self._hot.get((method, path))

    async def answer(
        self, path: str, headers: Headers, body: bytes, origin: tuple[str, str]
    ) -> tuple[int, Headers, bytes]:
        """Answer a POST to a hot route that has arrived whole: status, headers, body.

        `origin` is the scheme by which it came, and the address from which.
        """
        started = time.perf_counter()
        scheme, peer = origin
        runtime.install(self._runtime)
        if self.public_origin:
            scheme, headers = _stand_at(self.public_origin, headers)
        named = dict(headers)
        request_id = _name(named)
        try:
            if len(named) < len(headers):
                refuse_doubles(headers)
            reply = await self._hot["POST", path](Call(named, body, request_id, scheme, peer))
        except Refusal as e:
            reply = problem_reply(e, request_id)
        except Exception as e:  # noqa: BLE001 - the outermost door: log once, answer whole
            reply = fault_reply(e, "POST", path, request_id)
        failpoints.reach("answer.before")
        self._account("POST", path, reply.status, request_id, started)
        return reply.status, head_of(reply, request_id, is_https=scheme == "https"), reply.body

    async def _serve(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, reply: "Sent"
    ) -> None:
        is_large = (scope["method"], scope["path"]) in self._large
        try:
            if len(headers) < len(scope["headers"]):
                refuse_doubles(scope["headers"])
            bounds = self._bounds.get((scope["method"], scope["path"]))
            body = b"" if is_large else await read_body(headers, receive, bounds)
        except Refusal as e:
            await reply.send(problem_reply(e, reply.request_id))
            return
        if is_large:
            await self._app(scope, _when_asked(headers, receive), reply.pass_on)
            return
        hot = self.hot(scope["method"], scope["path"])
        if hot is None:
            await self._app(scope, _replay(body, receive), reply.pass_on)
            return
        peer = (scope.get("client") or ("",))[0]
        call = Call(headers, body, reply.request_id, scope["scheme"], peer)
        try:
            answer = await hot(call)
        except Refusal as e:
            answer = problem_reply(e, reply.request_id)
        await reply.send(answer)

    def _account(
        self, method: str, route: str, status: int, request_id: str, started: float
    ) -> None:
        seconds = time.perf_counter() - started
        counted, timed = self._counters(route, status)
        counted.inc()
        timed.observe(seconds)
        telemetry.line(
            "http.request",
            request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
        )

    @staticmethod
    @lru_cache(maxsize=1000)
    def _counters(route: str, status: int) -> tuple[Counter, Histogram]:
        return _REQUESTS.labels(route, str(status)), _SECONDS.labels(route)


def _stand_at(origin: str, headers: Headers) -> tuple[str, Headers]:
    """Take the request as the browser sent it, whatever the proxy in front made of it.

    Cookies and the check of Origin go by scheme and host; those of a proxy's own connection are
    not the browser's, and those it passes on are anybody's.
    """
    scheme, _, host = origin.partition("://")
    others = [pair for pair in headers if pair[0] != b"host"]
    return scheme, [*others, (b"host", host.encode())]


def _name(headers: Mapping[bytes, bytes]) -> str:
    """Name the request: its own id where it brings a sound one. The log's lines carry it."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        request_id = given.decode()
    else:
        request_id = ids.mark()
    telemetry.name_request(request_id)
    return request_id


async def read_body(
    headers: Mapping[bytes, bytes], receive: Receive, bounds: Bounds | None = None
) -> bytes:
    """Read a body within its bounds. Raises: BodyTooLarge, ValidationFailed."""
    bounds = bounds or USUAL
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > bounds.size:
        raise bounds.too_large()
    if announced == b"0" and b"transfer-encoding" not in headers:
        return b""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a server runs each request in a task
    # A timer of our own: `asyncio.timeout` costs more than reading a body that is there.
    late: list[bool] = []
    timer = asyncio.get_running_loop().call_later(bounds.seconds, _expire, task, late)
    try:
        return await _read_all(receive, bounds)
    except asyncio.CancelledError:
        if not late or task.uncancel() > 0:
            raise
        raise ValidationFailed(
            f"The body did not arrive within {bounds.seconds:g} s.", field="body"
        ) from None
    finally:
        timer.cancel()


def _expire(task: "asyncio.Task[object]", late: list[bool]) -> None:
    late.append(True)
    task.cancel()


async def _read_all(receive: Receive, bounds: Bounds) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ValidationFailed("The body did not arrive.", field="body")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > bounds.size:
            raise bounds.too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _when_asked(headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
    """Read a large body when its route asks for it, who knows by then whose it is.

    Read of everybody, a few strangers would fill the memory.
    """
    is_given = False

    async def whole() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        body = await read_body(headers, receive, LARGE)
        return {"type": "http.request", "body": body, "more_body": False}

    return whole


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read to the framework, then the connection's own messages."""
    is_given = False

    async def again() -> Message:
        nonlocal is_given
        if not is_given:
            is_given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
