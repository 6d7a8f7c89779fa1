"""A client of the socket: it keeps what it was told, as an app does, and nothing else.

What it holds is compared with what the API says: `agrees`.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from quid.entrypoints.api.short_way import ShortWay
from quid.entrypoints.api.socket_protocol import (
    MESSAGE_MAX,
    PING_SECONDS,
    SILENCE_SECONDS,
    Socket,
)
from quid.kit.web import Door

WITHOUT_PLACE: Final = frozenset({"hello", "pong", "session_ended"})
PATIENCE: Final = 20.0


@dataclass(slots=True)
class Known:
    """What an app shows, by what it was told alone. `last`: the id of its last frame."""

    last: int | None = None
    balance: dict[str, Any] | None = None
    payments: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    feed: dict[str, dict[str, Any]] = field(default_factory=dict)
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)
    unread: int | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)
    resyncs: list[str] = field(default_factory=list)

    def take(self, frame: dict[str, Any]) -> None:
        """Apply a frame as docs/api/socket.md says; ids have no holes and never go back."""
        assert set(frame) == {"v", "id", "type", "at", "data"}, frame
        kind, n, data = frame["type"], frame["id"], frame["data"]
        is_gap = kind == "resync" and data["reason"] in ("unknown", "gap")
        if kind in WITHOUT_PLACE or is_gap:
            if kind == "hello" and self.last is not None:
                assert n <= self.last, (n, self.last)
            if is_gap or self.last is None:
                self.last = n
        else:
            if self.last is not None and n <= self.last:
                return  # told before
            assert self.last is None or n == self.last + 1, f"a hole: {self.last}, then {n}"
            self.last = n
        self.frames.append(frame)
        getattr(self, f"_{kind}", self._other)(data)

    def _other(self, _: dict[str, Any]) -> None:
        """Whatever has no place in this app."""

    def _resync(self, data: dict[str, Any]) -> None:
        self.resyncs.append(data["reason"])

    def _balance_updated(self, data: dict[str, Any]) -> None:
        new = data["balance"]
        if self.balance is None or new["version"] >= self.balance["version"]:
            self.balance = new

    def _payment_received(self, data: dict[str, Any]) -> None:
        self._balance_updated(data)
        self.payments[data["payment"]["id"]] = data["payment"]["state"]

    def _payment_updated(self, data: dict[str, Any]) -> None:
        self.payments[data["id"]] = data["state"]

    def _payment_request(self, data: dict[str, Any]) -> None:
        self.requests[data["request"]["id"]] = data["request"]["state"]

    _request_updated = _payment_request

    def _request_paid(self, data: dict[str, Any]) -> None:
        self.requests[data["request_id"]] = "PAID"
        self.payments[data["payment"]["id"]] = data["payment"]["state"]

    def _feed_item(self, data: dict[str, Any]) -> None:
        self.feed[data["item"]["id"]] = data["item"]

    def _feed_removed(self, data: dict[str, Any]) -> None:
        self.feed.pop(data["payment_id"], None)

    def _notification(self, data: dict[str, Any]) -> None:
        self.notices[data["notification"]["id"]] = data["notification"]
        self.unread = data["unread_count"]

    def _notifications_read(self, data: dict[str, Any]) -> None:
        self.unread = data["unread_count"]


class Ear:
    """One device: a socket that is read all the time, and what is known by it."""

    def __init__(self, line: ClientConnection, known: Known) -> None:
        self.line = line
        self.known = known
        self.code: int | None = None
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.line:
                self.known.take(json.loads(text))
        except ConnectionClosed:
            pass
        self.code = self.line.close_code

    async def until(self, what: Callable[[Known], object]) -> None:
        """Wait until it is so."""

        def is_so() -> object:
            if self._reading.done() and not what(self.known):
                self._reading.result()
                raise AssertionError(f"closed by {self.code} before it was told")
            return what(self.known)

        await until(is_so)

    async def heard(self, kind: str, many: int = 1) -> list[dict[str, Any]]:
        """Wait for frames of a type and give what they say."""
        await self.until(lambda k: len(told(k, kind)) >= many)
        return told(self.known, kind)

    async def closed(self) -> int | None:
        """Wait for the end; give its code."""
        async with asyncio.timeout(PATIENCE + PING_SECONDS):
            await self._reading
        return self.code

    async def close(self) -> None:
        """Hang up."""
        await self.line.close()
        await self._reading


async def until(what: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not what():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


def told(known: Known, kind: str) -> list[dict[str, Any]]:
    """Give what the frames of a type said, in order."""
    return [f["data"] for f in known.frames if f["type"] == kind]


@asynccontextmanager
async def listening(
    address: str, http: httpx2.AsyncClient, known: Known | None = None, **headers: str
) -> AsyncIterator[Ear]:
    """Open a socket with a client's session; one that knows something resumes from there."""
    known = known or Known()
    ear = Ear(await opened(address, http, cursor=known.last, **headers), known)
    try:
        await ear.until(lambda k: any(f["type"] == "hello" for f in k.frames))
        yield ear
    finally:
        with suppress(ConnectionClosed, AssertionError):
            await ear.close()


