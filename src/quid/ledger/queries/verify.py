"""Recompute the chain from its rows, without the posting code, and name what was changed."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.kit.db import Conn
from quid.ledger import rules
from quid.ledger.rules import Row
from quid.ledger.rules.seals import Seal

_SQL: Final = db.sql("quid.ledger", "verify")
_BLOCKS_A_READ: Final = 100
_ROWS_A_READ: Final = 2_000
_ROWS_A_SCAN: Final = 20_000
_BREAKS_MAX: Final = 20
_BLAMES_MAX: Final = 3
_FIRST_ID: Final = UUID(int=0)
_LAST_ID: Final = UUID(int=2**128 - 1)
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
_END: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the books are not what was written. `field` is empty where none is named."""

    lane: int
    block_no: int
    transfer_id: UUID | None
    what: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted of the chains outside the database: hashes of blocks, by lane and number.

    Before `closed_until` each lane has the blocks up to its number in `closed` and no others.
    """

    hashes: Mapping[int, Mapping[int, bytes]]
    closed_until: datetime = _BEGINNING
    closed: Mapping[int, int] = field(default_factory=dict)


def noted_in(seals: Sequence[Seal]) -> Noted:
    """Take the heads of every day from its seal; the latest seal says what is closed."""
    hashes: dict[int, dict[int, bytes]] = {}
    for seal in seals:
        for lane in seal.lanes:
            hashes.setdefault(lane.lane, {})[lane.last] = bytes.fromhex(lane.head)
    if not seals:
        return Noted(hashes)
    newest = max(seals, key=lambda seal: seal.day)
    midnight = datetime.combine(newest.day + timedelta(days=1), time(), UTC)
    return Noted(hashes, midnight, {lane.lane: lane.last for lane in newest.lanes})


@dataclass(slots=True)
class Verdict:
    """What verification saw. `amounts`: sum of the rows verified, minor units by currency."""

    lanes: int = 0
    blocks: int = 0
    transfers: int = 0
    breaks: list[Break] = field(default_factory=list)
    amounts: Counter[str] = field(default_factory=Counter)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks

    @property
    def exit_code(self) -> int:
        """0 sound, 1 broken (a command that cannot run exits 2)."""
        return 0 if self.is_sound else 1


@dataclass(frozen=True, slots=True)
class LaneState:
    """A lane's head, its highest block, and the blocks asked for: from `first_no` to `end_no`."""

    lane: int
    block_no: int
    head: bytes
    last_no: int
    first_no: int
    end_no: int


@dataclass(frozen=True, slots=True)
class _Block:
    no: int
    at: datetime
    ids: list[UUID]
    row_hashes: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Columns:
    id: list[UUID] | None
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
    lane: list[int]
    block_no: list[int]


@dataclass(frozen=True, slots=True)
class _Claim:
    lane: int
    known: int
    highest: int


@dataclass(frozen=True, slots=True)
class _Stray:
    id: UUID
    lane: int
    block_no: int


_STATE: Final = _SQL.rows("state", LaneState)
_BLOCKS: Final = _SQL.rows("blocks", _Block)
_ROWS: Final = _SQL.rows("rows", _Columns)
_NET_BEFORE: Final = _SQL.values("net_before", int)
_BOUND: Final = _SQL.values("bound", UUID)
_CLAIMS: Final = _SQL.rows("claims", _Claim)
_STRAYS: Final = _SQL.rows("strays", _Stray)


async def verify(
    conn: Conn,
    *,
    first: date | None = None,
    last: date | None = None,
    noted: Noted | None = None,
    upto: Mapping[int, int] | None = None,
) -> Verdict:
    """Verify blocks, rows and heads, from the UTC day `first` to `last` (None = all).

    Whoever rewrites a whole lane with its hashes is found by what was `noted` alone. `upto` ends
    each lane at a block. Rows that no block lists are looked for when everything is verified.
    Locks: nothing; many short snapshots.
    """
    start = datetime.combine(first, time(), UTC) if first else _BEGINNING
    end = datetime.combine(last + timedelta(days=1), time(), UTC) if last else _END
    verdict = Verdict()
    lanes = await _STATE.all(conn, start, end)
    if first is None:  # from the beginning, whatever the blocks' own times say
        lanes = [replace(s, first_no=1) for s in lanes]
    if last is None:  # and to the head
        lanes = [replace(s, end_no=s.block_no) for s in lanes]
    if upto is not None:
        lanes = [replace(s, end_no=min(s.end_no, upto.get(s.lane, 0))) for s in lanes]
    found: dict[int, int] = {}
    outside = noted or Noted({})
    for state in lanes:
        found[state.lane] = await _Walk(conn, verdict, state, outside).run()
    for lane, hashes in outside.hashes.items():
        if lane not in found:
            what = "the lane noted outside is missing"
            verdict.breaks.append(Break(lane, max(hashes), None, what))
    if first is None and last is None:
        await _find_strays(conn, lanes, found, verdict)
    return verdict


