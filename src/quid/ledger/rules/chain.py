"""The bytes that are hashed, and how blocks follow each other.

Version 1 of a row, big-endian: version, presence bits, code, flags; id; debit account, sequence
and net after; the same of the credit; amount; microseconds since 1970; currency; then those
nullable fields that are present. `ledger.post_batch` lays out the same bytes in SQL.
"""

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

SHARD: Final = 0
ROW_VERSION: Final = 1
ASKED, GROUP, CAUSE, SOURCE, EFFECTIVE = 1, 2, 4, 8, 16
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
_ROW: Final = struct.Struct(">BBhh2x16s8q3s").pack
_LONG: Final = struct.Struct(">q").pack


class Row(NamedTuple):
    """The columns of a journal row that its hash covers, in the order in which they are read."""

    id: UUID
    debit_id: int
    debit_seq: int
    debit_after: int
    credit_id: int
    credit_seq: int
    credit_after: int
    amount: int
    recorded_at: datetime
    code: int
    currency: str
    flags: int
    asked: int | None
    group_id: UUID | None
    cause_id: UUID | None
    source_id: UUID | None
    effective_at: datetime | None


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def row_bytes(row: Row) -> bytes:
    """Lay out a row as it is hashed."""
    (id_, d, d_seq, d_after, c, c_seq, c_after, amount, at, code, currency, flags, *_) = row
    present, tail = 0, b""
    if row[12:] != (None, None, None, None, None):
        present, tail = _nullable(row)
    head = _ROW(
        *(ROW_VERSION, present, code, flags, id_.bytes),
        *(d, d_seq, d_after, c, c_seq, c_after, amount, micros(at)),
        currency.encode(),
    )
    return head + tail


def _nullable(row: Row) -> tuple[int, bytes]:
    fields = (
        (ASKED, row.asked is not None, _LONG(row.asked or 0)),
        (GROUP, row.group_id is not None, row.group_id.bytes if row.group_id else b""),
        (CAUSE, row.cause_id is not None, row.cause_id.bytes if row.cause_id else b""),
        (SOURCE, row.source_id is not None, row.source_id.bytes if row.source_id else b""),
        (
            EFFECTIVE,
            row.effective_at is not None,
            _LONG(micros(row.effective_at)) if row.effective_at else b"",
        ),
    )
    present = sum(bit for bit, is_there, _ in fields if is_there)
    return present, b"".join(value for _, is_there, value in fields if is_there)


def row_hash(row: Row) -> bytes:
    """Hash a row of the journal."""
    return hashlib.sha256(row_bytes(row)).digest()


def block_hash(previous: bytes, no: int, row_hashes: bytes) -> bytes:
    """Chain a block to the one before it."""
    return hashlib.sha256(previous + _LONG(no) + row_hashes).digest()


def genesis(lane: int) -> bytes:
    """Say what the first block of a lane follows."""
    return hashlib.sha256(b"quid.ledger.1" + struct.pack(">hh", SHARD, lane)).digest()