async def opened(
    address: str, http: httpx2.AsyncClient, *, cursor: object = None, **headers: str
) -> ClientConnection:
    """Open a socket. Raises: InvalidStatus for who may not."""
    named = dict(headers)
    if "authorization" in http.headers:
        named.setdefault("authorization", http.headers["authorization"])
    if http.cookies:
        named.setdefault("cookie", "; ".join(f"{c.name}={c.value}" for c in http.cookies.jar))
    query = "" if cursor is None else f"?cursor={cursor}"
    url = f"{address.replace('http', 'ws', 1)}/v1/ws{query}"
    return await connect(url, additional_headers=named, compression=None, user_agent_header=None)


async def refused(address: str, http: httpx2.AsyncClient, **headers: str) -> tuple[int, str]:
    """Try to open a socket; give the status and the code of the answer."""
    with pytest.raises(InvalidStatus) as refusal:
        await opened(address, http, **headers)
    answer = refusal.value.response
    told_ = json.loads(answer.body or b"{}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert told_["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, told_["code"]


@asynccontextmanager
async def served(
    door: Door, *, ping: float = PING_SECONDS, silence: float = SILENCE_SECONDS
) -> AsyncIterator[str]:
    """Let the application, which is started, be reached by the real server; give its address."""
    config = uvicorn.Config(
        door,
        http=ShortWay,
        ws=Socket,
        ws_max_size=MESSAGE_MAX,
        ws_ping_interval=ping,
        ws_ping_timeout=silence,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        await until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await serving


async def look(known: Known, http: httpx2.AsyncClient) -> None:
    """Ask for everything, as an app does that has just come or was told to look anew."""
    said = await _said(http)
    known.balance, known.payments, known.unread = said["balance"], said["payments"], said["unread"]
    known.feed = said["feed"]
    known.notices = {name: {} for name in said["notices"]}
    known.resyncs.clear()


async def agrees(ear: Ear, http: httpx2.AsyncClient) -> None:
    """Wait until what was told is what the API says; fail with both if it never is."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        if ear.known.resyncs:
            await look(ear.known, http)
        said = await _said(http)
        known = _shown(ear.known, said)
        if said == known or asyncio.get_running_loop().time() > deadline:
            assert known == said
            return
        await asyncio.sleep(0.1)


async def _said(http: httpx2.AsyncClient) -> dict[str, Any]:
    async def get(path: str) -> dict[str, Any]:
        answer = await http.get(path, params={"limit": 100} if path in _LISTS else {})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    inbox = await get("/v1/notifications")
    return {
        "balance": await get("/v1/balance"),
        "payments": {p["id"]: p["state"] for p in (await get("/v1/payments"))["items"]},
        "feed": {i["id"]: i for i in (await get("/v1/feed"))["items"]},
        "notices": {n["id"] for n in inbox["items"]},
        "unread": inbox["unread_count"],
    }


_LISTS: Final = ("/v1/notifications", "/v1/payments", "/v1/feed")


def _shown(known: Known, said: dict[str, Any]) -> dict[str, Any]:
    """Give what an app shows of what the API was asked for."""
    return {
        "balance": known.balance,
        # Of what it sends itself an app has the answer.
        "payments": said["payments"] | known.payments,
        "feed": known.feed,
        "notices": set(known.notices),
        "unread": known.unread,
    }
