"""What operators read and send about the books. Amounts in minor units; ids as everywhere."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from pydantic import Field

from quid.kit import ids
from quid.kit.web import Strict
from quid.kit.web.operators import ReasonText
from quid.ledger.queries.balances import KindTotals
from quid.ledger.queries.control import (
    AccountRow,
    AgeingRow,
    EntryRow,
    FindingRow,
    LagRow,
    RunRow,
    SealRow,
    TransferRow,
)
from quid.ledger.types import AMOUNT_MAX, Code, Flag, Kind

ACCOUNT_MAX: Final = 2**50


def kind_name(kind: int) -> str:
    """Name a kind of account."""
    return Kind(kind).name.lower() if kind in set(Kind) else str(kind)


def code_name(code: int) -> str:
    """Name a code of transfer."""
    return Code(code).name if code in set(Code) else str(code)


def shown(prefix: str, value: UUID | None) -> str | None:
    """Show an id that may be absent."""
    return None if value is None else ids.show(prefix, value)


class Adjustment(Strict):
    """Move an amount between two accounts, one of them suspense or capital: two persons' act."""

    debit_account: Annotated[int, Field(ge=0, lt=ACCOUNT_MAX)]
    credit_account: Annotated[int, Field(ge=0, lt=ACCOUNT_MAX)]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    reason: ReasonText


class Asked(Strict):
    """A second operator is asked."""

    approval_id: str


class LedgerAccount(Strict):
    """An account as it stands; `net` is credits minus debits."""

    id: int
    owner: str | None
    kind: str
    currency: str
    flags: list[str]
    floor: int | None
    ceiling: int | None
    debits: int
    credits: int
    net: int
    entries: int
    changed_at: datetime

    @classmethod
    def of(cls, a: AccountRow) -> "LedgerAccount":
        """Show a row."""
        return cls(
            id=a.id,
            owner=shown("usr", a.owner),
            kind=kind_name(a.kind),
            currency=a.currency,
            flags=[f.name for f in Flag if f and a.flags & f and f.name],
            floor=a.floor,
            ceiling=a.ceil,
            debits=a.debits,
            credits=a.credits,
            net=a.credits - a.debits,
            entries=a.seq,
            changed_at=a.changed_at,
        )


class LedgerAccounts(Strict):
    """A page of accounts."""

    items: list[LedgerAccount]
    next_cursor: str | None


class AccountNow(Strict):
    """An account, and what it held at an instant where one was asked for."""

    account: LedgerAccount
    at: datetime | None
    net_at: int | None
    net_effective_at: int | None = Field(
        description="with what was recorded later, but counts from then"
    )
    open_findings: int


class LedgerLeg(Strict):
    """One side of a transfer: the account, its sequence, its net after."""

    account: int
    sequence: int
    net_after: int


class LedgerTransfer(Strict):
    """A journal row with both its legs."""

    id: str
    code: str
    amount: int
    currency: str
    recorded_at: datetime
    debit: LedgerLeg
    credit: LedgerLeg
    cause_id: str
    source_id: str | None
    lane: int
    block: int

    @classmethod
    def of(cls, t: TransferRow) -> "LedgerTransfer":
        """Show a row."""
        return cls(
            id=ids.show("trf", t.id),
            code=code_name(t.code),
            amount=t.amount,
            currency=t.currency,
            recorded_at=t.recorded_at,
            debit=LedgerLeg(account=t.debit_id, sequence=t.debit_seq, net_after=t.debit_after),
            credit=LedgerLeg(account=t.credit_id, sequence=t.credit_seq, net_after=t.credit_after),
            cause_id=ids.show("trf", t.cause_id),
            source_id=shown("trf", t.source_id),
            lane=t.lane,
            block=t.block_no,
        )


class LedgerTransfers(Strict):
    """A page of transfers."""

    items: list[LedgerTransfer]
    next_cursor: str | None


class LedgerEntry(Strict):
    """A leg of an account; `balance_after` on its normal side."""

    transfer_id: str
    side: str
    sequence: int
    amount: int
    balance_after: int
    currency: str
    recorded_at: datetime
    code: str
    cause_id: str
    other_account: int

    @classmethod
    def of(cls, e: EntryRow) -> "LedgerEntry":
        """Show a row."""
        return cls(
            transfer_id=ids.show("trf", e.transfer_id),
            side=e.side,
            sequence=e.seq,
            amount=e.amount,
            balance_after=e.balance_after,
            currency=e.currency,
            recorded_at=e.recorded_at,
            code=code_name(e.code),
            cause_id=ids.show("trf", e.cause_id),
            other_account=e.other_id,
        )


class LedgerEntries(Strict):
    """A page of legs."""

    items: list[LedgerEntry]
    next_cursor: str | None


