"""Frames: what the sockets of a person are told, numbered in the transaction that finds it out.

Rows are the truth and the channel in Valkey is a doorbell: a ring that is lost costs a second.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.cache import Cache
from quid.notifications.store import streams

CHANNEL: Final = "frames"
AWAKE: Final = timedelta(days=7)
KEPT: Final = timedelta(days=7)
KEPT_MAX: Final = 1000
_ROWS_AT_ONCE: Final = 5_000
FrameType = Literal[
    "payment_received",
    "payment_updated",
    "payment_request",
    "request_updated",
    "request_paid",
    "balance_updated",
    "transfer_updated",
    "feed_item",
    "feed_changed",
    "feed_stale",
    "notification",
    "notifications_read",
]


@dataclass(frozen=True, slots=True)
class NewFrame:
    """What somebody is to be told: of what, by the prefix and the id; never what it says."""

    user_id: UUID
    type: FrameType
    subject: tuple[str, UUID] | None
    at: datetime


async def number(tx: db.Tx, frames: Sequence[NewFrame]) -> set[UUID]:
    """Give each frame the next id of its person's stream; give the people to ring.

    Who has no stream that is awake is passed over. Of one person, the order given is kept. The
    streams are held to the commit, so that ids are seen in their order and without holes; call it
    once in a transaction, as the last that can wait.
    Locks: notifications.stream, by person.
    """
    last = await streams.lock_awake(tx, {f.user_id for f in frames})
    given: Counter[UUID] = Counter(last)
    rows = []
    for frame in frames:
        user_id = frame.user_id
        if user_id in last:
            given[user_id] += 1
            kind, subject_id = frame.subject or (None, None)
            rows.append(
                streams.FrameRow(user_id, given[user_id], frame.type, kind, subject_id, frame.at)
            )
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        await streams.write(tx, rows[start : start + _ROWS_AT_ONCE])
    return {r.user_id for r in rows}


async def ring(user_ids: Collection[UUID]) -> None:
    """Tell every API process, after the commit, that these people have new frames.

    Raises: CacheDown; the sweep of each process finds the frames without it.
    """
    if user_ids:
        packed = b"".join(u.bytes for u in user_ids)
        await runtime.part(Cache).publish(CHANNEL, packed)


async def tend(tx: db.Tx, *, now: datetime) -> None:
    """Part: put streams to sleep whose sockets are long closed.

    Locks: notifications.stream, by person.
    """
    await streams.put_to_sleep(tx, before=now - AWAKE)


async def forget(*, now: datetime) -> None:
    """Command: forget frames that are not kept, in bounded pieces, each a transaction of its own.

    What is left when it is cut off goes the next time.
    """
    for piece in (
        partial(streams.forget_old, before=now - KEPT, most=_ROWS_AT_ONCE),
        partial(streams.forget_many, keep=KEPT_MAX, most=_ROWS_AT_ONCE),
    ):
        gone = _ROWS_AT_ONCE
        while gone == _ROWS_AT_ONCE:
            async with runtime.part(db.Database).transaction() as tx:
                gone = await piece(tx)
