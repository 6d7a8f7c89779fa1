"""The seals that are kept, and whether they and the accounts' history are as they were sealed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from quid.kit import db
from quid.kit.db import Conn
from quid.ledger.rules.seals import AccountEvent, SignedSeal, event_line, faults

_SQL: Final = db.sql("quid.ledger", "seals")
_BEGINNING: Final = date(1, 1, 1)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    day: date
    body: str
    signature: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class _Event:
    id: int
    account_id: int
    at: datetime
    what: str
    flags: int
    floor: int | None
    ceil: int | None
    actor: str


_SEALS: Final = _SQL.rows("seals", _Kept)
_EVENTS: Final = _SQL.rows("events", _Event)


async def seals(conn: Conn, *, after: date = _BEGINNING) -> list[SignedSeal]:
    """Read the seals of the days after one, in order."""
    rows = await _SEALS.all(conn, after)
    return [SignedSeal(r.day, r.body.encode(), r.signature, r.key) for r in rows]


async def events_hash(conn: Conn, start: datetime) -> str:
    """Hash what happened to accounts on the UTC day that begins at `start`; hex."""
    digest = hashlib.sha256()
    for hour in range(24):
        begin = start + hour * _HOUR
        for e in await _EVENTS.all(conn, begin, begin + _HOUR):
            line = AccountEvent(e.id, e.account_id, e.at, e.what, e.flags, e.floor, e.ceil, e.actor)
            digest.update(event_line(line))
    return digest.hexdigest()


async def seal_faults(
    conn: Conn, sealed: Sequence[SignedSeal], *, key: bytes
) -> list[tuple[date, str]]:
    """Compare seals, kept here or outside, with each other and with what the database holds.

    What the chain of blocks should be is `verify`'s, given the same seals.
    """
    found = [*faults(sealed, key=key)]
    broken = {day for day, _ in found}
    kept = {s.day: s for s in await seals(conn)}
    for signed in sealed:
        here = kept.get(signed.day)
        if here is None:
            found.append((signed.day, "the database does not have this seal"))
        elif here.body != signed.body:
            found.append((signed.day, "the database has another seal of this day"))
        if signed.day in broken:
            continue
        start = datetime.combine(signed.day, time(), UTC)
        if await events_hash(conn, start) != signed.read().events:
            found.append((signed.day, "what happened to accounts is not what was sealed"))
    copied = {signed.day for signed in sealed}
    found += [(day, "the copy of this seal is missing") for day in kept if day not in copied]
    return found
