"""The socket: what happens to a person, as it happens. docs/api/socket.md is its contract."""

from contextlib import suppress
from typing import Final, Literal

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from quid.kit import clock, runtime
from quid.kit.errors import Refusal
from quid.kit.web import deny_socket, signed_in_socket
from quid.notifications.service.hub import Hub
from quid.notifications.service.listeners import NOT_UNDERSTOOD, TRY_LATER, Listener

router = APIRouter()
_UNKNOWN: Final = -1


class _Ping(msgspec.Struct, forbid_unknown_fields=True):
    """All that a client may send."""

    type: Literal["ping"]


_ping = msgspec.json.Decoder(_Ping)


class _Line:
    """A socket of the framework. What is sent to nobody is lost: the reader hears of the end."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        """Send a message; wait while the other end takes nothing."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._socket.send_text(text)

    async def close(self, code: int, reason: str) -> None:
        """Close it at once."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._socket.close(code, reason)


@router.websocket("/ws")
async def listen(socket: WebSocket) -> None:
    """Let a person hear what happens, from the frame after `?cursor=` on."""
    hub = runtime.part(Hub)
    try:
        caller = await signed_in_socket(socket)
        newest = await hub.wake(caller.user_id, now=clock.now())
    except Refusal as e:
        await deny_socket(socket, e)
        return
    await socket.accept()
    listener = Listener(_Line(socket), caller.user_id, caller.session_id)
    try:
        await _serve(socket, hub, listener, newest)
    except Refusal:
        listener.end(TRY_LATER)
        await _hear(socket, listener)
    finally:
        hub.leave(listener)


async def _serve(socket: WebSocket, hub: Hub, listener: Listener, newest: int) -> None:
    cursor = socket.query_params.get("cursor")
    known = None if cursor is None else _read(cursor)
    await hub.enter(listener, newest=newest, cursor=known)
    await _hear(socket, listener)


async def _hear(socket: WebSocket, listener: Listener) -> None:
    """Answer pings until the socket is closed, by whomever."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            _ping.decode(message.get("text") or "")
        except msgspec.MsgspecError:
            listener.end(NOT_UNDERSTOOD)
        else:
            listener.say("pong", {})


def _read(cursor: str) -> int:
    """Read a cursor; what is none of ours is of a place that nobody knows."""
    is_number = cursor.isascii() and cursor.isdigit() and len(cursor) <= 18
    return int(cursor) if is_number else _UNKNOWN
