"""The door of sockets: who opens one, how it is told no, what is logged of its life."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from fastapi import WebSocket
from fastapi.responses import Response

from quid.kit import runtime, telemetry
from quid.kit.errors import Forbidden, Refusal
from quid.kit.web.callers import (
    Authenticator,
    Caller,
    client_address,
    cookie_name,
    count_request,
    refuse_doubles,
    require_same_origin,
)
from quid.kit.web.problems import problem_reply
from quid.kit.web.sent import App, Message, Receive, Scope, Send, Sent, fault_reply, route_of

# A client closes by whatever number it likes.
_CODES: Final = frozenset(
    {1000, 1001, 1005, 1006, 1007, 1009, 1011, 1012, 1013, 4400, 4401, 4408, 4409, 4429}
)
_OPENED = telemetry.counter("quid_sockets_opened_total", "sockets that were opened")
_CLOSED = telemetry.counter("quid_sockets_closed_total", "sockets that were closed", "code")
_OPEN = telemetry.level("quid_sockets_open", "sockets that are open now")


async def signed_in_socket(socket: WebSocket) -> Caller:
    """Name who opens a socket, who is a person, and count it as a request.

    A browser sends its cookie to whoever opens a socket to us from any page: so with a cookie the
    page must be ours. Raises: SignInRequired, Forbidden, RateLimited.
    """
    headers = socket.headers
    scheme = "https" if socket.url.scheme == "wss" else "http"
    telemetry.came_from(client_address(socket))
    caller = await runtime.part(Authenticator).authenticate(  # type: ignore[type-abstract]  # wiring gives one
        authorization=headers.get("authorization"),
        cookie=socket.cookies.get(cookie_name(scheme)),
    )
    if caller.via == "cookie":
        require_same_origin(origin=headers.get("origin"), scheme=scheme, host=headers.get("host"))
    if caller.is_operator:
        raise Forbidden("Operators act under /v1/ops alone. Nothing changed.")
    await count_request(caller.user_id)
    return caller


async def deny_socket(socket: WebSocket, refusal: Refusal) -> None:
    """Answer who may not open a socket, as any request is answered."""
    reply = problem_reply(refusal, str(socket.scope.get("quid.request_id", "")))
    await socket.send_denial_response(
        Response(
            reply.body,
            reply.status,
            {name.decode(): value.decode() for name, value in reply.headers},
            reply.media_type.decode(),
        )
    )


class Account(Protocol):
    """Counts and logs a request that was answered."""

    def __call__(self, *, route: str, status: int) -> None:
        """Do so."""


async def hold(app: App, scope: Scope, receive: Receive, send: Send, account: Account) -> None:
    """Serve a socket, from the request that opens it to its end: a part of the door."""
    request_id = scope["quid.request_id"]
    reply = Sent(send, request_id, is_https=scope["scheme"] == "wss", of="websocket.")

    def answered(status: int) -> None:
        account(route=route_of(scope), status=status)

    life = Life(receive, reply.pass_on, request_id, on_open=partial(answered, 101))
    try:
        refuse_doubles(scope["headers"])
        await app(scope, life.receive, life.send)
    except Refusal as e:
        await reply.send(problem_reply(e, request_id))
    except Exception as e:  # noqa: BLE001 - the outermost door: log once, answer whole
        fault = fault_reply(e, "GET", scope["path"], request_id)
        if life.is_open:
            await life.send({"type": "websocket.close", "code": 1011})
        elif not reply.status:
            await reply.send(fault)
    finally:
        if not life.end():
            answered(reply.status)


class Life:
    """Passes the messages of a socket on, and notes when it opens and by which code it closes."""

    def __init__(
        self,
        receive: Receive,
        send: Send,
        request_id: str,
        *,
        on_open: Callable[[], None],
    ) -> None:
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._on_open = on_open
        self._opened_at = 0.0
        self._code = 1006
        self.is_open = False

    async def receive(self) -> Message:
        """Take a message of the client's."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._code = message.get("code", self._code)
        return message

    async def send(self, message: Message) -> None:
        """Pass a message of ours on."""
        if message["type"] == "websocket.accept":
            self.is_open, self._opened_at = True, time.perf_counter()
            _OPENED.inc()
            _OPEN.inc()
            self._on_open()
        await self._send(message)

    def end(self) -> bool:
        """Note that it is over; say whether it was open."""
        if not self.is_open:
            return False
        self.is_open = False
        _OPEN.dec()
        _CLOSED.labels(str(self._code) if self._code in _CODES else "other").inc()
        seconds = round(time.perf_counter() - self._opened_at, 1)
        telemetry.line("socket.closed", self._request_id, code=self._code, seconds=seconds)
        return True
