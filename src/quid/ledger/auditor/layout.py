"""The chain, written a second time from its description: version 1 of the layout.

What posts and what verifies have their own; three hands would have to make the same mistake.
"""

import hashlib
import struct
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ABSENT: Final = (None,) * 5
_FIXED: Final = struct.Struct(">Q16s8q").pack


class Row(NamedTuple):
    """A journal row, in the order in which `auditor.sql` reads its columns."""

    id: UUID
    lane: int
    block_no: int
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


def genesis(lane: int) -> bytes:
    """What the first block of a lane follows, on shard 0."""
    return hashlib.sha256(b"quid.ledger.1" + _number(0, 2) + _number(lane, 2)).digest()


def block_hash(previous: bytes, no: int, row_hashes: bytes) -> bytes:
    """The previous hash, the number, the rows."""
    return hashlib.sha256(previous + _number(no, 8) + row_hashes).digest()


def row_hash(r: Row) -> bytes:
    """Version, what is present, code, flags; id; both legs; amount, time, currency; the rest.

    Raises: struct.error for numbers that the books cannot hold.
    """
    present, tail = _nullable(r) if r[14:] != _ABSENT else (0, b"")
    head = (1 << 56) | (present << 48) | ((r.code & 0xFFFF) << 32) | ((r.flags & 0xFFFF) << 16)
    legs = (r.debit_id, r.debit_seq, r.debit_after, r.credit_id, r.credit_seq, r.credit_after)
    fixed = _FIXED(head, r.id.bytes, *legs, r.amount, _micros(r.recorded_at))
    return hashlib.sha256(fixed + r.currency.encode() + tail).digest()


def _nullable(r: Row) -> tuple[int, bytes]:
    tail = [
        b"" if r.asked is None else _number(r.asked, 8),
        b"" if r.group_id is None else r.group_id.bytes,
        b"" if r.cause_id is None else r.cause_id.bytes,
        b"" if r.source_id is None else r.source_id.bytes,
        b"" if r.effective_at is None else _number(_micros(r.effective_at), 8),
    ]
    return sum(1 << place for place, value in enumerate(tail) if value), b"".join(tail)


def _number(n: int, size: int) -> bytes:
    return n.to_bytes(size, signed=True)


def _micros(at: datetime) -> int:
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
