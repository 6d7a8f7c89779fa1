"""A wire that a test may cut: between us and a server on a unix socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

Judge = Callable[[bytes], bool]


@dataclass(slots=True)
class Wire:
    """Passes bytes.

    `cut_before` loses a request of ours; `cut_after` passes it on and loses the server's answer,
    which proves that the server has done it. Each cuts once. While it is stalled the server's
    answers wait; they arrive, late, when it flows again.
    """

    folder: Path
    cut_before: Judge | None = None
    cut_after: Judge | None = None
    cuts: int = 0
    is_stalled: bool = False
    links: "list[_Link]" = field(default_factory=list)

    def flow(self) -> None:
        """Deliver what was held back."""
        self.is_stalled = False
        for link in self.links:
            link.deliver(b"")


class _Link(asyncio.Protocol):
    """Our end; `_Server` is the other."""

    def __init__(self, wire: Wire, target: Path) -> None:
        self._wire = wire
        self._target = target
        self._early: list[bytes] = []
        self._held: list[bytes] = []
        self._us: asyncio.Transport | None = None
        self._server: asyncio.Transport | None = None
        self._is_doomed = False
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._us = transport
        self._wire.links.append(self)
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            server, _ = await loop.create_unix_connection(lambda: _Server(self), str(self._target))
        except OSError:
            self.cut()
            return
        self._server = server
        for data in self._early:
            server.write(data)

    def data_received(self, data: bytes) -> None:
        wire = self._wire
        if wire.cut_before is not None and wire.cut_before(data):
            wire.cut_before = None
            wire.cuts += 1
            self.cut()
            return
        if wire.cut_after is not None and wire.cut_after(data):
            wire.cut_after = None
            wire.cuts += 1
            self._is_doomed = True
        if self._server is None:
            self._early.append(data)
        else:
            self._server.write(data)

    def deliver(self, data: bytes) -> None:
        """Pass on what the server says, or hold it, or lose it."""
        if self._is_doomed:
            self.cut()
        elif self._us is not None:
            self._held.append(data)
            if not self._wire.is_stalled:
                self._us.write(b"".join(self._held))
                self._held.clear()

    def connection_lost(self, _: Exception | None) -> None:
        self._us = None
        self.cut()

    def cut(self) -> None:
        """End both sides at once."""
        for side in (self._us, self._server):
            if side is not None:
                side.abort()


class _Server(asyncio.Protocol):
    def __init__(self, link: _Link) -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        self._link.deliver(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._link.cut()


@asynccontextmanager
async def open_wire(target: Path) -> AsyncIterator[Wire]:
    """Listen under the target's own name in a folder of the test's own."""
    loop = asyncio.get_running_loop()
    with TemporaryDirectory(prefix="wire-") as folder:
        wire = Wire(Path(folder))
        server = await loop.create_unix_server(
            lambda: _Link(wire, target), str(wire.folder / target.name)
        )
        try:
            yield wire
        finally:
            server.close()
            for link in wire.links:
                link.cut()
            await asyncio.sleep(0)


@asynccontextmanager
async def postgres_wire(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the database of an address, and the address by it."""
    parts = urlsplit(url)
    folder = Path(parse_qs(parts.query)["host"][0])
    async with open_wire(folder / ".s.PGSQL.5432") as wire:
        query = urlencode({"host": str(wire.folder)}, safe="/")
        yield wire, urlunsplit(parts._replace(query=query))


@asynccontextmanager
async def valkey_wire(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the Valkey of an address, and the address by it."""
    parts = urlsplit(url)
    async with open_wire(Path(parts.path)) as wire:
        yield wire, urlunsplit(parts._replace(path=str(wire.folder / Path(parts.path).name)))


async def until(happened: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    """Poll with a deadline."""
    async with asyncio.timeout(seconds):
        while True:
            if await happened():
                return
            await asyncio.sleep(0.01)