class TrialLine(Strict):
    """The sums over all accounts of a kind."""

    currency: str
    kind: str
    accounts: int
    debits: int
    credits: int
    net: int

    @classmethod
    def of(cls, k: KindTotals) -> "TrialLine":
        """Show a row."""
        return cls(
            currency=k.currency,
            kind=kind_name(k.kind),
            accounts=k.accounts,
            debits=k.debits,
            credits=k.credits,
            net=k.credits - k.debits,
        )


class TrialBalance(Strict):
    """All kinds; whole means that the nets of each currency add up to zero."""

    lines: list[TrialLine]
    is_whole: bool


class LedgerSeal(Strict):
    """A day seal: what was signed, by which key, and its hash."""

    day: date
    hash: str
    signature: str
    key: str
    sealed_at: datetime
    seal: dict[str, Any]

    @classmethod
    def of(cls, s: SealRow) -> "LedgerSeal":
        """Show a row."""
        return cls(
            day=s.day,
            hash=s.hash.hex(),
            signature=s.signature.hex(),
            key=s.key.hex(),
            sealed_at=s.sealed_at,
            seal=msgspec.json.decode(s.body, type=dict[str, Any]),
        )


class LedgerSeals(Strict):
    """A page of day seals."""

    items: list[LedgerSeal]
    next_cursor: str | None


class Explanation(Strict):
    """The T-accounts in words."""

    text: str


class ReconciliationRun(Strict):
    """A run; without an end it is running, or has died."""

    id: str
    scope: str
    started_at: datetime
    ended_at: datetime | None
    accounts: int
    transfers: int
    blocks: int
    findings: int

    @classmethod
    def of(cls, r: RunRow) -> "ReconciliationRun":
        """Show a row."""
        numbers = {"accounts": r.accounts, "transfers": r.transfers, "blocks": r.blocks}
        return cls(
            id=ids.show("run", r.id),
            scope=r.scope,
            started_at=r.started_at,
            ended_at=r.ended_at,
            findings=r.findings,
            **numbers,
        )


class Ageing(Strict):
    """What stands on clearing accounts of a kind: items by their age in days."""

    kind: str
    days_0_1: int
    days_2_3: int
    days_4_7: int
    days_over_7: int
    net: int

    @classmethod
    def of(cls, a: AgeingRow) -> "Ageing":
        """Show a row."""
        return cls(
            kind=kind_name(a.kind),
            days_0_1=a.days_0_1,
            days_2_3=a.days_2_3,
            days_4_7=a.days_4_7,
            days_over_7=a.days_over_7,
            net=a.net,
        )


class Reconciliation(Strict):
    """The latest runs, the age of what is open, and how far the live auditor is behind."""

    runs: list[ReconciliationRun]
    ageing: list[Ageing]
    open_findings: int
    auditor_blocks_behind: int
    auditor_lag_seconds: float

    @classmethod
    def of(
        cls, runs: list[RunRow], ageing: list[AgeingRow], lag: LagRow, *, now: datetime
    ) -> "Reconciliation":
        """Show what was read."""
        behind = (now - lag.since).total_seconds() if lag.since else 0.0
        return cls(
            runs=[ReconciliationRun.of(r) for r in runs],
            ageing=[Ageing.of(a) for a in ageing],
            open_findings=lag.open_findings,
            auditor_blocks_behind=lag.blocks,
            auditor_lag_seconds=max(behind, 0.0),
        )


class Word(Strict):
    """What an operator said of a finding."""

    at: datetime
    by: str
    reason: str


def _word(at: datetime | None, by: UUID | None, reason: str | None) -> Word | None:
    if at is None or by is None:
        return None
    return Word(at=at, by=ids.show("usr", by), reason=reason or "")


class LedgerFinding(Strict):
    """A difference; `calculated` from the rows, `actual` as held."""

    id: str
    check: str
    severity: str
    found_by: str
    account: int | None
    owner: str | None
    transfer_id: str | None
    calculated: int | None
    actual: int | None
    place: str
    at: datetime
    acknowledged: Word | None
    resolved: Word | None

    @classmethod
    def of(cls, f: FindingRow) -> "LedgerFinding":
        """Show a row."""
        return cls(
            id=ids.show("fnd", f.id),
            check=f.check,
            severity=f.severity,
            found_by=ids.show("run", f.run_id) if f.run_id else "live",
            account=f.account_id,
            owner=shown("usr", f.owner),
            transfer_id=shown("trf", f.transfer_id),
            calculated=f.calculated,
            actual=f.actual,
            place=f.place,
            at=f.at,
            acknowledged=_word(f.acknowledged_at, f.acknowledged_by, f.acknowledged_reason),
            resolved=_word(f.resolved_at, f.resolved_by, f.resolved_reason),
        )


class LedgerFindings(Strict):
    """A page of findings."""

    items: list[LedgerFinding]
    next_cursor: str | None
