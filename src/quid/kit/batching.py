"""Gathering: many callers, one transaction, each with an outcome of its own.

A free lane takes what waits, at most `batch_max`, at once: there is no timer, so an idle system
adds no delay. Queue and waits are bounded. What is known of a fault decides what follows:
a locked row costs its own items, a poisoned item is found by halving, an unknown outcome is sent
again with the same ids.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from quid.kit import failpoints, telemetry
from quid.kit.db import Lane, Outcome, outcome_of
from quid.kit.errors import (
    DatabaseUnavailable,
    InternalFault,
    Overloaded,
    Refusal,
)

I = TypeVar("I")  # noqa: E741 - item in, outcome out
O = TypeVar("O")  # noqa: E741 - beside I: what comes out
T = TypeVar("T")

_TRIES_AGAIN: Final = 3
_PAUSE_SECONDS: Final = (0.05, 0.4)
_GRACE_SECONDS: Final = 1.0
_SIZE = telemetry.sizes("quid_batch_size", "items a batch", "lane")
_WAIT = telemetry.seconds("quid_batch_wait_seconds", "wait of the oldest in a batch", "lane")
_WORK = telemetry.seconds("quid_batch_work_seconds", "handler of a batch", "lane")
_FAULTS = telemetry.counter("quid_batch_faults_total", "what went wrong in a batch", "lane", "what")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a batcher.

    Units: items for `batch_max` and `queue_max`; seconds for `deadline` (in the queue), `handler`
    (one call of it) and `give_up` (from the first fault to the last try, and for closing).
    """

    lanes: int = 2
    batch_max: int = 100
    queue_max: int = 2000
    deadline: float = 10.0
    handler: float = 10.0
    give_up: float = 10.0


@dataclass(slots=True, eq=False)
class _Entry(Generic[I, O]):
    item: I
    key: Hashable
    queued_at: float
    waiters: "list[asyncio.Future[O]]" = field(default_factory=list)
    is_done: bool = False
    followers: "deque[_Entry[I, O]]" = field(default_factory=deque)


@dataclass(slots=True)
class _Trip:
    """What is known of a batch on its way, and of its halves."""

    give_up: float = 0.0  # when to stop trying; 0 until the first fault
    losses: int = 0
    deadlocks: int = 0
    is_unknown: bool = False  # an effect may exist: "nothing moved" must not be said any more


