"""The doors: one process, one port for each face and one for the control routes.

A request passes: journal, faults before, its handler in one transaction, faults after, journal.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from quid_sandbox.core.calls import Call, RefusedError, Reply
from quid_sandbox.core.clock import wall
from quid_sandbox.core.face import Face, Route
from quid_sandbox.core.faults import Deed, Faults, spoil
from quid_sandbox.core.journal import Journal, Message, Outcome
from quid_sandbox.core.store import Store, Tx
from quid_sandbox.core.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
BODY_MAX: Final = 4_000_000
HANG: Final = 600.0
HTML: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Protocol(HttpToolsProtocol):
    """HTTP whose handlers can reach the connection, to reset it."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["sandbox.transport"] = self.transport  # type: ignore[typeddict-unknown-key]  # a key of ours


class Routes:
    """Finds the handler of a method and a path."""

    def __init__(self, routes: list[Route]) -> None:
        self._exact = {(r.method, r.path): r for r in routes if "{" not in r.path}
        self._rest = [
            (r, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", r.path)))
            for r in routes
            if "{" in r.path
        ]

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The route and the {names} of its path."""
        if exact := self._exact.get((method, path)):
            return exact, {}
        for route, pattern in self._rest:
            if route.method == method and (found := pattern.fullmatch(path)):
                return route, {name: unquote(text) for name, text in found.groupdict().items()}
        return None


class Incoming(NamedTuple):
    """A request as it was read."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class FaceApp:
    """One face behind its port."""

    def __init__(
        self,
        face: Face,
        *,
        store: Store,
        world: World,
        faults: Faults,
        committed: Callable[[], None],
    ) -> None:
        self._face, self._store, self._world, self._faults = face, store, world, faults
        self._routes = Routes(face.routes())
        self._journal = Journal(store)
        self._committed = committed
        self._flying: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        came = await _read(scope, receive)
        with self._store.transaction() as tx:
            marks = self._face.marks(self._call(came, tx))
        name = self._face.name
        message = Message("in", name, came.method, came.path, *marks, _readable(came.body))
        entry = self._journal.open(message, wall=wall(), at=self._world.clock.now())
        deed = self._faults.draw(name, came.path, marks.key, marks.account, hook=False)
        flight = (marks.account, marks.key)
        owns = bool(marks.key) and flight not in self._flying
        if owns:
            self._flying.add(flight)
        try:
            if deed is not None and deed.kind == "latency":
                await asyncio.sleep(deed.seconds)
            reply, effects = self._answer(came, deed, busy=bool(marks.key) and not owns)
            outcome = Outcome(
                reply.status, _readable(reply.body), effects, "" if deed is None else deed.kind
            )
            self._journal.close(entry, outcome)
            self._committed()
            await self._deliver(scope, send, reply, deed)
        finally:
            if owns:
                self._flying.discard(flight)

    def _answer(
        self, came: Incoming, deed: Deed | None, *, busy: bool
    ) -> tuple[Reply, tuple[str, ...]]:
        """Run the handler, unless a fault is in its way; an error after its effect hides it."""
        instead = None if deed is None else self._instead(deed)
        if instead is not None and deed is not None and not deed.effect:
            return instead, ()
        try:
            with self._store.transaction() as tx:
                reply = self._handle(self._call(came, tx), busy=busy)
                effects = tuple(tx.effects)
        except RefusedError as refused:
            reply, effects = refused.reply, ()
        if deed is not None and deed.kind == "field":
            reply = spoil(reply, deed)
        return instead or reply, effects

    def _instead(self, deed: Deed) -> Reply | None:
        """The answer of a fault that hides the handler's."""
        if deed.kind == "html":
            return Reply(502, HTML, {"content-type": "text/html"})
        if deed.kind == "reset":
            return Reply(0, b"")
        if deed.kind != "status":
            return None
        reply = self._face.broken(deed.status)
        if deed.status != 429:
            return reply
        return Reply(429, reply.body, {**reply.headers, "retry-after": str(deed.retry_after)})

    def _handle(self, call: Call, *, busy: bool) -> Reply:
        if busy and (reply := self._face.busy(call)):
            return reply
        found = self._routes.find(call.method, call.path)
        if found is None:
            return self._face.unknown(call)
        route, params = found
        return route.handler(replace(call, params=params))

    def _call(self, came: Incoming, tx: Tx) -> Call:
        return Call(*came, now=self._world.clock.now(), world=self._world, tx=tx)

    async def _deliver(self, scope: Scope, send: Send, reply: Reply, deed: Deed | None) -> None:
        kind = "" if deed is None else deed.kind
        if kind == "hang" or reply.is_lost:
            await asyncio.sleep(HANG)
        if kind in {"reset", "hang"} or reply.is_lost:
            scope["sandbox.transport"].abort()
            return
        await answer(send, reply, cut=kind == "truncated")
        if kind == "truncated":
            scope["sandbox.transport"].close()


async def _read(scope: Scope, receive: Receive) -> Incoming:
    return Incoming(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
        body=await read_body(receive),
    )


def _readable(body: bytes) -> str:
    return body.decode(errors="replace")


async def read_body(receive: Receive) -> bytes:
    """All of a request's body.

    Raises:
        ValueError: more than any request of ours.
    """
    body = b""
    while True:
        part = await receive()
        body += bytes(part.get("body", b""))
        if len(body) > BODY_MAX:
            raise ValueError("a body too large")
        if not part.get("more_body"):
            return body


async def answer(send: Send, reply: Reply, *, cut: bool = False) -> None:
    """Send an answer, or the first half of it."""
    headers = {"content-length": str(len(reply.body)), **reply.headers}
    lines = [(name.encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": lines})
    body = reply.body[: len(reply.body) // 2] if cut else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})
