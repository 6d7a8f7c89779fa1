"""Reconciliation: what the counters say against what every row says. It repairs nothing."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from quid.kit import db, ids, outbox
from quid.kit.db import Conn, Database
from quid.ledger import events, queries

_SQL: Final = db.sql("quid.ledger", "reconcile")
_ACCOUNTS_A_READ: Final = 2_000
_LEGS_A_READ: Final = 100_000
_NEVER_NEGATIVE: Final = range(201, 205)
Check = Literal["R1", "R2", "R3", "R4", "R6", "R9"]
CHECKS: Final[Mapping[Check, str]] = {
    "R1": "each account: counters are the sums of its legs",
    "R2": "each account: sequence without a gap, balance follows balance",
    "R3": "each currency: debits = credits = sum of the journal",
    "R4": "no account below its floor or above its ceiling",
    "R6": "every block and row as it was hashed, no row outside a block",
    "R9": "no leg without its account, no foreign currency",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check: everything; one account; the blocks of one UTC day.

    `is_full` adds up every leg from the beginning, not from the last day kept.
    """

    is_full: bool = False
    account: int | None = None
    day: date | None = None

    def __str__(self) -> str:
        """Name it in the run's row."""
        if self.account is not None:
            return f"account {self.account}"
        return f"day {self.day}" if self.day else ("full" if self.is_full else "all")


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference. `calculated` from the rows, `actual` as held. Units: minor units or counts."""

    check: Check
    place: str
    calculated: int | None = None
    actual: int | None = None
    account: int | None = None
    owner: UUID | None = None

    @property
    def severity(self) -> Literal["warning", "page"]:
        """A difference of one minor unit warns, anything else pages; zero is expected."""
        if self.check == "R1" and self.calculated is not None and self.actual is not None:
            return "warning" if abs(self.calculated - self.actual) <= 1 else "page"
        return "page"


@dataclass(slots=True)
class Report:
    """What a run saw."""

    run_id: UUID
    scope: Scope
    started_at: datetime
    accounts: int = 0
    transfers: int = 0
    blocks: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 sound, 1 a difference (a command that cannot run exits 2)."""
        return 1 if self.findings else 0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    currency: str
    debits: int
    credits: int
    lanes: list[int]
    nos: list[int]


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    owner: UUID | None
    kind: int
    currency: str
    floor: int | None
    ceil: int | None
    debits: int
    credits: int
    seq: int
    base_debits: int
    base_credits: int
    base_seq: int


@dataclass(frozen=True, slots=True)
class _DayLegs:
    id: int
    day: date
    legs: int
    lowest: int
    debits: int
    credits: int
    last_seq: int
    last_after: int
    break_seq: int | None
    foreign_seq: int | None


_SNAPSHOT: Final = _SQL.rows("snapshot", _Snapshot)
_ACCOUNTS: Final = _SQL.rows("accounts", _Account)
_LEGS: Final = _SQL.rows("legs", _DayLegs)
_ORPHANS: Final = _SQL.values("orphans", UUID)
_OPEN_RUN: Final = _SQL.command("open_run")
_CLOSE_RUN: Final = _SQL.command("close_run")
_ADD_FINDINGS: Final = _SQL.command("add_findings")
_KEEP_DAYS: Final = _SQL.command("keep_days")


class _Gentle(Conn):
    """Rests as long as it works, so that payments keep at least half of what it could take."""

    __slots__ = ("_since",)

    def __init__(self, conn: Conn) -> None:
        super().__init__(conn.raw)
        self._since = time.monotonic()

    async def fetch(self, text: str, *args: db.Argument) -> list[db.Record]:
        """Read, then rest for the time since the last rest."""
        rows = await super().fetch(text, *args)
        await asyncio.sleep(time.monotonic() - self._since)
        self._since = time.monotonic()
        return rows


