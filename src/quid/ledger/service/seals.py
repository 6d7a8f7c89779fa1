"""Day seals: end a day in the books, say what they are, sign it, keep a copy outside."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from quid.kit import db
from quid.kit.crypto import Signer
from quid.kit.db import Conn, Database
from quid.ledger import queries
from quid.ledger.ports import SealVault
from quid.ledger.rules import seals as rules
from quid.ledger.rules.seals import LaneSeal, Seal, SignedSeal

_SQL: Final = db.sql("quid.ledger", "seals")
_DAY: Final = timedelta(days=1)
_BLOCKS_A_READ: Final = 200


@dataclass(frozen=True, slots=True)
class _Calendar:
    began_at: datetime | None
    last_day: date | None
    now: datetime


@dataclass(frozen=True, slots=True)
class _LaneEnd:
    lane: int
    block_no: int


@dataclass(frozen=True, slots=True)
class _Block:
    lane: int
    no: int
    at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Sum:
    currency: str
    transfers: int
    amount: Decimal


_CALENDAR: Final = _SQL.rows("calendar", _Calendar)
_CLOSE_DAY: Final = _SQL.command("close_day")
_LANE_ENDS: Final = _SQL.rows("lane_ends", _LaneEnd)
_BLOCKS: Final = _SQL.rows("blocks", _Block)
_SUMS: Final = _SQL.rows("sums", _Sum)
_KEEP: Final = _SQL.command("keep")


async def seal_days(
    database: Database, signer: Signer, vault: SealVault, *, after: timedelta, now: datetime
) -> list[SignedSeal]:
    """Seal each day that ended at least `after` ago; give the new seals.

    Command: safe to repeat and to be cut off anywhere. A day that is sealed keeps its seal; a copy
    that is missing in the vault is written. `database` is opened as quid_recon.
    Locks: the lanes, one sorted statement, once a day. Raises: SealFault.
    """
    async with database.read() as conn:
        calendar = await _CALENDAR.one(conn)
        known = await queries.seals(conn)
    made = []
    for day in _due(calendar, after):
        async with database.transaction() as tx:
            await _CLOSE_DAY.run(tx, day)
        async with database.read() as conn:
            body = rules.write(await _look(conn, day, known[-1] if known else None))
        fresh = SignedSeal(day, body, signer.sign(body), signer.public)
        async with database.transaction() as tx:
            parts = fresh.body.decode(), fresh.hash, fresh.signature, fresh.key
            is_ours = await _KEEP.run(tx, day, *parts, now)
        if not is_ours:  # another process has sealed it meanwhile: it goes on
            break
        known.append(fresh)
        made.append(fresh)
    kept = await vault.days()
    for signed in known:
        if signed.day not in kept:
            await vault.keep(signed.day, rules.to_file(signed))
    return made


def _due(calendar: _Calendar, after: timedelta) -> list[date]:
    if calendar.began_at is None:
        return []
    first = calendar.last_day + _DAY if calendar.last_day else calendar.began_at.date()
    last = (calendar.now - after).date() - _DAY
    return [first + n * _DAY for n in range((last - first).days + 1)]


async def _look(conn: Conn, day: date, before: SignedSeal | None) -> Seal:
    """Read what a closed day holds. Nothing can change it any more."""
    old = {lane.lane: lane for lane in before.read().lanes} if before else {}
    midnight = datetime.combine(day + _DAY, time(), UTC)
    starts = {e.lane: old[e.lane].last if e.lane in old else 0 for e in await _LANE_ENDS.all(conn)}
    lanes = await _heads(conn, starts, midnight)
    blocks, transfers, amounts = 0, 0, Counter[str]()
    for lane in lanes:
        blocks += lane.last - lane.first + 1
        for after in range(lane.first - 1, lane.last, _BLOCKS_A_READ):
            upto = min(lane.last, after + _BLOCKS_A_READ)
            for found in await _SUMS.all(conn, lane.lane, after, upto):
                transfers += found.transfers
                amounts[found.currency] += int(found.amount)
    start = datetime.combine(day, time(), UTC)
    return Seal(
        day=day,
        lanes=lanes,
        blocks=blocks,
        transfers=transfers,
        amounts=dict(amounts),
        events=await queries.events_hash(conn, start),
        previous=before.hash.hex() if before else "",
    )


async def _heads(conn: Conn, starts: dict[int, int], midnight: datetime) -> list[LaneSeal]:
    """Find each lane's last block before midnight by halving: times never run back in a lane.

    `starts`: the last block of the seal before, by lane.
    """
    low = dict(starts)
    high = {e.lane: e.block_no for e in await _LANE_ENDS.all(conn) if e.lane in starts}
    while open_ := [lane for lane in low if low[lane] < high[lane]]:
        middles = [(low[lane] + high[lane] + 1) // 2 for lane in open_]
        found = {b.lane: b for b in await _BLOCKS.all(conn, open_, middles)}
        for lane, middle in zip(open_, middles, strict=True):
            if lane in found and found[lane].at < midnight:
                low[lane] = middle
            else:
                high[lane] = middle - 1
    ended = {n: no for n, no in low.items() if no > 0}
    blocks = await _BLOCKS.all(conn, [*ended], [*ended.values()])
    hashes = {b.lane: b.hash.hex() for b in blocks}
    return [
        LaneSeal(lane, starts[lane] + 1, no, hashes.get(lane, "")) for lane, no in ended.items()
    ]
