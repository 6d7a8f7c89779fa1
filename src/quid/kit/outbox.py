"""Outbox, relay and consumers: what a higher slice may learn a moment later.

An event is a row written in the transaction of its effect. A consumer reads rows in the order
(xid, id) below the oldest running transaction, so a slow transaction is never skipped; its inbox
rows, its effects and its cursor commit together, so each effect exists once.
Envelope: CloudEvents 1.0, structured JSON, bytes made once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from quid.kit import clock, db, failpoints, ids, telemetry
from quid.kit.events import Envelope, Event

_SQL = db.sql("quid.kit", "outbox")
_READ_MAX: Final = 500
_FORGOTTEN: Final = 10_000
_BUSY_SECONDS: Final = 0.1
_IDLE_SECONDS: Final = 0.25
_SHORT_SECONDS: Final = 0.05
_LONG_SECONDS: Final = 0.25
RETRY_SECONDS: Final = (1.0, 4.0, 16.0, 60.0)
_LAG = telemetry.gauge("quid_outbox_lag_seconds", "age of the newest event read", "consumer")
_DONE = telemetry.counter("quid_events_consumed_total", "events taken", "consumer", "outcome")


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Envelope)


def _envelope(event: Event, event_id: UUID) -> str:
    prefix, subject = event.subject
    return _encoder.encode(
        Envelope(
            id=ids.show("evt", event_id),
            source=f"quid/{event.topic}",
            type=event.type,
            subject=ids.show(prefix, subject),
            time=clock.text(event.at),
            partitionkey=event.key.hex,
            data=msgspec.Raw(_encoder.encode(event.data)),
            aggregateversion=event.version,
        )
    ).decode()


_APPEND = _SQL.command("append")


async def append(tx: db.Tx, events: list[Event]) -> None:
    """Write events in the transaction of their effects.

    Emits: each of them, after the commit. Locks: nothing.
    """
    if not events:
        return
    # The events of a key keep their order: later ones have the greater id.
    numbered = list(zip(events, ids.ascending([(e.key, e.at) for e in events]), strict=True))
    await _APPEND.run(
        tx,
        [i for _, i in numbered],
        [e.topic for e in events],
        [e.key.hex for e in events],
        [e.type for e in events],
        [_envelope(e, i) for e, i in numbered],
    )
    failpoints.reach("outbox.appended")


# --- reading -----------------------------------------------------------------------------------

After = Callable[[], Awaitable[None]]
Handler = Callable[[db.Tx, list[Envelope]], Awaitable[After | None]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A group of handlers with one cursor: it takes the types it names, in order, once each.

    What must wait for something else (Valkey) `handle` gives back: that runs after the commit, and
    is lost when the process dies in between, so nothing may depend on it.
    `is_keyed`: its effects are rows under the event's own id, so that a second delivery finds
    them and no row of the inbox is needed. `read_max`: how many it takes in one transaction;
    few, if one of them may mean a thousand rows: while it runs nobody reads what is newer. Where
    that was quick, its follower takes more the next time, up to eight times as many.
    """

    name: str
    types: frozenset[str]
    handle: Handler
    is_keyed: bool = False
    read_max: int = _READ_MAX


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a consumer stands: the last (xid, id) it has passed."""

    system_id: str
    xid: int
    id: UUID


@dataclass(slots=True)
class Row:
    """A row of the outbox. `xid` is its transaction, `age` how old it is in seconds.

    `payload` is empty for a type that the reader does not take; `passed` counts the page's rows.
    """

    id: UUID
    xid: int
    type: str
    payload: str
    age: float
    passed: int


_LOCK_CURSOR = _SQL.rows("lock_cursor", Cursor)
_MAKE_CURSOR = _SQL.command("make_cursor")
_MOVE_CURSOR = _SQL.command("move_cursor")
_READ = _SQL.rows("read", Row)
_ENTER_INBOX = _SQL.values("enter_inbox", UUID)
_PARK = _SQL.command("park")


async def consume(database: db.Database, consumer: Consumer, *, most: int | None = None) -> int:
    """Take the next events of a consumer in one transaction; give how many rows were passed.

    It takes at most `most`, or its `read_max`.
    Locks: the consumer's cursor (another process that holds it makes this a no-op).
    Raises: what the handler raises; then nothing has happened.
    """
    rows = await _consume(database, consumer, most or consumer.read_max)
    return rows[-1].passed if rows else 0


async def _consume(database: db.Database, consumer: Consumer, takes: int) -> list[Row]:
    async with database.transaction() as tx:
        # Who takes few need not read far: what is behind its page would be read again each time.
        rows = await _next_rows(tx, consumer, takes, min(_READ_MAX, 4 * takes))
        after = await _pass(tx, consumer, rows)
    await _do_after(consumer, after)
    return rows


async def _do_after(consumer: Consumer, after: After | None) -> None:
    """Do what waited for the commit. Its failure is told: the events are taken all the same."""
    if after is None:
        return
    try:
        await after()
    except Exception as e:  # noqa: BLE001 - a door: nothing depends on it, the next events do
        telemetry.log.warning("events.after_failed", consumer=consumer.name, error=repr(e))


async def _pass(tx: db.Tx, consumer: Consumer, rows: list[Row]) -> After | None:
    """Hand rows to the consumer, those it has not done yet, and move its cursor past them.

    Gives what is to be done after the commit.
    """
    if not rows:
        return None
    after: After | None = None
    wanted = [r for r in rows if r.type in consumer.types]
    if wanted:
        if not consumer.is_keyed:
            fresh = set(await _ENTER_INBOX.all(tx, consumer.name, [r.id for r in wanted]))
            wanted = [r for r in wanted if r.id in fresh]
        envelopes = [_decoder.decode(r.payload) for r in wanted]
        failpoints.reach("outbox.entered")
        if envelopes:
            after = await consumer.handle(tx, envelopes)
            failpoints.reach("outbox.handled")
        _DONE.labels(consumer.name, "done").inc(len(envelopes))
    await _MOVE_CURSOR.run(tx, consumer.name, str(rows[-1].xid), rows[-1].id)
    failpoints.reach("outbox.moved")
    _LAG.labels(consumer.name).set(rows[-1].age)
    return after


async def _next_rows(tx: db.Tx, consumer: Consumer, takes: int, passes: int) -> list[Row]:
    cursor = await _LOCK_CURSOR.maybe(tx, consumer.name)
    if cursor is None:  # new, or another process has it
        await _MAKE_CURSOR.run(tx, consumer.name)
        cursor = await _LOCK_CURSOR.maybe(tx, consumer.name)
    if cursor is None:
        return []
    return await _READ.all(tx, str(cursor.xid), cursor.id, passes, sorted(consumer.types), takes)


@dataclass(slots=True)
class _Follower:
    """`_most`: what is taken at once. What did not come through, or took long, is tried in smaller
    pieces; what was quick in larger ones, which cost less for each event.
    """

    database: db.Database
    consumer: Consumer
    stop: asyncio.Event
    retry_seconds: tuple[float, ...]
    _most: int = 0

    async def round(self) -> float:
        """Take what is there; give the seconds to wait before the next time."""
        most = self._most or self.consumer.read_max
        began = time.monotonic()
        try:
            rows = await _consume(self.database, self.consumer, most)
        except Exception as e:
            if db.outcome_of(e) is not db.Outcome.NOTHING:
                self._most = max(1, most // 4)
                raise
            telemetry.log.warning("events.failed", consumer=self.consumer.name, error=repr(e))
            await self._step_over()
            return 0.0
        is_full = bool(rows) and rows[-1].passed >= most
        took = time.monotonic() - began
        if took > _LONG_SECONDS:
            self._most = max(1, most // 2)
        elif is_full and took < _SHORT_SECONDS:
            self._most = min(_READ_MAX, 8 * self.consumer.read_max, most * 2)
        if is_full:
            return 0.0
        is_busy = any(row.type in self.consumer.types for row in rows)
        return _BUSY_SECONDS if is_busy else _IDLE_SECONDS

    async def _step_over(self) -> None:
        """Take the rows of a failed batch one at a time, up to the one that broke it."""
        for _ in range(_READ_MAX):
            if self.stop.is_set() or not await self._take_one():
                return

    async def _take_one(self) -> bool:
        """Take one row, tried in place and then parked; give whether there may be more of them."""
        first: UUID | None = None
        for tries, pause in enumerate((*self.retry_seconds, None), start=1):
            row: Row | None = None
            try:
                async with self.database.transaction() as tx:
                    row = next(iter(await _next_rows(tx, self.consumer, 1, 1)), None)
                    if row is None or first not in (None, row.id):
                        return False  # another process went on from here
                    first = row.id
                    after = await _pass(tx, self.consumer, [row])
                await _do_after(self.consumer, after)
                return True  # noqa: TRY300 - the rest of the loop is for what failed
            except Exception as e:
                if row is None or db.outcome_of(e) is not db.Outcome.NOTHING:
                    raise
                # What cannot be read today cannot be read in a minute.
                if pause is None or isinstance(e, msgspec.MsgspecError):
                    await self._park(row, e, tries)
                    return False
                await _wait(self.stop, pause)
                if self.stop.is_set():
                    return False
        return False

    async def _park(self, row: Row, error: Exception, tries: int) -> None:
        name = self.consumer.name
        async with self.database.transaction() as tx:
            if [r.id for r in await _next_rows(tx, self.consumer, 1, 1)] != [row.id]:
                return  # another process has dealt with it
            await _PARK.run(tx, name, row.id, row.payload, repr(error)[:2000], tries)
            await _ENTER_INBOX.all(tx, name, [row.id])
            await _MOVE_CURSOR.run(tx, name, str(row.xid), row.id)
        _DONE.labels(name, "parked").inc()
        telemetry.log.error("event.parked", consumer=name, event_id=str(row.id), exc_info=error)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def follow(
    database: db.Database,
    consumer: Consumer,
    stop: asyncio.Event,
    *,
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
) -> None:
    """Take events until told to stop: every 100 ms while there are some, every 250 ms otherwise.

    An event that fails is tried again after each of `retry_seconds`, then parked.
    """
    follower = _Follower(database, consumer, stop, retry_seconds)
    while not stop.is_set():
        try:
            pause = await follower.round()
        except Exception as e:  # noqa: BLE001 - a door: the worker outlives every event
            telemetry.log.warning("events.unreachable", consumer=consumer.name, error=repr(e))
            pause = _IDLE_SECONDS
        await _wait(stop, pause)


# --- upkeep ------------------------------------------------------------------------------------

_ENSURE_DAYS = _SQL.value("ensure_days", int)
_DROP_DAYS = _SQL.value("drop_days", int)
_FORGET_INBOX = _SQL.command("forget_inbox")
_CONSUMERS = _SQL.values("consumers", str)
_DAYS_END = _SQL.value("days_end", date)


async def tend(tx: db.Tx, *, now: datetime) -> None:
    """Make the partitions of the next 14 days, drop those past 7.

    And nothing else: without a partition no payment can write its event.
    """
    await _ENSURE_DAYS.get(tx, now.date(), 14)
    # Last: from here to the commit no payment can write its event.
    await _DROP_DAYS.get(tx, now.date() - timedelta(days=7))


async def forget(tx: db.Tx, *, now: datetime, many: int = _FORGOTTEN) -> None:
    """Forget what consumers have done 30 days ago, `many` of each; what is left the next time."""
    done_before = ids.first_of(now - timedelta(days=30))
    await _FORGET_INBOX.run(tx, await _CONSUMERS.all(tx), done_before, many)


async def days_ahead(conn: db.Conn, *, now: datetime) -> int:
    """Say for how many days partitions exist: below 7 warns, below 2 is not ready."""
    last = await _DAYS_END.get(conn)
    return (last - now.date()).days if last else 0
