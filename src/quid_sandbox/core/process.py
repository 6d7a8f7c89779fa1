"""The process: reads its arguments, opens its ports, says where it listens, and runs.

Loopback only, and never beside production: a sandbox that real users could reach would answer them
that their money arrived.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import uvicorn

from quid_sandbox.core.clock import MANUAL, Clock
from quid_sandbox.core.control import Control, Parts
from quid_sandbox.core.engine import Engine
from quid_sandbox.core.face import Face
from quid_sandbox.core.faults import Faults
from quid_sandbox.core.hooks import Hooks
from quid_sandbox.core.server import FaceApp, Protocol, Receive, Scope, Send
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import Keys, World

HOST: Final = "127.0.0.1"
READY: Final = "sandbox.json"
NAMES: Final = ("plaid", "stripe", "control")


def main(make_faces: Callable[[], Sequence[Face]], arguments: Sequence[str] | None = None) -> None:
    """Run until a signal comes."""
    given = _arguments(arguments)
    if os.environ.get("QUID_PROFILE", "").lower() == "production":
        sys.exit("the sandbox does not run in production")
    os.umask(0o077)  # its books hold numbers and tokens, in whatever folder it lives
    given.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ports = (given.plaid_port, given.stripe_port, given.control_port)
    sockets = [_listen(port) for port in ports]
    world = World(
        home=given.home,
        clock=Clock(rate=MANUAL if given.clock == "manual" else float(given.speed)),
        keys=_keys(given.keys or given.home / READY),
        pace=given.pace,
        hold_days=given.hold_days,
        seed=given.seed,
        urls={
            name: f"http://{HOST}:{opened.getsockname()[1]}"
            for name, opened in zip(NAMES, sockets, strict=True)
        },
        hooks={"plaid": given.hook_plaid, "stripe": given.hook_stripe},
    )
    app = Process(world, {face.name: face for face in make_faces()})
    config = uvicorn.Config(
        app, http=Protocol, ws="none", lifespan="on", log_config=None, access_log=False,
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    app.stop = lambda: setattr(server, "should_exit", True)
    server.run(sockets=sockets)
    sys.exit(1 if app.failed else 0)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quid_sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--keys", type=Path, default=None, help="JSON file; else those it made")
    for name in NAMES:
        parser.add_argument(f"--{name}-port", type=int, default=0)
    parser.add_argument("--hook-plaid", default="", metavar="URL")
    parser.add_argument("--hook-stripe", default="", metavar="URL")
    parser.add_argument("--clock", choices=["real", "manual"], default="real")
    parser.add_argument("--speed", type=float, default=1.0, help="virtual seconds per second")
    parser.add_argument("--pace", type=float, default=None, help="seconds for each step")
    parser.add_argument("--hold-days", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--seed", default="quid")
    return parser.parse_args(arguments)


def _listen(port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((HOST, port))
    opened.listen(1024)
    return opened


def _keys(path: Path) -> Keys:
    """The keys given, or those this home had, else new ones."""
    if not path.exists():
        return Keys.fresh()
    old = json.loads(path.read_text(encoding="utf-8"))
    return Keys(**{name: old[name] for name in Keys.__slots__})


class Process:
    """Everything of the process; an ASGI application that tells its ports apart."""

    def __init__(self, world: World, faces: dict[str, Face]) -> None:
        self._world = world
        self._faults = Faults()
        self._store = Store(world.home / "sandbox.sqlite", world.seed)
        self._hooks = Hooks(self._store, world, faces=faces, faults=self._faults)
        self._engine = Engine(self._store, world, faces=faces, committed=self._hooks.wake)
        self._control = Control(
            Parts(self._store, world, faces, self._engine, self._hooks, self._faults)
        )
        self._doors: dict[int, Any] = {_port(world.urls["control"]): self._control}
        for name, face in faces.items():
            self._doors[_port(world.urls[name])] = FaceApp(
                face, store=self._store, world=world, faults=self._faults,
                committed=self._hooks.wake,
            )  # fmt: skip
        self._tasks: list[asyncio.Task[None]] = []
        self.stop: Callable[[], None] = lambda: None
        self.failed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self._doors[scope["server"][1]](scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._store.is_new():
            self._control.reset()
        with self._store.transaction() as tx:
            self._world.clock.restore(tx.get("clock", "clock"))
        self._hooks.recover()
        for work in (self._engine.run(), self._hooks.run()):
            task = asyncio.create_task(work)
            task.add_done_callback(self._ended)
            self._tasks.append(task)
        _write(self._world)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A sandbox whose time or hooks stand still must not look alive."""
        if not task.cancelled() and (error := task.exception()):
            self.failed = True
            sys.excepthook(type(error), error, error.__traceback__)
            self.stop()


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _write(world: World) -> None:
    """Say where everything is, in a file for the owner alone; the rename makes it whole."""
    path = world.home / READY
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(world.urls | asdict(world.keys) | {"pid": os.getpid()}, file, indent=1)
    fresh.rename(path)
