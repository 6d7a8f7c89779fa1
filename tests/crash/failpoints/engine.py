"""The test's side: a process that forks, databases to run in, and what must come out the same."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import redis.asyncio as redis

from tests.api.matrix.world import Kept
from tests.crash.failpoints.orders import Fault, Order, Step, Told
from tests.support import api
from tests.support.database import clone, faults_of
from tests.support.digest import Digest, differences, digest
from tests.support.run import ROOT, Addresses

_AUDIT: Final = "kit.audit"


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps that belong together. `is_new_each_time`: pressed twice, it is meant to happen twice
    (a sign-in opens a session), so that only the books are compared.
    """

    name: str
    steps: tuple[Step, ...]
    is_new_each_time: bool = False
    is_keyed: bool = False


class Zygote:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.failpoints.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, order: Order) -> Told:
        """Have an order run; wait for what it tells."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, "the process that forks has ended"
        return msgspec.json.decode(said, type=Told)

    def close(self) -> None:
        """End it."""
        self._process.communicate()
        assert self._process.returncode == 0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the cells of a flow are played."""

    zygote: Zygote
    servers: Addresses
    valkey_url: str
    kept: Kept
    folder: Path

    async def run(self, url: str, flow: Flow, **more: object) -> Told:
        """Play a flow on a database."""
        environ = api.settings(self.folder, database_url=url, valkey_url=self.valkey_url)
        order = Order(
            environ={**environ, "QUID_LANES": "1"},
            clients={name: dict(h) for name, h in self.kept.headers.items()},
            cookies={name: dict(c) for name, c in self.kept.cookies.items()},
            facts=dict(self.kept.facts),
            steps=list(flow.steps),
            log=str(self.folder / "log"),
            **more,  # type: ignore[arg-type]  # fault and drain, checked where they are written
        )
        return await asyncio.to_thread(self.zygote.run, order)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[str]:
        """Give a database of a run's own, and an empty Valkey."""
        await self.forget()
        async with clone(self.servers.database_url, self.kept.database) as url:
            yield url

    async def forget(self) -> None:
        """Let Valkey lose all it has."""
        async with redis.Redis.from_url(self.valkey_url) as client:
            await client.flushdb()


@dataclass(frozen=True, slots=True)
class Reference:
    """A flow as it goes when nothing goes wrong."""

    told: Told
    before: Digest
    after: Digest

    def cells(self, how: Sequence[str]) -> list[Fault]:
        """List each passing of each point, with each kind of fault."""
        counts: Counter[str] = Counter()
        faults = []
        for point in self.told.met:
            counts[point] += 1
            faults += [Fault(point, counts[point], one) for one in how]
        return faults


async def undisturbed(stage: Stage, flow: Flow) -> tuple[Reference, list[str]]:
    """Play a flow to its end, and once more as a client whose answer was lost."""
    async with stage.place() as url:
        before = await digest(url)
        told = await stage.run(url, flow, drain=True)
        reference = Reference(told, before, await digest(url))
        wrong = [told.error] if told.error else []
        wrong += [
            f"refused: {b}" for n, b in zip(told.statuses, told.bodies, strict=True) if n >= 400
        ]
        wrong += await _repeated(stage, url, flow, reference)
        return reference, wrong


async def play(stage: Stage, flow: Flow, reference: Reference, fault: Fault) -> list[str]:
    """Play a cell: the fault, then the same again as the client would; say what is wrong."""
    async with stage.place() as url:
        first = await stage.run(url, flow, fault=fault)
        is_quiet = fault.how == "raise" and any(step.act for step in flow.steps)
        wrong = [first.error] if first.error and not is_quiet else []
        wrong += await _dishonest(url, first, reference)
        if fault.nth % 2:
            await stage.forget()  # Valkey has gone down with it
        return wrong + await _repeated(stage, url, flow, reference)


async def _repeated(stage: Stage, url: str, flow: Flow, reference: Reference) -> list[str]:
    """Do the same again, as a client that knows nothing does; say what came out otherwise."""
    again = await stage.run(url, flow, drain=True)
    wrong = [f"again: {again.error}"] if again.error else []
    if flow.is_keyed and again.statuses != reference.told.statuses:
        wrong.append(f"again: {again.statuses} {again.bodies}")
    found = await digest(url, is_money_only=flow.is_new_each_time)
    if not flow.is_keyed:
        found = {name: n for name, n in found.items() if name != _AUDIT}  # a line for each press
    expected = {name: reference.after[name] for name in found}
    return [*wrong, *differences(expected, found), *await faults_of(url)]


async def _dishonest(url: str, told: Told, reference: Reference) -> list[str]:
    """Whoever was told at every step that nothing moved must find that nothing has."""
    answers = zip(told.statuses, told.bodies, strict=True)
    if not told.statuses or not all(
        n >= 500 and msgspec.json.decode(b)["money_moved"] == "no" for n, b in answers
    ):
        return []
    now = await digest(url, is_money_only=True)
    wrong = differences({name: reference.before[name] for name in now}, now)
    return [f"told that nothing moved: {w}" for w in wrong]