async def reconcile(database: Database, scope: Scope, *, now: datetime) -> Report:
    """Check the books and write down the run, its findings and the day's balances.

    Command: many short transactions, never one old snapshot. `database` is opened as quid_recon.
    Emits: ledger.drift_found.v1 for each finding. Locks: nothing that a payment waits for.
    """
    report = Report(ids.new(ids.random_bucket(), now), scope, now)
    async with database.transaction() as tx:
        await _OPEN_RUN.run(tx, report.run_id, now, str(scope))
    if scope.account is None:
        async with database.read() as conn:
            await _check_whole(_Gentle(conn), report)
    await _check_accounts(database, report, now=now)
    async with database.transaction() as tx:
        await _write(tx, report, now=now)
    return report


async def _check_whole(conn: Conn, report: Report) -> None:
    """R3, R6, R9."""
    sums = await _SNAPSHOT.all(conn)
    heads = dict(zip(sums[0].lanes, sums[0].nos, strict=True)) if sums else {}
    day = report.scope.day
    verdict = await queries.verify(conn, first=day, last=day, upto=heads)
    report.blocks, report.transfers = verdict.blocks, verdict.transfers
    for found in verdict.breaks:
        where = f"lane {found.lane}, block {found.block_no}"
        if found.transfer_id is not None:
            where += f", {ids.show('trf', found.transfer_id)}"
        report.findings.append(Finding("R6", f"{where}: {found.what}"))
    for s in sums:
        if s.debits != s.credits:
            report.findings.append(Finding("R3", f"all {s.currency} accounts", s.debits, s.credits))
        if day is None and verdict.is_sound and verdict.amounts[s.currency] != s.debits:
            journal = verdict.amounts[s.currency]
            report.findings.append(Finding("R3", f"journal in {s.currency}", journal, s.debits))
    async for after, upto in queries.id_ranges(conn):
        for orphan in await _ORPHANS.all(conn, after, upto):
            report.findings.append(Finding("R9", f"{ids.show('trf', orphan)} has no account"))


