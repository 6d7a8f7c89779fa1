"""A desk and a lane without a server: every fault a batch can meet, at the moment a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from quid.kit.batching import Batcher, Limits
from quid.kit.db import Lane, Options
from quid.kit.errors import Refusal

LOST = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
LOCKED = asyncpg.LockNotAvailableError("canceling statement due to lock timeout")
DEADLOCK = asyncpg.DeadlockDetectedError("deadlock detected")
SHORT = Limits(lanes=1, handler=0.05, give_up=0.3)
LONG = Limits(lanes=1, handler=5, give_up=5)


@dataclass(frozen=True, slots=True)
class Item:
    """`name` is its key, `body` what makes it another request under the same key."""

    name: int
    body: str = ""


class PaperLane(Lane):
    """A lane whose server answers, or refuses to be connected to, as told."""

    def __init__(self) -> None:
        super().__init__(Options(""), {})
        self.is_open = False
        self.refusals: list[Exception] = []
        self.connects = 0
        self.dropped = asyncio.Event()
        self.number = 1

    async def connect(self) -> None:
        self.connects += 1
        await asyncio.sleep(0)
        if self.refusals:
            raise self.refusals.pop(0)
        self.dropped.clear()
        self.is_open = True

    async def drop(self) -> None:
        self.is_open = False
        self.dropped.set()

    @property
    def is_connected(self) -> bool:
        return self.is_open


Step = Callable[[PaperLane, list[Item]], Awaitable[None]]


@dataclass(slots=True)
class PaperDesk:
    """Keeps its books in memory. `before` happens before the effect, `after` before the answer."""

    calls: list[list[Item]] = field(default_factory=list)
    effects: dict[Item, int] = field(default_factory=dict)
    before: list[Exception | Step | None] = field(default_factory=list)
    after: list[Exception | Step | None] = field(default_factory=list)
    poison: set[int] = field(default_factory=set)
    held: list[set[int] | Exception] = field(default_factory=list)
    asked_for_held: int = 0

    def key(self, item: Item) -> Hashable:
        return item.name

    async def handle(self, lane: Lane, items: list[Item]) -> list[str]:
        assert isinstance(lane, PaperLane)
        self.calls.append(items)
        await asyncio.sleep(0)
        await _happen(self.before, lane, items)
        if self.poison & {i.name for i in items}:
            raise asyncpg.DivisionByZeroError("division by zero")
        for item in items:
            self.effects[item] = self.effects.get(item, 0) or 1
        lane.commits += 1
        await _happen(self.after, lane, items)
        return [answer_of(i) for i in items]

    async def locked(self, lane: Lane, items: list[Item]) -> set[int]:  # noqa: ARG002 - the port's
        self.asked_for_held += 1
        await asyncio.sleep(0)
        said = self.held.pop(0) if self.held else set()
        if isinstance(said, Exception):
            raise said
        return said


async def _happen(
    script: list[Exception | Step | None], lane: PaperLane, items: list[Item]
) -> None:
    step = script.pop(0) if script else None
    if isinstance(step, Exception):
        raise step
    if step is not None:
        await step(lane, items)


def answer_of(item: Item) -> str:
    """What the desk says to an item, the first time and ever after."""
    return f"{item.name}:{item.body}"


@dataclass(frozen=True, slots=True)
class Counter:
    """A running batcher, its desk and its lanes."""

    batcher: Batcher[Item, str]
    desk: PaperDesk
    lanes: list[PaperLane]

    async def ask(self, *items: Item) -> list[str | Exception]:
        """Submit all at once; give each its answer or its error."""
        async with asyncio.timeout(60):
            found = await asyncio.gather(
                *(self.batcher.submit(i) for i in items), return_exceptions=True
            )
        return [f if isinstance(f, str | Exception) else RuntimeError(repr(f)) for f in found]


@asynccontextmanager
async def open_counter(
    limits: Limits = SHORT, desk: PaperDesk | None = None
) -> AsyncIterator[Counter]:
    """Start a batcher; close it after the block."""
    lanes: list[PaperLane] = []

    async def open_lane() -> Lane:
        lanes.append(PaperLane())
        await lanes[-1].connect()
        return lanes[-1]

    used = desk or PaperDesk()
    batcher: Batcher[Item, str] = Batcher("paper", used, open_lane=open_lane, limits=limits)
    await batcher.start()
    try:
        yield Counter(batcher, used, lanes)
    finally:
        async with asyncio.timeout(60):
            await batcher.close()


def moved(error: object) -> str:
    """What an answer says of the money."""
    assert isinstance(error, Refusal), error
    return error.money_moved


class Gate:
    """Holds the handler until it is opened, so that a test knows what waits."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, _lane: PaperLane, _items: list[Item]) -> None:
        self.reached.set()
        await self.opened.wait()


def items(n: int) -> list[Item]:
    return [Item(i) for i in range(n)]


async def submitted(counter: Counter, *wanted: Item) -> "list[asyncio.Task[str]]":
    """Start callers and let each reach the queue."""
    tasks = [asyncio.create_task(counter.batcher.submit(i)) for i in wanted]
    await asyncio.sleep(0)
    return tasks
