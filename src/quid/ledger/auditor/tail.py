"""Follow each lane by block number and recompute it: R6, and R1, R2 of the accounts touched."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import clock, db, ids, telemetry
from quid.ledger import findings
from quid.ledger.auditor import layout
from quid.ledger.auditor.layout import Row
from quid.ledger.auditor.legs import CLEARING, Accounts, Counters, Cut, Stranger
from quid.ledger.findings import Finding

_SQL: Final = db.sql("quid.ledger", "auditor")
_BLOCKS_A_ROUND: Final = 48  # a tenth of a second of the worker's time, at most
_ROWS_A_READ: Final = 5_000
_ACCOUNTS_A_ROUND: Final = 5_000
_ROUND_SECONDS: Final = 1.0
_REST: Final = 2.0  # seconds of rest for each second of work: a third of one core at most
_TELL_SECONDS: Final = 60.0
_LAG: Final = telemetry.gauge(
    "quid_ledger_recon_lag_seconds", "age of the oldest block that was not recomputed yet"
)
_ITEMS: Final = telemetry.gauge(
    "quid_ledger_open_items", "items that stand on clearing accounts", "kind"
)
_SEAL_AGE: Final = telemetry.gauge("quid_ledger_seal_age_seconds", "time since the last day seal")


@dataclass(frozen=True, slots=True)
class _Cursor:
    lane: int
    block_no: int
    hash: bytes
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Heads:
    lanes: list[int]
    nos: list[int]
    hashes: list[bytes]
    accounts: list[int]
    debits: list[int]
    credits: list[int]
    seqs: list[int]


@dataclass(frozen=True, slots=True)
class _Block:
    lane: int
    no: int
    at: datetime
    ids: list[UUID]
    row_hashes: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Columns:
    id: list[UUID]
    lane: list[int]
    block_no: list[int]
    debit_id: list[int]
    debit_seq: list[int]
    debit_after: list[int]
    credit_id: list[int]
    credit_seq: list[int]
    credit_after: list[int]
    amount: list[int]
    recorded_at: list[datetime]
    code: list[int]
    currency: list[str]
    flags: list[int]
    asked: list[int | None]
    group_id: list[UUID | None]
    cause_id: list[UUID | None]
    source_id: list[UUID | None]
    effective_at: list[datetime | None]


@dataclass(frozen=True, slots=True)
class _Stranger:
    id: int
    kind: int | None
    owner: UUID | None
    after: int | None


@dataclass(frozen=True, slots=True)
class _Items:
    kind: int
    many: int


_CURSORS: Final = _SQL.rows("cursors", _Cursor)
_CUT: Final = _SQL.rows("cut", _Heads)
_BLOCKS: Final = _SQL.rows("blocks", _Block)
_BLOCKS_AT: Final = _SQL.rows("blocks_at", _Block)
_ROWS: Final = _SQL.rows("rows", _Columns)
_STRANGERS: Final = _SQL.rows("strangers", _Stranger)
_MOVE_ON: Final = _SQL.command("move_on")
_MOVE_ITEMS: Final = _SQL.command("move_items")
_ITEMS_BY_KIND: Final = _SQL.rows("items", _Items)
_LAST_SEAL: Final = _SQL.values("last_seal", datetime)


class _Wanted(NamedTuple):
    """A lane that has new blocks: from where to where."""

    cursor: _Cursor
    no: int
    hash: bytes


class _Elsewhere(Exception):  # noqa: N818 - it says where the lanes are read
    """Another auditor has moved the cursors."""


@dataclass(slots=True)
class _Round:
    """What one round has read and found. `is_whole`: up to the heads, so counters compare."""

    cut: Cut = field(default_factory=Cut)
    found: list[Finding] = field(default_factory=list)
    moved: dict[int, _Cursor] = field(default_factory=dict)
    is_whole: bool = True
    doubted: list[tuple[Row, str]] = field(default_factory=list)


class Auditor:
    """Where it stands, and what it knows of the accounts. One round reads, judges and commits."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._cursors: dict[int, _Cursor] | None = None
        self._accounts = Accounts()
        self._told: set[tuple[int, int, bytes]] = set()
        self._is_behind = False

    def forget(self) -> None:
        """Begin anew from what was committed."""
        self._cursors = None
        self._accounts = Accounts()

    async def round(self, *, now: datetime) -> bool:
        """Recompute what is new, up to some thousand transfers; tell whether there is more.

        Command: short reads, then one transaction with cursors, open items and findings. Emits:
        ledger.drift_found.v1. Locks: those accounts of people that it freezes.
        """
        async with self._database.read() as conn:
            if self._cursors is None:
                self._cursors = {c.lane: c for c in await _CURSORS.all(conn)}
            r = await self._read(conn, self._cursors)
        if r.moved or r.found:
            async with self._database.transaction() as tx:
                await self._write(tx, r, now=now)
        self._cursors |= r.moved
        self._accounts.forget()
        behind = [c.at for c in r.moved.values() if c.at is not None]
        lag = 0.0 if r.is_whole or not behind else (now - min(behind)).total_seconds()
        _LAG.set(max(lag, 0.0))
        self._is_behind = not r.is_whole
        return self._is_behind

    async def _read(self, conn: db.Conn, cursors: dict[int, _Cursor]) -> _Round:
        r = _Round()
        # Counters compare at the heads alone: who is far from them need not ask.
        counted = [] if self._is_behind else [*self._accounts.touched][:_ACCOUNTS_A_ROUND]
        heads = await _CUT.one(conn, counted)
        wanted = [*self._beyond(heads, cursors, r)]
        if wanted:
            await self._recompute(conn, wanted, r)
            unknown = [*self._accounts.strangers(r.cut)]
            if unknown:
                met = await _STRANGERS.all(conn, *map(list, zip(*unknown, strict=True)))
                strangers = (Stranger(s.id, s.kind, s.owner, s.after) for s in met)
                r.found += self._accounts.meet(strangers, r.cut)
            r.found += self._accounts.walk(r.cut)
        if r.is_whole:
            counters = map(Counters, heads.accounts, heads.debits, heads.credits, heads.seqs)
            r.found += self._accounts.compare(counters)
        for row, what in r.doubted:
            place = f"{ids.show('trf', row.id)}: {what}"
            people = self._accounts.of_people(row)
            r.found += [
                Finding("R6", place, account=account, owner=owner, transfer=row.id)
                for account, owner in people
            ] or [Finding("R6", place, transfer=row.id)]
        return r

    def _beyond(self, heads: _Heads, cursors: dict[int, _Cursor], r: _Round) -> Iterator[_Wanted]:
        """Name the lanes that have new blocks, and tell of heads that are not as they were left."""
        known = zip(heads.lanes, heads.nos, heads.hashes, strict=True)
        ends = {lane: (no, hash_) for lane, no, hash_ in known}
        for lane in sorted({*ends, *cursors}):
            cursor = cursors.get(lane) or _Cursor(lane, 0, layout.genesis(lane), None)
            no, hash_ = ends.get(lane, (0, b""))
            if no > cursor.block_no:
                yield _Wanted(cursor, no, hash_)
                continue
            is_as_left = (no, hash_) == (cursor.block_no, cursor.hash)
            if not is_as_left and (lane, no, hash_) not in self._told:
                self._told.add((lane, no, hash_))
                place = f"lane {lane}, block {cursor.block_no}: the head is not what it was"
                r.found.append(Finding("R6", place, cursor.block_no, no))

    async def _recompute(self, conn: db.Conn, wanted: list[_Wanted], r: _Round) -> None:
        many = max(1, _BLOCKS_A_ROUND // len(wanted))
        lanes, after = [w.cursor.lane for w in wanted], [w.cursor.block_no for w in wanted]
        blocks = await _BLOCKS.all(conn, lanes, after, [w.no for w in wanted], many)
        by_lane: dict[int, list[_Block]] = {lane: [] for lane in lanes}
        for b in blocks:
            by_lane[b.lane].append(b)
        # A lane that has more ends this round for all at the same instant: times never run back
        # within an account, so the legs up to an instant are a beginning of each account's legs.
        # Of that instant itself all is read: while the clock makes up for a step back, it is the
        # instant of very many blocks.
        ends = [
            found[-1].at
            for w, found in zip(wanted, by_lane.values(), strict=True)
            if len(found) == many and found[-1].no < w.no
        ]
        if ends:
            r.is_whole = False
            end = min(ends)
            by_lane = {lane: [b for b in found if b.at < end] for lane, found in by_lane.items()}
            for b in await _BLOCKS_AT.all(conn, lanes, after, [w.no for w in wanted], end):
                by_lane[b.lane].append(b)
        rows = await self._rows(conn, [b for found in by_lane.values() for b in found])
        for cursor, no, hash_ in wanted:
            self._walk(cursor, by_lane[cursor.lane], rows, r)
            moved = r.moved.get(cursor.lane)
            if r.is_whole and (moved is None or moved.block_no != no):
                place = f"lane {cursor.lane}, block {no}: the block is missing"
                r.found.append(Finding("R6", place))
                r.moved[cursor.lane] = _Cursor(cursor.lane, no, hash_, None)

    async def _rows(self, conn: db.Conn, blocks: list[_Block]) -> dict[UUID, Row]:
        found: dict[UUID, Row] = {}
        wanted = [i for b in blocks for i in b.ids]
        for start in range(0, len(wanted), _ROWS_A_READ):
            some = wanted[start : start + _ROWS_A_READ]
            c = await _ROWS.one(conn, some, min(some), max(some))
            if c.id:
                columns = (getattr(c, name) for name in Row._fields)
                found |= {row.id: row for row in map(Row, *columns)}
            await asyncio.sleep(0)
        return found

    def _walk(
        self, cursor: _Cursor, blocks: list[_Block], rows: dict[UUID, Row], r: _Round
    ) -> None:
        """R6 along one lane."""
        no, previous = cursor.block_no, cursor.hash
        for b in blocks:
            where = f"lane {b.lane}, block {b.no}"
            if b.no != no + 1:
                r.found.append(
                    Finding("R6", f"lane {b.lane}, block {no + 1}: the block is missing")
                )
            listed = [(i, rows.get(i)) for i in b.ids]
            if len(b.row_hashes) != 32 * len(listed):
                r.found.append(Finding("R6", f"{where}: it lists other rows than it hashes"))
            for place, (id_, row) in enumerate(listed):
                if row is None:
                    what = f"{where}, {ids.show('trf', id_)}: the row is missing"
                    r.found.append(Finding("R6", what, transfer=id_))
                    continue
                r.cut.add(row)
                if layout.row_hash(row) != b.row_hashes[32 * place : 32 * place + 32]:
                    r.doubted.append((row, f"{where}: the row is not what was hashed"))
                elif (row.lane, row.block_no, row.recorded_at) != (b.lane, b.no, b.at):
                    r.doubted.append((row, f"{where}: the row says another block or time"))
            if layout.block_hash(previous, b.no, b.row_hashes) != b.hash:
                what = "it does not follow from the block before and its rows"
                r.found.append(Finding("R6", f"{where}: {what}"))
            no, previous = b.no, b.hash
            r.moved[b.lane] = _Cursor(b.lane, no, previous, b.at)

    async def _write(self, tx: db.Tx, r: _Round, *, now: datetime) -> None:
        cursors, moved = self._cursors or {}, [*r.moved.values()]
        if moved:
            froms = [c.block_no if (c := cursors.get(m.lane)) else 0 for m in moved]
            done = await _MOVE_ON.run(
                tx,
                [m.lane for m in moved],
                froms,
                [m.block_no for m in moved],
                [m.hash for m in moved],
                [m.at or now for m in moved],
            )
            if done != len(moved):
                raise _Elsewhere
        items = [(a, c, k, net, at) for (a, c), (net, k, at) in r.cut.items.items() if net]
        if items:
            await _MOVE_ITEMS.run(tx, *map(list, zip(*items, strict=True)))
        await findings.write(tx, r.found, run_id=None, now=now)

    async def tell(self, *, now: datetime) -> None:
        """Write the heads to the log, where a rewritten chain does not reach; set the gauges."""
        async with self._database.read() as conn:
            items = await _ITEMS_BY_KIND.all(conn)
            sealed = await _LAST_SEAL.all(conn)
        for cursor in (self._cursors or {}).values():
            head = (cursor.lane, cursor.block_no, cursor.hash)
            telemetry.log.info("ledger.head", lane=head[0], block=head[1], hash=head[2].hex())
        many = {item.kind: item.many for item in items}
        for kind in CLEARING:
            _ITEMS.labels(kind.name.lower()).set(many.get(kind, 0))
        if sealed:
            _SEAL_AGE.set((now - sealed[0]).total_seconds())


async def follow(database: db.Database, stop: asyncio.Event) -> None:
    """Audit until told to stop. `database` is opened as quid_recon.

    A round a second; when there is more to read than that, two thirds of the time are rest.
    """
    auditor, told_at = Auditor(database), 0.0
    while not stop.is_set():
        started, is_behind = time.monotonic(), False
        try:
            is_behind = await auditor.round(now=clock.now())
            if started - told_at > _TELL_SECONDS:
                told_at = started
                await auditor.tell(now=clock.now())
        except _Elsewhere:
            auditor.forget()
        except Exception as e:  # noqa: BLE001 - a door: the auditor outlives every fault
            telemetry.log.warning("auditor.failed", error=repr(e))
            auditor.forget()
        rest = _REST * (time.monotonic() - started)
        pause = rest if is_behind else max(rest, _ROUND_SECONDS)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
