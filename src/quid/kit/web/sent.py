"""Answers on their way out: the headers that every one has, and what a fault is told as."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Literal

from quid.kit import failpoints, telemetry
from quid.kit.errors import InternalFault
from quid.kit.web.problems import SAFE, Reply, problem_reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
_CSP: Final = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_PAGE_HEADERS: Final = [
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self)"),
]
_HTTPS_HEADERS: Final = ((b"strict-transport-security", b"max-age=31536000"),)


class Sent:
    """Sends one answer, adding the headers that every answer has."""

    def __init__(self, send: Send, request_id: str, *, is_https: bool, of: str = "") -> None:
        self._send = send
        self._is_https = is_https
        self._start = f"{of}http.response.start"
        self._body = f"{of}http.response.body"
        self.request_id = request_id
        self.status = 0

    async def pass_on(self, message: Message) -> None:
        """Pass a message of the framework on."""
        if message["type"] == self._start:
            failpoints.reach("answer.before")
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            if all(name != b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))  # somebody's balance stays nowhere
            headers += [
                (b"x-request-id", self.request_id.encode()),
                *_PAGE_HEADERS,
                *(_HTTPS_HEADERS if self._is_https else ()),
            ]
            message["headers"] = headers
        await self._send(message)

    async def send(self, reply: Reply) -> None:
        """Send a whole answer: data, which needs none of a page's headers."""
        failpoints.reach("answer.before")
        self.status = reply.status
        headers = head_of(reply, self.request_id, is_https=self._is_https)
        await self._send({"type": self._start, "status": reply.status, "headers": headers})
        await self._send({"type": self._body, "body": reply.body})


def fault_reply(error: Exception, method: str, path: str, request_id: str) -> Reply:
    """Log a fault, and tell it without a word of its own."""
    telemetry.log.error("http.fault", path=path, exc_info=error)
    moved: Literal["no", "unknown"] = "no" if method in SAFE else "unknown"
    return problem_reply(InternalFault(money_moved=moved), request_id)


def head_of(reply: Reply, request_id: str, *, is_https: bool) -> Headers:
    """List the headers of an answer that is data."""
    return [
        (b"content-type", reply.media_type),
        (b"content-length", b"%d" % len(reply.body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", request_id.encode()),
        *(_HTTPS_HEADERS if is_https else ()),
        *reply.headers,
    ]


def route_of(scope: Scope) -> str:
    """Name the route that was found, for counting: a path is anybody's invention."""
    return getattr(scope.get("route"), "path", None) or "other"