class _Walk:
    """The way along one lane, block by block."""

    def __init__(self, conn: Conn, verdict: Verdict, state: LaneState, noted: Noted) -> None:
        self.conn = conn
        self.verdict = verdict
        self.state = state
        self.hashes = noted.hashes.get(state.lane, {})
        self.closed_until = noted.closed_until
        self.closed = noted.closed.get(state.lane, 0)
        self.no = state.first_no - 1
        self.previous = rules.genesis(state.lane)
        self.rows: dict[UUID, tuple[Row, int, int]] = {}
        self.found = 0

    async def run(self) -> int:
        """Verify the lane; give the number of its rows found."""
        if self.no > 0:
            before = await _BLOCKS.all(self.conn, self.state.lane, self.no - 1, self.no, 1)
            if before:
                self.previous = before[0].hash
            else:
                self.note(self.no, "the block is missing")
        self.verdict.lanes += 1
        while self.no < self.state.end_no and len(self.verdict.breaks) < _BREAKS_MAX:
            blocks = await _BLOCKS.all(
                self.conn, self.state.lane, self.no, self.state.end_no, _BLOCKS_A_READ
            )
            if not blocks:
                self.note(self.no + 1, "the block is missing")
                break
            for some in _portions(blocks):
                self.rows = await _read_rows(self.conn, some)
                for block in some:
                    await self.block(block)
        self.end()
        return self.found

    def note(self, no: int, what: str, field: str = "", transfer: UUID | None = None) -> None:
        self.verdict.breaks.append(Break(self.state.lane, no, transfer, what, field))

    def end(self) -> None:
        state = self.state
        is_whole = self.no == state.end_no == state.block_no
        if is_whole and self.previous != state.head:
            self.note(self.no, "the lane's head is not its last block", "head")
        if state.last_no > state.block_no:
            self.note(state.last_no, "a block after the lane's head", "block_no")
        if self.hashes and max(self.hashes) > state.block_no:
            self.note(max(self.hashes), "the block noted outside is missing")

    async def block(self, block: _Block) -> None:
        if block.no != self.no + 1:
            self.note(self.no + 1, "the block is missing")
        self.verdict.blocks += 1
        if not self.is_sound(block):
            await self.look_closely(block)
        if rules.block_hash(self.previous, block.no, block.row_hashes) != block.hash:
            self.note(block.no, "it does not follow from the block before and its rows", "hash")
        if self.hashes.get(block.no, block.hash) != block.hash:
            self.note(block.no, "this is not the hash noted outside", "hash")
        if block.at < self.closed_until and block.no > self.closed:
            self.note(block.no, "a block of a day that was sealed without it", "at")
        self.no, self.previous = block.no, block.hash

    def is_sound(self, block: _Block) -> bool:
        """Tell at a glance whether all rows are there as they were hashed: nearly all blocks."""
        found = [entry for id_ in block.ids if (entry := self.rows.get(id_)) is not None]
        place = self.state.lane, block.no
        if len(found) != len(block.ids) or any(entry[1:] != place for entry in found):
            return False
        rows = [entry[0] for entry in found]
        if b"".join(rules.hash_or_none(row) or b"" for row in rows) != block.row_hashes:
            return False
        if any(row.recorded_at != block.at for row in rows):
            return False
        self.found += len(rows)
        self.verdict.transfers += len(rows)
        for row in rows:
            self.verdict.amounts[row.currency] += row.amount
        return True

    async def look_closely(self, block: _Block) -> None:
        """Name the rows that are not what was hashed."""
        hashes = block.row_hashes
        if len(hashes) == 32 * len(block.ids):
            for place, id_ in enumerate(block.ids):
                await self.row(block, id_, hashes[32 * place : 32 * place + 32])
        else:
            self.note(block.no, "the block lists other rows than it hashes", "ids")

    async def row(self, block: _Block, id_: UUID, expected: bytes) -> None:
        entry = self.rows.get(id_)
        if entry is None:
            self.note(block.no, "the row is missing", transfer=id_)
            return
        row, lane, no = entry
        if lane != self.state.lane or no != block.no:
            field = "block_no" if lane == self.state.lane else "lane"
            self.note(block.no, f"the row says lane {lane}, block {no}", field, id_)
            return
        self.found += 1
        self.verdict.transfers += 1
        self.verdict.amounts[row.currency] += row.amount
        if rules.hash_or_none(row) != expected:
            field, what = await self.blame(block, row, expected)
            self.note(block.no, what or "the row is not what was hashed", field, id_)
        elif row.recorded_at != block.at:
            self.note(block.no, f"the block says {block.at}, its rows do not", "at")

    async def blame(self, block: _Block, row: Row, expected: bytes) -> tuple[str, str]:
        if len(self.verdict.breaks) >= _BLAMES_MAX:
            return "", ""
        debit = (await _NET_BEFORE.all(self.conn, row.debit_id, row.debit_seq) or [0])[0]
        credit = (await _NET_BEFORE.all(self.conn, row.credit_id, row.credit_seq) or [0])[0]
        return rules.blame(
            row,
            expected,
            {
                "amount": [debit - row.debit_after, row.credit_after - credit],
                "debit_after": [debit - row.amount],
                "credit_after": [credit + row.amount],
                "recorded_at": [block.at],
            },
        )


