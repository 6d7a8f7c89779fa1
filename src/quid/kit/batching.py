"""Gathering: many callers, one transaction, each with an outcome of its own.

A free lane takes what waits, at most `batch_max`, at once: there is no timer, so an idle system
adds no delay. Queue and waits are bounded. What is known of a fault decides what follows:
a locked row costs its own items, a poisoned item is found by halving, an unknown outcome is sent
again with the same ids.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from quid.kit import telemetry
from quid.kit.db import Lane, Outcome, outcome_of
from quid.kit.errors import (
    DatabaseUnavailable,
    InternalFault,
    MoneyMoved,
    Overloaded,
    Refusal,
)

I = TypeVar("I")  # noqa: E741 - item in, outcome out
O = TypeVar("O")  # noqa: E741

_TRIES_AGAIN: Final = 3
_RECONNECT_SECONDS: Final = 10.0
_HANDLER_SECONDS: Final = 10.0
_SIZE = telemetry.sizes("quid_batch_size", "items a batch", "lane")
_WAIT = telemetry.seconds("quid_batch_wait_seconds", "wait of the oldest in a batch", "lane")
_WORK = telemetry.seconds("quid_batch_work_seconds", "handler of a batch", "lane")
_FAULTS = telemetry.counter("quid_batch_faults_total", "what went wrong in a batch", "lane", "what")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a batcher. Units: seconds for `deadline`, items for the rest."""

    lanes: int = 2
    batch_max: int = 100
    queue_max: int = 2000
    deadline: float = 10.0