def _forget(task: asyncio.Task[T]) -> None:
    """Look at how a task that was given up has ended, for nobody else does."""
    if not task.cancelled():
        task.exception()


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
        self._following = 0
        self._idle: deque[asyncio.Future[None]] = deque()
        self._is_waking = False
        self._is_closing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._size = _SIZE.labels(name)
        self._wait = _WAIT.labels(name)
        self._work = _WORK.labels(name)

    async def start(self) -> None:
        """Open the lanes. Raises: what opening a connection raises."""
        try:
            for n in range(self._limits.lanes):
                lane = await self._open_lane()
                task = asyncio.create_task(self._serve(lane), name=f"{self.name}-lane-{n}")
                self._tasks.append(task)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Take nothing more, answer the queue, let the running batches end (10 s)."""
        self._is_closing = True
        for entry in self._present.values():
            while entry.followers:
                self._fail(entry.followers.popleft(), Overloaded(retry_after=1))
        while self._queue:
            self._fail(self._queue.popleft(), Overloaded(retry_after=1))
        for waiter in self._idle:
            if not waiter.done():
                waiter.set_result(None)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._limits.give_up)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def submit(self, item: I) -> O:
        """Wait for the outcome of one item.

        Raises: Overloaded before any work was done; DatabaseUnavailable (money_moved unknown)
        when no database answered; InternalFault for an item that alone breaks its batch.
        A caller that gives up never cancels the item.
        """
        waiter: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._place(item).waiters.append(waiter)
        return await waiter

    @property
    def depth(self) -> int:
        """How many items wait."""
        return len(self._queue)

    def _place(self, item: I) -> _Entry[I, O]:
        loop = asyncio.get_running_loop()
        key = self._desk.key(item)
        present = self._present.get(key)
        if present is not None:
            twin = next((e for e in (present, *present.followers) if e.item == item), None)
            if twin is not None:
                return twin
        waiting = len(self._queue) + self._following
        if self._is_closing or waiting >= self._limits.queue_max:
            _FAULTS.labels(self.name, "shed").inc()
            raise Overloaded(retry_after=random.randint(1, 3))  # noqa: S311 - jitter
        entry: _Entry[I, O] = _Entry(item, key, loop.time())
        if present is not None:
            present.followers.append(entry)
            self._following += 1
        else:
            self._present[key] = entry
            self._enqueue(entry)
        return entry

    def _enqueue(self, entry: _Entry[I, O]) -> None:
        self._queue.append(entry)
        self._wake()

    def _wake(self) -> None:
        # One lane is woken at a time: what arrives before it runs travels with it.
        if self._queue and self._idle and not self._is_waking:
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
                self._wake()  # what did not fit is for the next lane
                if batch:
                    await self._carry(lane, batch)
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
        return batch

    async def _carry(self, lane: Lane, batch: list[_Entry[I, O]]) -> None:
        """Run a batch. Whatever happens, every future is done and the lane lives on."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            self._wait.observe(started - batch[0].queued_at)
            self.last_size = len(batch)
            self._size.observe(len(batch))
            await self._run(lane, batch, _Trip())
            self._work.observe(loop.time() - started)
        except Exception as e:  # noqa: BLE001 - a dead lane would leave its callers waiting
            telemetry.log.error("batch.lane_fault", lane=self.name, exc_info=e)
            await lane.drop()
        finally:
            left = [e for e in batch if not e.is_done]
            self._refuse(left, DatabaseUnavailable(money_moved="unknown", retry_after=2))

    async def _run(self, lane: Lane, batch: list[_Entry[I, O]], trip: _Trip) -> None:
        """Send a batch until each of its items has an outcome."""
        while batch:
            try:
                if not lane.is_connected:
                    await lane.connect()
            except Exception as e:  # noqa: BLE001 - no connection for any reason: nothing was sent
                _FAULTS.labels(self.name, "unreachable").inc()
                telemetry.log.warning("batch.unreachable", lane=self.name, error=repr(e))
                batch = await self._later(lane, batch, trip)
                continue
            commits = lane.commits
            try:
                failpoints.reach("batch.before")
                answers = await self._bounded(
                    lane, self._desk.handle(lane, [e.item for e in batch])
                )
                failpoints.reach("batch.after")
            except Exception as e:  # noqa: BLE001 - every fault is judged, none is dropped
                trip.is_unknown |= lane.commits != commits
                batch = await self._after_fault(lane, batch, e, trip)
            else:
                self._answer(batch, answers, trip)
                return

    async def _after_fault(
        self, lane: Lane, batch: list[_Entry[I, O]], error: Exception, trip: _Trip
    ) -> list[_Entry[I, O]]:
        """Judge a fault; give what is to be sent again."""
        outcome = outcome_of(error)
        _FAULTS.labels(self.name, outcome.name.lower()).inc()
        if outcome is Outcome.UNKNOWN:
            trip.is_unknown = True
            return await self._later(lane, batch, trip)
        if outcome is Outcome.LOCKED:
            return await self._without_locked(lane, batch, trip)
        if outcome is Outcome.AGAIN and trip.deadlocks < _TRIES_AGAIN:
            trip.deadlocks += 1
            await asyncio.sleep(random.uniform(0, 0.02 * trip.deadlocks))  # noqa: S311 - jitter
            return batch
        if outcome is Outcome.AGAIN:
            self._refuse(batch, self._honest(Overloaded(retry_after=1), trip))
        elif isinstance(error, Refusal):  # the whole call was refused before anything was done
            self._refuse(batch, self._honest(error, trip))
        elif len(batch) == 1:
            telemetry.log.error("batch.poisoned", lane=self.name, exc_info=error)
            self._refuse(batch, InternalFault(money_moved="unknown" if trip.is_unknown else "no"))
        else:
            middle = len(batch) // 2
            await self._run(lane, batch[:middle], trip)
            await self._run(lane, batch[middle:], trip)
        return []

    async def _bounded(self, lane: Lane, work: Coroutine[object, object, T]) -> T:
        """Wait for work on a lane; past its time drop the connection, which ends it.

        A cancelled wait for a commit looks like success; a dropped connection is honestly unknown.
        Only work that waits for something else is cancelled, when nothing can commit any more.
        """
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._limits.handler)
            if not done:
                await lane.drop()
                done, _ = await asyncio.wait({task}, timeout=_GRACE_SECONDS)
            if not done:
                raise TimeoutError("a handler does not end")
            return task.result()
        finally:
            if not task.done():
                task.add_done_callback(_forget)
                await lane.drop()
                task.cancel()

    async def _without_locked(
        self, lane: Lane, batch: list[_Entry[I, O]], trip: _Trip
    ) -> list[_Entry[I, O]]:
        """Answer the items whose rows are held by someone else; the rest goes again."""
        try:
            held = await self._bounded(lane, self._desk.locked(lane, [e.item for e in batch]))
        except Exception as e:  # noqa: BLE001 - judged like any other fault of the lane
            if outcome_of(e) is Outcome.UNKNOWN:
                await lane.drop()
            held = set()
        if not held and self._seconds_left(trip) <= 0:
            held = set(range(len(batch)))
        refusal = self._honest(Overloaded(retry_after=1), trip)
        self._refuse([batch[i] for i in held], refusal)
        return [e for i, e in enumerate(batch) if i not in held]

    async def _later(
        self, lane: Lane, batch: list[_Entry[I, O]], trip: _Trip
    ) -> list[_Entry[I, O]]:
        """Wait a little for the database, with no connection; give up when it takes too long."""
        await lane.drop()
        left = self._seconds_left(trip)
        if left <= 0:
            self._refuse(batch, self._honest(DatabaseUnavailable(retry_after=2), trip))
            return []
        first, longest = _PAUSE_SECONDS
        await asyncio.sleep(min(longest, first * 2**trip.losses, left))
        trip.losses += 1
        return batch

    def _seconds_left(self, trip: _Trip) -> float:
        now = asyncio.get_running_loop().time()
        trip.give_up = trip.give_up or now + self._limits.give_up
        return trip.give_up - now

    @staticmethod
    def _honest(refusal: Refusal, trip: _Trip) -> Refusal:
        """Never say that nothing moved when an earlier sending may have committed."""
        if trip.is_unknown:
            return DatabaseUnavailable(money_moved="unknown", retry_after=2)
        return refusal

    def _answer(self, batch: list[_Entry[I, O]], answers: list[O], trip: _Trip) -> None:
        if len(answers) != len(batch):  # whose is which? The effects are committed
            telemetry.log.error("batch.miscounted", items=len(batch), answers=len(answers))
            self._refuse(batch, InternalFault(money_moved="unknown"))
            return
        for entry, answer in zip(batch, answers, strict=True):
            if trip.is_unknown and isinstance(answer, Refusal):
                # Refused as the world is now; an earlier sending may have been let through, and
                # its commit may be on its way still.
                self._fail(entry, self._honest(answer, trip))
            else:
                self._finish(entry, answer)

    def _refuse(self, entries: Sequence[_Entry[I, O]], error: Refusal) -> None:
        for entry in entries:
            self._fail(entry, error)

    def _finish(self, entry: _Entry[I, O], answer: O) -> None:
        entry.is_done = True
        for waiter in entry.waiters:
            if not waiter.done():
                waiter.set_result(answer)
        self._leave(entry)

    def _fail(self, entry: _Entry[I, O], error: Exception) -> None:
        entry.is_done = True
        for waiter in entry.waiters:
            if not waiter.done():
                waiter.set_exception(error)
        self._leave(entry)

    def _leave(self, entry: _Entry[I, O]) -> None:
        if self._present.get(entry.key) is not entry:
            return
        if not entry.followers:
            del self._present[entry.key]
            return
        following = entry.followers.popleft()
        self._following -= 1
        following.followers = entry.followers
        self._present[entry.key] = following
        self._enqueue(following)