def _portions(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Cut blocks into portions of some thousand rows: the shorter a read, the sooner it rests."""
    portion: list[_Block] = []
    rows = 0
    for block in blocks:
        portion.append(block)
        rows += len(block.ids)
        if rows >= _ROWS_A_READ:
            yield portion
            portion, rows = [], 0
    if portion:
        yield portion


async def _read_rows(conn: Conn, blocks: list[_Block]) -> dict[UUID, tuple[Row, int, int]]:
    wanted = [i for block in blocks for i in block.ids]
    if not wanted:
        return {}
    c = await _ROWS.one(conn, wanted, min(wanted), max(wanted))
    if c.id is None:
        return {}
    rows = map(
        Row,
        *(c.id, c.debit_id, c.debit_seq, c.debit_after),
        *(c.credit_id, c.credit_seq, c.credit_after, c.amount, c.recorded_at),
        *(c.code, c.currency, c.flags),
        *(c.asked, c.group_id, c.cause_id, c.source_id, c.effective_at),
    )
    return dict(zip(c.id, zip(rows, c.lane, c.block_no, strict=True), strict=True))


async def id_ranges(conn: Conn) -> AsyncIterator[tuple[UUID, UUID]]:
    """Cut the journal into ranges of ids, (after, up to], each small enough for one statement."""
    after = _FIRST_ID
    while after != _LAST_ID:
        upto = (await _BOUND.all(conn, after, _ROWS_A_SCAN) or [_LAST_ID])[0]
        yield after, upto
        after = upto


async def _find_strays(
    conn: Conn, lanes: list[LaneState], found: Mapping[int, int], verdict: Verdict
) -> None:
    """Compare how many rows claim each lane with how many its blocks listed."""
    counted: Counter[int] = Counter()
    highest: dict[int, int] = {}
    ends = [s.lane for s in lanes], [s.end_no for s in lanes]
    ranges = [r async for r in id_ranges(conn)]
    for after, upto in ranges:
        for claim in await _CLAIMS.all(conn, after, upto, *ends):
            counted[claim.lane] += claim.known
            highest[claim.lane] = max(claim.highest, highest.get(claim.lane, 0))
    heads = {s.lane: s.block_no for s in await _STATE.all(conn, _BEGINNING, _END)}
    if all(counted[lane] == n for lane, n in found.items()) and all(
        no <= heads.get(lane, -1) for lane, no in highest.items()
    ):
        return
    for after, upto in ranges:
        for stray in await _STRAYS.all(conn, after, upto):
            what = "a row that its block does not list"
            verdict.breaks.append(Break(stray.lane, stray.block_no, stray.id, what))
        if len(verdict.breaks) >= _BREAKS_MAX:
            return
    if verdict.is_sound:  # the counts differ all the same: somebody has hidden it well
        lane = next((x for x, n in found.items() if counted[x] != n), 0)
        what = "rows claim this lane that its blocks do not list"
        verdict.breaks.append(Break(lane, 0, None, what))