@dataclass(slots=True, eq=False)
class _Entry(Generic[I, O]):
    item: I
    future: "asyncio.Future[O]"
    queued_at: float
    followers: "deque[_Entry[I, O]]" = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A failed run of a batch: which try, until when to try, whether anything was ever sent."""

    error: Exception
    tries: int
    give_up: float
    was_sent: bool


class Desk(Protocol[I, O]):
    """What a batcher works with: one kind of item and what is done with many of them."""

    def key(self, item: I) -> Hashable:
        """Tell duplicates: an equal item joins the running one, another runs after it."""

    async def handle(self, lane: Lane, items: list[I]) -> list[O]:
        """Answer one outcome an item, in order, in one transaction of the lane."""

    async def locked(self, lane: Lane, items: list[I]) -> set[int]:
        """Name the positions whose rows somebody else holds."""


class Batcher(Generic[I, O]):
    """Lanes that each own a connection and a task, in front of a desk."""

    def __init__(
        self,
        name: str,
        desk: Desk[I, O],
        *,
        open_lane: Callable[[], Awaitable[Lane]],
        limits: Limits,
    ) -> None:
        self.name = name
        self.last_size = 0
        self._open_lane = open_lane
        self._desk = desk
        self._limits = limits
        self._queue: deque[_Entry[I, O]] = deque()
        self._present: dict[Hashable, _Entry[I, O]] = {}
        self._idle: deque[asyncio.Future[None]] = deque()
        self._is_waking = False
        self._is_closing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._size = _SIZE.labels(name)
        self._wait = _WAIT.labels(name)
        self._work = _WORK.labels(name)

    async def start(self) -> None:
        """Open the lanes. Raises: what opening a connection raises."""
        for n in range(self._limits.lanes):
            lane = await self._open_lane()
            task = asyncio.create_task(self._serve(lane), name=f"{self.name}-lane-{n}")
            self._tasks.append(task)

    async def close(self) -> None:
        """Take nothing more, answer the queue, let the running batches end (10 s)."""
        self._is_closing = True
        while self._queue:
            self._fail(self._queue.popleft(), Overloaded(retry_after=1))
        for waiter in self._idle:
            if not waiter.done():
                waiter.set_result(None)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=10)
            for task in late:
                task.cancel()

    async def submit(self, item: I) -> O:
        """Wait for the outcome of one item.

        Raises: Overloaded before any work was done; DatabaseUnavailable (money_moved unknown)
        when no database answered; InternalFault for an item that alone breaks its batch.
        A caller that gives up never cancels the item.
        """
        return await asyncio.shield(self._place(item).future)

    @property
    def depth(self) -> int:
        """How many items wait."""
        return len(self._queue)

    def _place(self, item: I) -> _Entry[I, O]:
        loop = asyncio.get_running_loop()
        key = self._desk.key(item)
        present = self._present.get(key)
        if present is not None and present.item == item:
            return present
        if self._is_closing or len(self._queue) >= self._limits.queue_max:
            _FAULTS.labels(self.name, "shed").inc()
            raise Overloaded(retry_after=random.randint(1, 3))  # noqa: S311 - jitter
        entry: _Entry[I, O] = _Entry(item, loop.create_future(), loop.time())
        if present is not None:
            twin = next((f for f in present.followers if f.item == item), None)
            if twin is not None:
                return twin
            present.followers.append(entry)
        else:
            self._present[key] = entry
            self._enqueue(entry)
        return entry

    def _enqueue(self, entry: _Entry[I, O]) -> None:
        self._queue.append(entry)
        # One lane is woken at a time: what arrives before it runs travels with it.
        if self._idle and not self._is_waking:
            self._is_waking = True
            self._idle.popleft().set_result(None)

    async def _serve(self, lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not self._is_closing:
                if not self._queue:
                    waiter: asyncio.Future[None] = loop.create_future()
                    self._idle.append(waiter)
                    await waiter
                    self._is_waking = False
                batch = self._take(loop.time())
                if batch:
                    started = loop.time()
                    await self._run(lane, batch)
                    self._work.observe(loop.time() - started)
        finally:
            await lane.drop()

    def _take(self, now: float) -> list[_Entry[I, O]]:
        batch: list[_Entry[I, O]] = []
        while self._queue and len(batch) < self._limits.batch_max:
            entry = self._queue.popleft()
            if now - entry.queued_at > self._limits.deadline:
                _FAULTS.labels(self.name, "late").inc()
                self._fail(entry, Overloaded(retry_after=1))
            else:
                batch.append(entry)
        if batch:
            self._wait.observe(now - batch[0].queued_at)
            self.last_size = len(batch)
            self._size.observe(len(batch))
        return batch

    async def _run(self, lane: Lane, batch: list[_Entry[I, O]]) -> None:
        """Run a batch to the end: every future is done when it returns."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _RECONNECT_SECONDS
        tries = 0
        was_sent = False
        while batch:
            try:
                if not lane.is_connected:
                    await lane.connect()
                was_sent = True
                answers = await self._bounded(lane, [e.item for e in batch])
            except Exception as e:  # noqa: BLE001 - every fault is judged, none is dropped
                tries += 1
                attempt = _Attempt(e, tries, give_up, was_sent)
                batch = await self._after_fault(lane, batch, attempt)
            else:
                for entry, answer in zip(batch, answers, strict=True):
                    self._finish(entry, answer)
                return

    async def _after_fault(
        self, lane: Lane, batch: list[_Entry[I, O]], attempt: "_Attempt"
    ) -> list[_Entry[I, O]]:
        """Judge a fault; give what is to be sent again."""
        outcome = outcome_of(attempt.error)
        _FAULTS.labels(self.name, outcome.name.lower()).inc()
        if isinstance(attempt.error, Refusal) and outcome is Outcome.NOTHING:
            for entry in batch:  # the whole call was refused before anything was done
                self._fail(entry, attempt.error)
            return []
        if outcome is Outcome.LOCKED:
            return await self._without_locked(lane, batch, attempt.give_up)
        if outcome is Outcome.UNKNOWN:
            return await self._reconnect(lane, batch, attempt)
        if outcome is Outcome.AGAIN and attempt.tries <= _TRIES_AGAIN:
            await asyncio.sleep(random.uniform(0, 0.02 * attempt.tries))  # noqa: S311 - jitter
            return batch
        await self._halve(lane, batch, attempt.error)
        return []

    async def _bounded(self, lane: Lane, items: list[I]) -> list[O]:
        """Run the handler; past its time drop the connection, never cancel it.

        A cancelled wait for a commit looks like success; a dropped connection is honestly unknown.
        """
        work = asyncio.ensure_future(self._desk.handle(lane, items))
        done, _ = await asyncio.wait({work}, timeout=_HANDLER_SECONDS)
        if not done:
            await lane.drop()
        return await work

    async def _without_locked(
        self, lane: Lane, batch: list[_Entry[I, O]], give_up: float
    ) -> list[_Entry[I, O]]:
        """Answer the items whose rows are held by someone else; the rest goes again."""
        try:
            held = await self._desk.locked(lane, [e.item for e in batch])
        except Exception as e:  # noqa: BLE001 - judged like any other fault of the lane
            if outcome_of(e) is Outcome.UNKNOWN:
                await lane.drop()
            held = set()
        if not held and asyncio.get_running_loop().time() > give_up:
            held = set(range(len(batch)))
        for i in held:
            self._fail(batch[i], Overloaded(retry_after=1))
        return [e for i, e in enumerate(batch) if i not in held]

    async def _reconnect(
        self, lane: Lane, batch: list[_Entry[I, O]], attempt: "_Attempt"
    ) -> list[_Entry[I, O]]:
        await lane.drop()
        if asyncio.get_running_loop().time() > attempt.give_up:
            moved: MoneyMoved = "unknown" if attempt.was_sent else "no"
            for entry in batch:
                self._fail(entry, DatabaseUnavailable(money_moved=moved, retry_after=2))
            return []
        await asyncio.sleep(min(2.0, 0.05 * 2 ** (attempt.tries - 1)))
        return batch

    async def _halve(self, lane: Lane, batch: list[_Entry[I, O]], error: Exception) -> None:
        if len(batch) == 1:
            telemetry.log.error("batch.poisoned", lane=self.name, exc_info=error)
            self._fail(batch[0], InternalFault())
            return
        middle = len(batch) // 2
        await self._run(lane, batch[:middle])
        await self._run(lane, batch[middle:])

    def _finish(self, entry: _Entry[I, O], answer: O) -> None:
        if not entry.future.done():
            entry.future.set_result(answer)
        self._leave(entry)

    def _fail(self, entry: _Entry[I, O], error: Exception) -> None:
        if not entry.future.done():
            entry.future.set_exception(error)
            entry.future.exception()  # a caller that gave up leaves nobody to read it
        self._leave(entry)

    def _leave(self, entry: _Entry[I, O]) -> None:
        key = self._desk.key(entry.item)
        if self._present.get(key) is not entry:
            return
        if not entry.followers:
            del self._present[key]
            return
        following = entry.followers.popleft()
        following.followers = entry.followers
        self._present[key] = following
        if self._is_closing:
            self._fail(following, Overloaded(retry_after=1))
        else:
            self._enqueue(following)