@dataclass(slots=True)
class _Walked:
    """An account with what its legs have said so far."""

    account: _Account
    debits: int
    credits: int
    seq: int
    last_after: int
    lowest: int = 0
    break_seq: int | None = None
    foreign_seq: int | None = None
    days: dict[date, tuple[int, int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, a: _Account) -> "_Walked":
        """Start from the last day kept."""
        return cls(a, a.base_debits, a.base_credits, a.base_seq, a.base_credits - a.base_debits)

    def add(self, legs: _DayLegs) -> None:
        """Add the legs of one day (or of a part of it)."""
        self.debits += legs.debits
        self.credits += legs.credits
        self.seq += legs.legs
        self.last_after = legs.last_after
        self.lowest = min(self.lowest, legs.lowest)
        self.break_seq = self.break_seq or legs.break_seq
        self.foreign_seq = self.foreign_seq or legs.foreign_seq
        self.days[legs.day] = (self.debits, self.credits, legs.last_seq)

    def findings(self) -> Iterator[Finding]:
        """R1, R2, R4 and R9 of this account."""
        a, net = self.account, self.account.credits - self.account.debits
        sums = (
            ("debits", self.debits, a.debits),
            ("credits", self.credits, a.credits),
            ("balance after the last leg", self.last_after, net),
        )
        for what, calculated, actual in sums:
            if calculated != actual:
                yield self._finding("R1", what, calculated, actual)
        if self.seq != a.seq:
            yield self._finding("R2", "number of legs", self.seq, a.seq)
        if self.break_seq is not None:
            yield self._finding("R2", f"entry {self.break_seq} does not follow the one before")
        lowest = min(net, self.lowest)
        if a.kind in _NEVER_NEGATIVE and lowest < 0:
            yield self._finding("R4", "below zero", 0, lowest)
        if a.floor is not None and net < a.floor:
            yield self._finding("R4", "below its floor", a.floor, net)
        if a.ceil is not None and net > a.ceil:
            yield self._finding("R4", "above its ceiling", a.ceil, net)
        if self.foreign_seq is not None:
            yield self._finding("R9", f"entry {self.foreign_seq} is of another currency")

    def _finding(
        self, check: Check, what: str, calculated: int | None = None, actual: int | None = None
    ) -> Finding:
        a = self.account
        return Finding(check, f"account {a.id}: {what}", calculated, actual, a.id, a.owner)


async def _check_accounts(database: Database, report: Report, *, now: datetime) -> None:
    """R1, R2, R4, R9 of some accounts at a time, and their balances at the end of each day."""
    scope = report.scope
    after, many = (-1, _ACCOUNTS_A_READ) if scope.account is None else (scope.account - 1, 1)
    while True:
        async with database.read() as read:
            conn = _Gentle(read)
            accounts = await _ACCOUNTS.all(conn, after, many, scope.is_full)
            if scope.account is not None:
                accounts = [a for a in accounts if a.id == scope.account]
            walked = {a.id: _Walked.of(a) for a in accounts}
            for wanted in _portions(accounts):
                await _walk(conn, walked, wanted)
        findings = {w.account.id: [*w.findings()] for w in walked.values()}
        report.accounts += len(accounts)
        report.findings += [f for found in findings.values() for f in found]
        async with database.transaction() as tx:
            await _keep_days(tx, [w for w in walked.values() if not findings[w.account.id]], now)
        if not accounts or scope.account is not None:
            return
        after = accounts[-1].id


def _portions(accounts: list[_Account]) -> Iterator[list[tuple[_Account, int, int]]]:
    """Cut the legs of some accounts into portions of one statement each.

    One with very many legs is walked in several, so that no statement runs for seconds.
    """
    portion: list[tuple[_Account, int, int]] = []
    room = _LEGS_A_READ
    for account in accounts:
        after = account.base_seq
        while after < account.seq:
            upto = min(account.seq, after + room)
            portion.append((account, after, upto))
            room -= upto - after
            after = upto
            if room == 0:
                yield portion
                portion, room = [], _LEGS_A_READ
    if portion:
        yield portion


async def _walk(
    conn: Conn, walked: dict[int, _Walked], portion: list[tuple[_Account, int, int]]
) -> None:
    days = await _LEGS.all(
        conn,
        [a.id for a, _, _ in portion],
        [a.currency for a, _, _ in portion],
        [after for _, after, _ in portion],
        [upto for _, _, upto in portion],
        [walked[a.id].last_after for a, _, _ in portion],
    )
    for day in days:
        walked[day.id].add(day)


async def _keep_days(tx: db.Tx, sound: list[_Walked], now: datetime) -> None:
    kept = [
        (w.account.id, day, *counters)
        for w in sound
        for day, counters in w.days.items()
        if day < now.date()
    ]
    if kept:
        await _KEEP_DAYS.run(tx, *map(list, zip(*kept, strict=True)))


async def _write(tx: db.Tx, report: Report, *, now: datetime) -> None:
    found = report.findings
    numbered = [ids.new(ids.bucket(f.owner or report.run_id), now) for f in found]
    if found:
        await _ADD_FINDINGS.run(
            tx,
            numbered,
            report.run_id,
            [f.check for f in found],
            [f.severity for f in found],
            [f.account for f in found],
            [f.owner for f in found],
            [f.calculated for f in found],
            [f.actual for f in found],
            [f.place for f in found],
            now,
        )
    facts = [
        events.DriftFound(f.check, f.severity, f.account, f.calculated, f.actual, f.place)
        for f in found
    ]
    await outbox.append(
        tx, [events.drift_found(i, fact, at=now) for i, fact in zip(numbered, facts, strict=True)]
    )
    await _CLOSE_RUN.run(
        tx, report.run_id, report.accounts, report.transfers, report.blocks, len(found)
    )


def render(report: Report) -> str:
    """Write the report as a table for the terminal."""
    lines = [
        f"{report.accounts:,} accounts, {report.transfers:,} transfers, {report.blocks:,} blocks",
        "",
    ]
    for check, what in CHECKS.items():
        found = [f for f in report.findings if f.check == check]
        lines.append(f"{check}  {f'{len(found)} found' if found else 'ok':<10} {what}")
        for f in found[:20]:
            numbers = ""
            if f.calculated is not None or f.actual is not None:
                numbers = f": calculated {f.calculated}, held {f.actual}"
            lines.append(f"      {f.severity:<8} {f.place}{numbers}")
    lines += ["", "The books are whole." if not report.findings else "DIFFERENCES FOUND."]
    return "\n".join(lines)
