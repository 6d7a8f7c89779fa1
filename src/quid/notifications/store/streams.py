"""Streams of frames: one for each person who has opened a socket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db

_SQL: Final = db.sql("quid.notifications", "streams")


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream, and the id of its newest frame."""

    user_id: UUID
    last: int


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A frame as stored: what it is about, not what it says."""

    user_id: UUID
    n: int
    type: str
    subject_kind: str | None
    subject_id: UUID | None
    at: datetime


_LOCK_AWAKE: Final = _SQL.rows("lock_awake", StreamRow)
_WRITE: Final = _SQL.command("write")
_WAKE: Final = _SQL.value("wake", int)
_TOUCH: Final = _SQL.command("touch")
_PUT_TO_SLEEP: Final = _SQL.command("put_to_sleep")
_FORGET_OLD: Final = _SQL.command("forget_old")
_FORGET_MANY: Final = _SQL.command("forget_many")


async def lock_awake(tx: db.Tx, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Lock the streams of these people that are awake; give their newest ids.

    Locks: notifications.stream, by person.
    """
    return {s.user_id: s.last for s in await _LOCK_AWAKE.all(tx, list(user_ids))}


async def write(tx: db.Tx, frames: Sequence[FrameRow]) -> None:
    """Write frames of streams that are held, in the order of their ids."""
    await _WRITE.run(
        tx,
        [f.user_id for f in frames],
        [f.n for f in frames],
        [f.type for f in frames],
        [f.subject_kind for f in frames],
        [f.subject_id for f in frames],
        [f.at for f in frames],
    )


async def wake(tx: db.Tx, user_id: UUID, *, now: datetime) -> int:
    """Make a person's stream, or wake it; give its newest id. Locks: notifications.stream, one."""
    return await _WAKE.get(tx, user_id, now)


async def touch(tx: db.Tx, user_ids: Collection[UUID], *, now: datetime) -> None:
    """Note that sockets of these people are open; a stream that is held is passed over.

    Locks: notifications.stream, by person.
    """
    await _TOUCH.run(tx, list(user_ids), now)


async def put_to_sleep(tx: db.Tx, *, before: datetime) -> int:
    """Number no more frames of a thousand people whose sockets are long closed; say how many.

    Locks: notifications.stream, by person; one that is held is passed over.
    """
    return await _PUT_TO_SLEEP.run(tx, before)


async def forget_old(tx: db.Tx, *, before: datetime, most: int) -> int:
    """Delete frames of before then, `most` at once; say how many."""
    return await _FORGET_OLD.run(tx, before, most)


async def forget_many(tx: db.Tx, *, keep: int, most: int) -> int:
    """Delete all but the newest of each stream that is awake, `most` at once; say how many."""
    return await _FORGET_MANY.run(tx, keep, most)
