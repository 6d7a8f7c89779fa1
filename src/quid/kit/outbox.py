"""Outbox, relay and consumers: what a higher slice may learn a moment later.

An event is a row written in the transaction of its effect. A consumer reads rows in the order
(xid, id) below the oldest running transaction, so a slow transaction is never skipped; its inbox
rows, its effects and its cursor commit together, so each effect exists once.
Envelope: CloudEvents 1.0, structured JSON, bytes made once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from quid.kit import clock, db, ids, telemetry
from quid.kit.events import Envelope, Event

_SQL = db.sql("quid.kit", "outbox")
_READ_MAX: Final = 500
_BUSY_SECONDS: Final = 0.05
_IDLE_SECONDS: Final = 0.25
_RETRY_SECONDS: Final = (1.0, 4.0, 16.0, 60.0)
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
    numbered = [(e, ids.new(ids.bucket(e.key), e.at)) for e in events]
    await _APPEND.run(
        tx,
        [i for _, i in numbered],
        [e.topic for e in events],
        [e.key.hex for e in events],
        [e.type for e in events],
        [_envelope(e, i) for e, i in numbered],
    )


# --- reading -----------------------------------------------------------------------------------

Handler = Callable[[db.Tx, list[Envelope]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A group of handlers with one cursor: it takes the types it names, in order, once each."""

    name: str
    types: frozenset[str]
    handle: Handler


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a consumer stands: the last (xid, id) it has passed."""

    system_id: str
    xid: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox. `xid` is its transaction, `age` how old it is in seconds."""

    id: UUID
    xid: int
    type: str
    payload: str
    age: float


_LOCK_CURSOR = _SQL.rows("lock_cursor", Cursor)
_MAKE_CURSOR = _SQL.command("make_cursor")
_MOVE_CURSOR = _SQL.command("move_cursor")
_READ = _SQL.rows("read", Row)
_ENTER_INBOX = _SQL.values("enter_inbox", UUID)
_PARK = _SQL.command("park")


async def consume(database: db.Database, consumer: Consumer) -> int:
    """Take the next events of a consumer in one transaction; give how many rows were passed.

    Locks: the consumer's cursor (another process that holds it makes this a no-op).
    Raises: what the handler raises; then nothing has happened.
    """
    async with database.transaction() as tx:
        return await _take(tx, consumer, _READ_MAX)


async def _take(tx: db.Tx, consumer: Consumer, limit: int) -> int:
    rows = await _next_rows(tx, consumer, limit)
    if not rows:
        return 0
    wanted = [r for r in rows if r.type in consumer.types]
    if wanted:
        fresh = set(await _ENTER_INBOX.all(tx, consumer.name, [r.id for r in wanted]))
        envelopes = [_decoder.decode(r.payload) for r in wanted if r.id in fresh]
        if envelopes:
            await consumer.handle(tx, envelopes)
        _DONE.labels(consumer.name, "done").inc(len(envelopes))
    await _MOVE_CURSOR.run(tx, consumer.name, str(rows[-1].xid), rows[-1].id)
    _LAG.labels(consumer.name).set(rows[-1].age)
    return len(rows)


async def _next_rows(tx: db.Tx, consumer: Consumer, limit: int) -> list[Row]:
    await _MAKE_CURSOR.run(tx, consumer.name)
    cursor = await _LOCK_CURSOR.maybe(tx, consumer.name)
    if cursor is None:
        return []
    return await _READ.all(tx, str(cursor.xid), cursor.id, limit)


async def _one_by_one(database: db.Database, consumer: Consumer) -> None:
    """Find the event that breaks its batch: retry it in place, then park it and go on."""
    for pause in (*_RETRY_SECONDS, None):
        try:
            async with database.transaction() as tx:
                await _take(tx, consumer, 1)
        except Exception as e:  # noqa: BLE001 - the fault is kept with the parked event
            if db.outcome_of(e) is not db.Outcome.NOTHING:
                return
            if pause is None:
                await _park(database, consumer, e)
            else:
                await asyncio.sleep(pause)
        else:
            return


async def _park(database: db.Database, consumer: Consumer, error: Exception) -> None:
    async with database.transaction() as tx:
        rows = await _next_rows(tx, consumer, 1)
        for row in rows:
            tries = len(_RETRY_SECONDS) + 1
            await _PARK.run(tx, consumer.name, row.id, row.payload, repr(error)[:2000], tries)
            await _ENTER_INBOX.all(tx, consumer.name, [row.id])
            await _MOVE_CURSOR.run(tx, consumer.name, str(row.xid), row.id)
            _DONE.labels(consumer.name, "parked").inc()
            telemetry.log.error("event.parked", consumer=consumer.name, exc_info=error)


async def follow(database: db.Database, consumer: Consumer, stop: asyncio.Event) -> None:
    """Take events until told to stop: every 50 ms while busy, every 250 ms when idle."""
    while not stop.is_set():
        pause = _IDLE_SECONDS
        try:
            passed = await consume(database, consumer)
            pause = 0.0 if passed == _READ_MAX else (_BUSY_SECONDS if passed else _IDLE_SECONDS)
        except Exception as e:  # noqa: BLE001 - a door: the worker outlives every event
            outcome = db.outcome_of(e)
            telemetry.log.warning("events.failed", consumer=consumer.name, outcome=outcome.name)
            if outcome is db.Outcome.NOTHING:
                await _one_by_one(database, consumer)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue


# --- upkeep ------------------------------------------------------------------------------------

_ENSURE_DAYS = _SQL.value("ensure_days", int)
_DROP_DAYS = _SQL.value("drop_days", int)
_FORGET_INBOX = _SQL.command("forget_inbox")
_DAYS_END = _SQL.value("days_end", date)


async def tend(tx: db.Tx, *, now: datetime) -> None:
    """Make the partitions of the next 14 days, drop those past 7, forget old inbox rows."""
    await _ENSURE_DAYS.get(tx, now.date(), 14)
    await _DROP_DAYS.get(tx, now.date() - timedelta(days=7))
    await _FORGET_INBOX.run(tx, now - timedelta(days=30))


async def days_ahead(conn: db.Conn, *, now: datetime) -> int:
    """Say for how many days partitions exist: below 7 warns, below 2 is not ready."""
    last = await _DAYS_END.get(conn)
    return (last - now.date()).days if last else 0
