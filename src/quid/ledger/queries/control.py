"""What operators see of the books: accounts, transfers, entries, seals, runs, findings, ageing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import Conn

_SQL: Final = db.sql("quid.ledger", "control")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it stands. Units: minor units."""

    id: int
    owner: UUID | None
    kind: int
    currency: str
    bucket: int
    flags: int
    floor: int | None
    ceil: int | None
    debits: int
    credits: int
    seq: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A journal row with both its legs. Units: minor units, net after."""

    id: UUID
    code: int
    amount: int
    currency: str
    recorded_at: datetime
    debit_id: int
    debit_seq: int
    debit_after: int
    credit_id: int
    credit_seq: int
    credit_after: int
    cause_id: UUID
    source_id: UUID | None
    flags: int
    lane: int
    block_no: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A leg. Units: minor units; `balance_after` on the account's normal side."""

    transfer_id: UUID
    side: str
    seq: int
    amount: int
    balance_after: int
    currency: str
    recorded_at: datetime
    code: int
    cause_id: UUID
    other_id: int


@dataclass(frozen=True, slots=True)
class SealRow:
    """A day seal as kept."""

    day: date
    body: str
    hash: bytes
    signature: bytes
    key: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of reconciliation; one that did not end is running, or has died."""

    id: UUID
    scope: str
    started_at: datetime
    ended_at: datetime | None
    accounts: int
    transfers: int
    blocks: int
    findings: int


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """Open items of a kind of clearing account, by age. Units: items; `net` minor units."""

    kind: int
    days_0_1: int
    days_2_3: int
    days_4_7: int
    days_over_7: int
    net: int


@dataclass(frozen=True, slots=True)
class LagRow:
    """Blocks that the live auditor has not recomputed, the oldest one's time, open findings."""

    blocks: int
    since: datetime | None
    open_findings: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A difference and what became of it. Units: minor units or counts, by the check."""

    id: UUID
    run_id: UUID | None
    check: str
    severity: str
    account_id: int | None
    owner: UUID | None
    transfer_id: UUID | None
    cause_id: UUID | None
    calculated: int | None
    actual: int | None
    place: str
    at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_reason: str | None
    resolved_at: datetime | None
    resolved_by: UUID | None
    resolved_reason: str | None


_ACCOUNTS: Final = _SQL.rows("accounts", AccountRow)
_ACCOUNTS_OF: Final = _SQL.rows("accounts_of", AccountRow)
_ACCOUNT: Final = _SQL.rows("account", AccountRow)
_TRANSFERS: Final = _SQL.rows("transfers", TransferRow)
_TRANSFERS_OF: Final = _SQL.rows("transfers_of", TransferRow)
_ENTRIES: Final = _SQL.rows("entries", EntryRow)
_SEALS: Final = _SQL.rows("seals", SealRow)
_RUNS: Final = _SQL.rows("runs", RunRow)
_AGEING: Final = _SQL.rows("ageing", AgeingRow)
_LAG: Final = _SQL.rows("lag", LagRow)
_FINDINGS: Final = _SQL.rows("findings", FindingRow)
_FINDING: Final = _SQL.rows("finding", FindingRow)
_OPEN_ON: Final = _SQL.value("open_on", int)


async def accounts(conn: Conn, *, after: int, many: int, kind: int | None) -> list[AccountRow]:
    """List accounts by id; of a kind, where one is given."""
    return await _ACCOUNTS.all(conn, after, many, kind)


async def accounts_of(conn: Conn, owner: UUID) -> list[AccountRow]:
    """List the accounts of a person."""
    return await _ACCOUNTS_OF.all(conn, ids.bucket(owner), owner)


async def account(conn: Conn, account_id: int) -> AccountRow | None:
    """Find an account."""
    return await _ACCOUNT.maybe(conn, account_id)


async def transfers(conn: Conn, *, before: UUID, many: int) -> list[TransferRow]:
    """List transfers by id: those asked for last come first."""
    return await _TRANSFERS.all(conn, before, many)


async def transfers_of(conn: Conn, account: int, *, before: int, many: int) -> list[TransferRow]:
    """List the transfers of an account, its latest first; `before` is its sequence."""
    return await _TRANSFERS_OF.all(conn, account, before, many)


async def entries(conn: Conn, account: int, *, before: int, many: int) -> list[EntryRow]:
    """List the legs of an account, the latest first."""
    return await _ENTRIES.all(conn, account, before, many)


async def seals(conn: Conn, *, before: date, many: int) -> list[SealRow]:
    """List the day seals, newest first."""
    return await _SEALS.all(conn, before, many)


async def runs(conn: Conn, many: int) -> list[RunRow]:
    """List the latest runs of reconciliation."""
    return await _RUNS.all(conn, many)


async def ageing(conn: Conn, *, now: datetime) -> list[AgeingRow]:
    """Count what stands on clearing accounts, by kind and age."""
    return await _AGEING.all(conn, now)


async def lag(conn: Conn) -> LagRow:
    """Say how far the live auditor is behind the books."""
    return await _LAG.one(conn)


async def findings(
    conn: Conn, *, before: tuple[datetime, UUID], many: int, is_open: bool | None
) -> list[FindingRow]:
    """List findings, newest first; the open ones, or those that are over."""
    return await _FINDINGS.all(conn, *before, many, is_open)


async def finding(conn: Conn, finding_id: UUID) -> FindingRow | None:
    """Find a finding."""
    return await _FINDING.maybe(conn, finding_id)


async def open_findings_on(conn: Conn, account_id: int) -> int:
    """Count the findings on an account that nobody has resolved."""
    return await _OPEN_ON.get(conn, account_id)
