"""Chart of accounts, legal pairs, and the bytes that are hashed. Pure; a test compares the
tables `ledger.chart` and `ledger.code_rule` with this file.
"""

import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from quid.ledger.types import Code, Kind

SHARD: Final = 0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class KindRule:
    """Units: minor units of net (credits minus debits). `sign` 1 = normally in credit."""

    kind: Kind
    sign: int
    floor: int | None
    ceil: int | None


def _rule(kind: Kind) -> KindRule:
    match kind:
        case Kind.WALLET | Kind.RESERVED | Kind.INCOMING | Kind.HELD | Kind.PAYOUTS:
            return KindRule(kind, 1, 0, None)
        case Kind.SUSPENSE | Kind.TRANSIT | Kind.FEE_INSTANT | Kind.FEE_CARD | Kind.CAPITAL:
            return KindRule(kind, 1, None, None)
        case Kind.ADVANCE:
            # Nothing may be advanced before risk has set a floor.
            return KindRule(kind, -1, 0, 0)
        case (
            Kind.RAIL_IN
            | Kind.RAIL_PENDING
            | Kind.RAIL_OUT
            | Kind.RECEIVABLE
            | Kind.CHARGEBACK_OPEN
            | Kind.PROVISIONAL
        ):
            return KindRule(kind, -1, None, 0)
        case _:
            return KindRule(kind, -1, None, None)


CHART: Final = tuple(_rule(kind) for kind in Kind)


def _with_any(*kinds: Kind) -> set[tuple[Kind, Kind]]:
    either = {(one, other) for one in kinds for other in Kind}
    return {(d, c) for a, b in either for d, c in ((a, b), (b, a))}


CODE_RULES: Final = frozenset(
    {(Code.PAYMENT, Kind.WALLET, Kind.WALLET)}
    | {(Code.ADJUSTMENT, d, c) for d, c in _with_any(Kind.SUSPENSE, Kind.CAPITAL)}
    | {(Code.OPENING, d, c) for d, c in _with_any(Kind.CAPITAL)}
)


# --- the chain ---------------------------------------------------------------------------------
# Version 1 of a row: presence bits, code, flags; the id; debit account, sequence, net after; the
# same of the credit; amount; microseconds since 1970; currency; then the nullable fields that
# are present. All big-endian. ledger.post_batch writes the same bytes in SQL.

_ROW: Final = struct.Struct(">BBhh2x16s8q3s").pack
_LONG: Final = struct.Struct(">q").pack
ROW_VERSION: Final = 1
ASKED, GROUP, CAUSE, SOURCE, EFFECTIVE = 1, 2, 4, 8, 16

# The columns of a row that the hash covers, in the order in which queries select them.
RowValues = tuple[
    UUID,
    int,
    int,
    int,
    int,
    int,
    int,
    int,
    datetime,
    int,
    str,
    int,
    int | None,
    UUID | None,
    UUID | None,
    UUID | None,
    datetime | None,
]
ROW_FIELDS: Final = (
    "id",
    "debit_id",
    "debit_seq",
    "debit_after",
    "credit_id",
    "credit_seq",
    "credit_after",
    "amount",
    "recorded_at",
    "code",
    "currency",
    "flags",
    "asked",
    "group_id",
    "cause_id",
    "source_id",
    "effective_at",
)


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def row_bytes(row: RowValues) -> bytes:
    """Lay out a row as it is hashed."""
    (id_, d, d_seq, d_after, c, c_seq, c_after, amount, at, code, currency, flags) = row[:12]
    asked, group, cause, source, effective = row[12:]
    present, tail = 0, b""
    if asked is not None:
        present, tail = ASKED, _LONG(asked)
    if group is not None:
        present, tail = present | GROUP, tail + group.bytes
    if cause is not None:
        present, tail = present | CAUSE, tail + cause.bytes
    if source is not None:
        present, tail = present | SOURCE, tail + source.bytes
    if effective is not None:
        present, tail = present | EFFECTIVE, tail + _LONG(micros(effective))
    head = _ROW(
        ROW_VERSION,
        present,
        code,
        flags,
        id_.bytes,
        d,
        d_seq,
        d_after,
        c,
        c_seq,
        c_after,
        amount,
        micros(at),
        currency.encode(),
    )
    return head + tail


def row_hash(row: RowValues) -> bytes:
    """Hash a row of the journal."""
    return hashlib.sha256(row_bytes(row)).digest()


def block_hash(previous: bytes, no: int, row_hashes: bytes) -> bytes:
    """Chain a block to the one before it."""
    return hashlib.sha256(previous + _LONG(no) + row_hashes).digest()


def genesis(lane: int) -> bytes:
    """Say what the first block of a lane follows."""
    return hashlib.sha256(b"quid.ledger.1" + struct.pack(">hh", SHARD, lane)).digest()
