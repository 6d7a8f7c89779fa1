"""Counters of accounts, sums of the whole, heads of the chains."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import Conn
from quid.ledger.types import Kind

_SQL: Final = db.sql("quid.ledger", "queries")


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as it stands.

    Units: minor units; `floor` and `ceil` bound `net`, None = none. `seq` counts its legs.
    """

    id: int
    owner: UUID | None
    kind: int
    currency: str
    flags: int
    floor: int | None
    ceil: int | None
    debits: int
    credits: int
    seq: int
    changed_at: datetime

    @property
    def net(self) -> int:
        """Credits minus debits: what a wallet holds."""
        return self.credits - self.debits


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all accounts of a currency.

    Units: minor units. `debits` and `credits` are equal, or something is very wrong; `transfers`
    are counted by their legs, two for each.
    """

    currency: str
    accounts: int
    transfers: int
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class KindTotals:
    """A line of the trial balance: the sums over all accounts of a kind, minor units."""

    currency: str
    kind: int
    accounts: int
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a lane's chain: its last block, that block's hash and number of transfers."""

    lane: int
    block_no: int
    hash: bytes
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class _Owned:
    owner: UUID
    id: int


@dataclass(frozen=True, slots=True)
class _HeadRow:
    lane: int
    block_no: int
    head: bytes
    last_at: datetime
    size: int


_BALANCES: Final = _SQL.rows("balances", Balance)
_WALLETS: Final = _SQL.rows("wallets", _Owned)
_TOTALS: Final = _SQL.rows("totals", Totals)
_TRIAL_BALANCE: Final = _SQL.rows("trial_balance", KindTotals)
_HEADS: Final = _SQL.rows("heads", _HeadRow)
_SECONDS_AHEAD: Final = _SQL.value("seconds_ahead", float)
_PARTITIONS_END: Final = _SQL.values("partitions_end", date)


async def balances(conn: Conn, accounts: Iterable[int]) -> dict[int, Balance]:
    """Read accounts by id; one that does not exist is left out."""
    return {b.id: b for b in await _BALANCES.all(conn, [*accounts])}


async def wallets(conn: Conn, owners: Iterable[UUID], currency: str) -> dict[UUID, int]:
    """Map people to their wallets; who has none is left out. The mapping never changes."""
    wanted = [*owners]
    buckets = [ids.bucket(o) for o in wanted]
    found = await _WALLETS.all(conn, wanted, Kind.WALLET, currency, buckets)
    return {row.owner: row.id for row in found}


async def totals(conn: Conn) -> list[Totals]:
    """Sum up all accounts, by currency, in one snapshot."""
    return await _TOTALS.all(conn)


async def trial_balance(conn: Conn) -> list[KindTotals]:
    """Sum the accounts by currency and kind; per currency the nets add up to zero."""
    return await _TRIAL_BALANCE.all(conn)


async def heads(conn: Conn) -> list[Head]:
    """List the lanes' last blocks, the latest first."""
    return [
        Head(r.lane, r.block_no, bytes(r.head), r.last_at, r.size) for r in await _HEADS.all(conn)
    ]


async def seconds_ahead(conn: Conn, *, now: datetime) -> float:
    """Say how far the database's clock is ahead of ours: beyond 60 either way nothing is posted."""
    return await _SECONDS_AHEAD.get(conn, now)


async def partition_days_ahead(conn: Conn, *, now: datetime) -> int:
    """Say for how many days partitions exist: below 45 warns, below 7 is not ready."""
    ends = await _PARTITIONS_END.all(conn)
    return (ends[0] - now.date()).days if ends else 0
