"""R1, R2, R4, R9 of each account, and R5 of those that hold reserved money."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.kit.db import Conn, Database
from quid.ledger import queries
from quid.ledger.findings import Check, Finding
from quid.ledger.service.reconcile.report import Report
from quid.ledger.types import Kind

_SQL: Final = db.sql("quid.ledger", "reconcile")
_ACCOUNTS_A_READ: Final = 2_000
_LEGS_A_READ: Final = 100_000
_NEVER_NEGATIVE: Final = range(201, 205)


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


@dataclass(frozen=True, slots=True)
class _Reserved:
    id: int
    owner: UUID | None
    held: int
    actual: int


_ACCOUNTS: Final = _SQL.rows("accounts", _Account)
_LEGS: Final = _SQL.rows("legs", _DayLegs)
_RESERVED: Final = _SQL.rows("reserved", _Reserved)
_KEEP_DAYS: Final = _SQL.command("keep_days")


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


async def check_accounts(database: Database, report: Report, *, now: datetime) -> None:
    """Walk the accounts, some at a time, and keep their balances at the end of each day."""
    scope = report.scope
    after, many = (-1, _ACCOUNTS_A_READ) if scope.account is None else (scope.account - 1, 1)
    while True:
        async with database.read() as read:
            conn = queries.Gentle(read)
            accounts = await _ACCOUNTS.all(conn, after, many, scope.is_full)
            if scope.account is not None:
                accounts = [a for a in accounts if a.id == scope.account]
            walked = {a.id: _Walked.of(a) for a in accounts}
            for wanted in _portions(accounts):
                await _walk(conn, walked, wanted)
            findings = {w.account.id: [*w.findings()] for w in walked.values()}
            reserving = [a.id for a in accounts if a.kind == Kind.RESERVED]
            if reserving:
                report.findings += await _reserved(conn, reserving)
        report.accounts += len(accounts)
        report.findings += [f for found in findings.values() for f in found]
        sound = [w for w in walked.values() if not findings[w.account.id]]
        async with database.transaction() as tx:
            await _keep_days(tx, sound, now)
        if not accounts or scope.account is not None:
            return
        after = accounts[-1].id


async def _reserved(conn: Conn, accounts: list[int]) -> list[Finding]:
    """R5: what is set aside is what is left of the open holds, in one snapshot."""
    what = "what is left of its open holds"
    return [
        Finding("R5", f"account {r.id}: {what}", r.held, r.actual, r.id, r.owner)
        for r in await _RESERVED.all(conn, accounts)
    ]


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
