"""The chain of the audit log: blocks of rows in the order of their commits, each hashed with the
one before; and the proof that nobody has changed, taken, added or exchanged a row.

A job links what was committed since. Whoever rewrites the whole chain with its hashes is found by
a head that was written down elsewhere: the log has every one.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import db, telemetry

_SQL = db.sql("quid.kit", "audit_chain")
_BLOCKS_A_RUN: Final = 20
_MONTHS_AHEAD: Final = 12
_PAGE: Final = 10
_ROWS: Final = 10_000
_MARK: Final = 8
_GENESIS: Final = hashlib.sha256(b"quid audit").digest()


@dataclass(frozen=True, slots=True)
class Head:
    """A block that was made: its number, how many rows it holds, its hash."""

    no: int
    rows: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Block:
    no: int
    ids: list[UUID]
    marks: bytes
    at: int
    prev: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Line:
    id: UUID
    line: str


class Break(NamedTuple):
    """A difference: in which block (0: in none), which row, and what is wrong."""

    block_no: int
    row_id: UUID | None
    what: str


@dataclass(slots=True)
class Verdict:
    """What was looked at, what is wrong, and how many rows wait for their block."""

    rows: int = 0
    blocks: int = 0
    waiting: int = 0
    head: bytes = _GENESIS
    breaks: list[Break] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.breaks


_CHAIN: Final = _SQL.rows("chain", Head)
_ENSURE_MONTHS: Final = _SQL.value("ensure_months", int)
_HEAD: Final = _SQL.rows("head", Head)
_BLOCKS: Final = _SQL.rows("blocks", _Block)
_LINES: Final = _SQL.rows("lines", _Line)
_PASSED: Final = _SQL.values("passed", UUID)
_HELD: Final = _SQL.values("held", UUID)
_WAITING: Final = _SQL.value("waiting", int)


async def link(tx: db.Tx) -> list[Head]:
    """Chain what was committed since the last time, and write the heads into the log.

    Locks: the chain (advisory).
    """
    made = await _CHAIN.all(tx, _BLOCKS_A_RUN)
    for head in made:
        telemetry.log.info("audit.chained", no=head.no, rows=head.rows, head=head.hash.hex())
    return made


async def tend(tx: db.Tx, *, now: datetime) -> None:
    """Make the partitions of the next year."""
    await _ENSURE_MONTHS.get(tx, now.date(), _MONTHS_AHEAD)


async def head(conn: db.Conn) -> Head | None:
    """Give the last block."""
    return await _HEAD.maybe(conn)


async def waiting(conn: db.Conn) -> int:
    """Count the rows that no block holds yet."""
    return await _WAITING.get(conn)


async def verify(conn: db.Conn, *, known: tuple[int, bytes] | None = None) -> Verdict:
    """Compute the whole chain again from the rows, in short statements; changes nothing.

    `known`: number and hash of a block, as the log had it.
    """
    verdict = Verdict(waiting=await waiting(conn))
    no = 0
    while page := await _BLOCKS.all(conn, no, _PAGE):
        for block in page:
            if block.no != no + 1:
                verdict.breaks.append(Break(block.no, None, f"no block from {no + 1} to here"))
            elif block.prev != verdict.head:
                verdict.breaks.append(Break(block.no, None, "does not follow from the one before"))
            verdict.breaks += await _differences(conn, block)
            no, verdict.head = block.no, block.hash
            verdict.blocks += 1
            verdict.rows += len(block.ids)
            if known is not None and known[0] == block.no and known[1] != block.hash:
                verdict.breaks.append(Break(block.no, None, "is not the block that the log knew"))
    if known is not None and known[0] > no:
        verdict.breaks.append(Break(known[0], None, "the log knew this block, and it is gone"))
    verdict.breaks += [Break(0, row, "is in no block: added later") for row in await _added(conn)]
    return verdict


async def _differences(conn: db.Conn, block: _Block) -> list[Break]:
    """Compare a block with its rows."""
    lines = {row.id: row.line for row in await _LINES.all(conn, block.ids)}
    whole = hashlib.sha256(block.prev + f"{block.no} {block.at} {len(block.ids)}".encode())
    found = []
    for n, row_id in enumerate(block.ids):
        line = lines.get(row_id)
        if line is None:
            found.append(Break(block.no, row_id, "is gone"))
            continue
        hash_ = hashlib.sha256(line.encode()).digest()
        whole.update(hash_)
        if hash_[:_MARK] != block.marks[n * _MARK : (n + 1) * _MARK]:
            found.append(Break(block.no, row_id, "was changed"))
    if not found and whole.digest() != block.hash:
        found.append(Break(block.no, None, "the block itself was changed"))
    return found


async def _added(conn: db.Conn) -> list[UUID]:
    """Find rows behind the end of the chain that no block holds."""
    added: list[UUID] = []
    after = UUID(int=0)
    while page := await _PASSED.all(conn, after, _ROWS):
        held = set(await _HELD.all(conn, page[0], page[-1], page))
        added += [row for row in page if row not in held]
        after = page[-1]
    return added
