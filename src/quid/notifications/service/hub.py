"""The hub of a process: who listens here, what is new for them, who may listen no longer.

A ring in Valkey says where to look; the rows say what there is. A sweep looks at everybody each
second, so that a ring that is lost, and a session that has ended, cost that second at most.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final
from uuid import UUID

from quid.identity import queries as people
from quid.kit import clock, db, runtime, telemetry
from quid.kit.cache import Cache
from quid.kit.db import Conn
from quid.notifications.queries import streams
from quid.notifications.service import showing
from quid.notifications.service.frames import CHANNEL
from quid.notifications.service.listeners import ENDED, TOO_MANY, Listener, text_of
from quid.notifications.store import streams as store
from quid.notifications.store.streams import FrameRow

OF_ONE_MAX: Final = 10
_TICK_SECONDS: Final = 0.015
_SWEEP_SECONDS: Final = 1.0
_TOUCH_EVERY: Final = timedelta(hours=1)
_PAGE: Final = 100
_PEOPLE_A_ROUND: Final = 500
_REPLAYS: Final = 2


class Hub:
    """The sockets of this process, by person (a part of the runtime)."""

    def __init__(self) -> None:
        self._of: defaultdict[UUID, list[Listener]] = defaultdict(list)
        self._ringing: set[UUID] = set()
        self._bell = asyncio.Event()
        self._replays = asyncio.Semaphore(_REPLAYS)
        self._touched_at = datetime.min.replace(tzinfo=UTC)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Listen for rings, deliver, and sweep, until closed."""
        works = (self._follow, self._deliver, self._sweep)
        self._tasks = [asyncio.create_task(w(), name=f"hub.{w.__name__}") for w in works]

    async def close(self) -> None:
        """Stop. The server closes the sockets."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- coming and going ----------------------------------------------------------------------

    async def wake(self, user_id: UUID, *, now: datetime) -> int:
        """Make or wake a person's stream; give its newest id. Locks: notifications.stream, one."""
        async with runtime.part(db.Database).transaction() as tx:
            return await store.wake(tx, user_id, now=now)

    async def enter(self, listener: Listener, *, newest: int, cursor: int | None) -> None:
        """Let a socket in: greet it, replay what followed its cursor, then let it hear what is new.

        `cursor`: the id of the last frame it knows; None for who has just looked, or will.
        """
        theirs = self._of[listener.user_id]
        theirs.append(listener)
        while len(theirs) > OF_ONE_MAX:
            theirs.pop(0).end(TOO_MANY)
        listener.has = newest if cursor is None else min(max(cursor, 0), newest)
        hello = text_of(listener.has, "hello", clock.now(), {})
        await listener.send_now(listener.has, hello)
        if cursor is not None and cursor != newest:
            if 0 <= cursor < newest:
                await self._replay(listener)
            if not 0 <= cursor < newest or listener.has < newest:
                listener.resync(newest, "unknown")
        listener.is_live = True
        self.ring([listener.user_id])  # for what has come meanwhile

    def leave(self, listener: Listener) -> None:
        """Forget a socket that is closed."""
        theirs = self._of.get(listener.user_id, [])
        if listener in theirs:
            theirs.remove(listener)
        if not theirs:
            self._of.pop(listener.user_id, None)

    def ring(self, user_ids: Collection[UUID]) -> None:
        """Look soon for what is new for those of them who listen here."""
        here = {u for u in user_ids if u in self._of}
        if here:
            self._ringing |= here
            self._bell.set()

    async def _replay(self, listener: Listener) -> None:
        """Send what followed, page by page, as fast as it is taken, up to what is missing.

        What may be seen, and whether the session stands, is looked up for each page.
        """
        while not listener.is_over:
            async with self._replays, runtime.part(db.Database).read() as conn:
                asked = {listener.user_id: listener.has}
                frames = await streams.after(conn, asked, most=_PAGE)
                if frames and frames[0].n != listener.has + 1:
                    return
                texts = await showing.show(conn, frames, now=clock.now())
                live = await people.session_is_live(conn, [listener.session_id], now=clock.now())
            if not live[listener.session_id]:
                listener.end(ENDED)
            for frame, text in zip(frames, texts, strict=True):
                if listener.is_over:
                    break
                await listener.send_now(frame.n, text)
            if len(frames) < _PAGE:
                return

    # --- three tasks ---------------------------------------------------------------------------

    async def _follow(self) -> None:
        async for message in runtime.part(Cache).follow(CHANNEL):
            if message is None:  # the line is new: what was rung before is lost
                self.ring([*self._of])
            else:
                rung = range(0, len(message) - 15, 16)
                self.ring([UUID(bytes=message[i : i + 16]) for i in rung])

    async def _deliver(self) -> None:
        many = _PEOPLE_A_ROUND
        while True:
            await self._bell.wait()
            await asyncio.sleep(_TICK_SECONDS)  # those who ring together are looked up together
            users = set(islice(self._ringing, many))
            self._ringing -= users
            if not self._ringing:
                self._bell.clear()
            # Whom a round has failed the sweep finds again. One of them alone may be the cause:
            # rounds become small until those of the others go through.
            is_done = await _keep("hub.not_delivered", partial(self._round, users))
            many = min(_PEOPLE_A_ROUND, many * 2) if is_done else max(1, many // 4)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            if self._of:
                await _keep("hub.not_swept", self._look_at_all)

    # --- rounds --------------------------------------------------------------------------------

    async def _round(self, users: Collection[UUID]) -> None:
        """Deliver what is new for these people."""
        asked = {u: min(s.has for s in live) for u in users if (live := self._live(u))}
        if not asked:
            return
        async with runtime.part(db.Database).read() as conn:
            newest = await streams.newest(conn, asked)
            frames = await streams.after(conn, asked, most=_PAGE)
            texts = await showing.show(conn, frames, now=clock.now())
            # Last: nobody whose session ended before the frame was looked up is given it.
            listeners = [s for u in asked for s in self._live(u)]
            await _end_ended(conn, listeners)
        told: defaultdict[UUID, list[tuple[FrameRow, str]]] = defaultdict(list)
        for frame, text in zip(frames, texts, strict=True):
            told[frame.user_id].append((frame, text))
        for listener in listeners:
            _give(listener, told[listener.user_id], newest=newest.get(listener.user_id, 0))
        self.ring([u for u, given in told.items() if len(given) == _PAGE])

    async def _look_at_all(self) -> None:
        """Find what was not rung for, and sessions that have ended; note who is there."""
        now = clock.now()
        async with runtime.part(db.Database).read() as conn:
            newest = await streams.newest(conn, [*self._of])
            await _end_ended(conn, [s for theirs in self._of.values() for s in theirs])
        self.ring([u for u, n in newest.items() if any(s.has < n for s in self._live(u))])
        if now - self._touched_at >= _TOUCH_EVERY:
            async with runtime.part(db.Database).transaction() as tx:
                await store.touch(tx, [*self._of], now=now)
            self._touched_at = now

    def _live(self, user_id: UUID) -> list[Listener]:
        return [s for s in self._of.get(user_id, ()) if s.is_live and not s.is_over]


async def _end_ended(conn: Conn, listeners: Sequence[Listener]) -> None:
    """Close the sockets of sessions that stand no more."""
    session_ids = sorted({s.session_id for s in listeners})
    live = await people.session_is_live(conn, session_ids, now=clock.now())
    for listener in listeners:
        if not live.get(listener.session_id, False):
            listener.end(ENDED)


def _give(listener: Listener, told: Sequence[tuple[FrameRow, str]], *, newest: int) -> None:
    """Queue what a socket has not got; where something is missing, tell it to look anew."""
    first = next((f.n for f, _ in told if f.n > listener.has), None)
    if first is None:
        is_missing = newest > listener.has and len(told) < _PAGE
    else:
        is_missing = first != listener.has + 1
    if is_missing:
        listener.resync(newest, "gap")
    for frame, text in told:
        if frame.n == listener.has + 1:
            listener.push(frame.n, text)


async def _keep(event: str, work: Callable[[], Awaitable[None]]) -> bool:
    """Do a piece of work; say whether it was done. What fails is told."""
    try:
        await work()
    except Exception as e:  # noqa: BLE001 - a door: the hub outlives the database
        telemetry.log.warning(event, error=repr(e))
        return False
    return True
