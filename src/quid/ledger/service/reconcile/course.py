"""The course of a run: the whole first, then account by account, then what was found."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import Conn, Database
from quid.ledger import findings, queries
from quid.ledger.findings import Finding
from quid.ledger.queries.verify import Break, noted_in
from quid.ledger.rules.ageing import CLEARING, due_at
from quid.ledger.service.reconcile.accounts import check_accounts
from quid.ledger.service.reconcile.report import Report, Scope
from quid.ledger.settings import LedgerSettings
from quid.ledger.types import Kind

_SQL: Final = db.sql("quid.ledger", "reconcile")
_PAGE: Final = 500
Completeness = Callable[[Conn], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Controls:
    """What a run is held to beside the rows themselves.

    `seal_key`: public key of the day seals; None = they are not looked at. `others`: R10, given by
    the slices whose objects should have transfers.
    """

    terms: LedgerSettings
    seal_key: bytes | None = None
    others: tuple[Completeness, ...] = ()


@dataclass(frozen=True, slots=True)
class _Snapshot:
    currency: str
    debits: int
    credits: int
    lanes: list[int]
    nos: list[int]


@dataclass(frozen=True, slots=True)
class _Reversed:
    id: UUID
    noted: int
    undone: int
    original: int | None


@dataclass(frozen=True, slots=True)
class _Held:
    id: UUID
    is_sound: bool


@dataclass(frozen=True, slots=True)
class _Item:
    account_id: int
    cause_id: UUID
    kind: int
    owner: UUID | None
    net: int
    since: datetime


@dataclass(frozen=True, slots=True)
class _Undrained:
    id: int
    owner: UUID | None
    net: int
    items: int


@dataclass(frozen=True, slots=True)
class _Sides:
    id: UUID
    account_id: int
    owner: UUID


_SNAPSHOT: Final = _SQL.rows("snapshot", _Snapshot)
_ORPHANS: Final = _SQL.values("orphans", UUID)
_LATE: Final = _SQL.values("late", UUID)
_HOLDS: Final = _SQL.rows("holds", _Held)
_REVERSED: Final = _SQL.rows("reversed", _Reversed)
_UNNOTED: Final = _SQL.values("unnoted", UUID)
_ITEMS: Final = _SQL.rows("items", _Item)
_UNDRAINED: Final = _SQL.rows("undrained", _Undrained)
_SIDES: Final = _SQL.rows("sides", _Sides)
_OPEN_RUN: Final = _SQL.command("open_run")
_CLOSE_RUN: Final = _SQL.command("close_run")
_FIRST: Final = UUID(int=0)


async def reconcile(
    database: Database, scope: Scope, *, now: datetime, controls: Controls | None = None
) -> Report:
    """Check the books and write down the run, its findings and the day's balances.

    Command: many short transactions, never one old snapshot. `database` is opened as quid_recon.
    Emits: ledger.drift_found.v1 for each finding. Locks: the accounts of people that it freezes.
    """
    report = Report(ids.new(ids.random_bucket(), now), scope, now)
    await _open(database, report)
    return await _run(database, report, controls or Controls(LedgerSettings()), now=now)


async def reconcile_night(
    database: Database, *, now: datetime, controls: Controls
) -> Report | None:
    """Check the books once a night; None when it was done, or is under way in another process.

    A run that did not end within two hours has died, and is taken up anew.
    """
    midnight = datetime.combine(now.date(), time(), UTC)
    report = Report(ids.derived(midnight, "ledger.night", 0), Scope(), now)
    if not await _open(database, report):
        return None
    return await _run(database, report, controls, now=now)


async def _open(database: Database, report: Report) -> int:
    async with database.transaction() as tx:
        return await _OPEN_RUN.run(tx, report.run_id, report.started_at, str(report.scope))


async def _run(database: Database, report: Report, against: Controls, *, now: datetime) -> Report:
    if report.scope.account is None:
        async with database.read() as read:
            conn = queries.Gentle(read)
            await _check_whole(conn, report, against)
            await _check_holds(conn, report)
            if report.scope.day is None:
                await _check_items(conn, report, against.terms, now=now)
                for check in against.others:
                    report.findings += await check(conn)
    await check_accounts(database, report, now=now)
    async with database.transaction() as tx:
        await findings.write(tx, report.findings, run_id=report.run_id, now=now)
        counted = report.accounts, report.transfers, report.blocks, len(report.findings)
        await _CLOSE_RUN.run(tx, report.run_id, *counted)
    return report


async def _check_whole(conn: Conn, report: Report, against: Controls) -> None:
    """R3, R6, R9."""
    sums = await _SNAPSHOT.all(conn)
    heads = dict(zip(sums[0].lanes, sums[0].nos, strict=True)) if sums else {}
    day, noted = report.scope.day, None
    if against.seal_key is not None:
        sealed = await queries.seals(conn)
        faults = await queries.seal_faults(conn, sealed, key=against.seal_key)
        report.findings += [Finding("R6", f"seal of {day}: {what}") for day, what in faults]
        sound = [s for s in sealed if s.day not in {day for day, _ in faults}]
        noted = noted_in([s.read() for s in sound])
    verdict = await queries.verify(conn, first=day, last=day, upto=heads, noted=noted)
    report.blocks, report.transfers = verdict.blocks, verdict.transfers
    report.findings += await _breaks(conn, verdict.breaks)
    for s in sums:
        if s.debits != s.credits:
            report.findings.append(Finding("R3", f"all {s.currency} accounts", s.debits, s.credits))
        if day is None and verdict.is_sound and verdict.amounts[s.currency] != s.debits:
            journal = verdict.amounts[s.currency]
            report.findings.append(Finding("R3", f"journal in {s.currency}", journal, s.debits))
    async for after, upto in queries.id_ranges(conn):
        for orphan in await _ORPHANS.all(conn, after, upto):
            place = f"{ids.show('trf', orphan)} has no account"
            report.findings.append(Finding("R9", place, transfer=orphan))
        for act in await _UNNOTED.all(conn, after, upto):
            place = f"{ids.show('trf', act)}: what it undoes, or its hold, does not know of it"
            report.findings.append(Finding("R5", place, transfer=act))


async def _breaks(conn: Conn, breaks: Sequence[Break]) -> list[Finding]:
    """R6: a changed row is found once for each person whose account it names."""
    changed = [b.transfer_id for b in breaks if b.transfer_id is not None]
    sides: dict[UUID, list[_Sides]] = {}
    if changed:
        for side in await _SIDES.all(conn, changed, min(changed), max(changed)):
            sides.setdefault(side.id, []).append(side)
    found = []
    for b in breaks:
        where = f"lane {b.lane}, block {b.block_no}"
        if b.transfer_id is None:
            found.append(Finding("R6", f"{where}: {b.what}"))
            continue
        place = f"{where}, {ids.show('trf', b.transfer_id)}: {b.what}"
        people = sides.get(b.transfer_id, [])
        found += [
            Finding("R6", place, account=s.account_id, owner=s.owner, transfer=s.id) for s in people
        ] or [Finding("R6", place, transfer=b.transfer_id)]
    return found


async def _check_holds(conn: Conn, report: Report) -> None:
    """R5: no hold is late or other than its transfers; nothing is undone by more than it moved."""
    for late in await _LATE.all(conn):
        place = f"{ids.show('trf', late)}: an open hold, five minutes past its time"
        report.findings.append(Finding("R5", place, transfer=late))
    after = _FIRST
    while holds := await _HOLDS.all(conn, after, _PAGE):
        for held in holds:
            place = f"{ids.show('trf', held.id)}: the hold is not what its transfers say"
            if not held.is_sound:
                report.findings.append(Finding("R5", place, transfer=held.id))
        after = holds[-1].id
    after = _FIRST
    while noted := await _REVERSED.all(conn, after, _PAGE):
        for r in noted:
            place = f"{ids.show('trf', r.id)}: undone"
            if r.noted != r.undone or r.undone > (r.original or 0):
                report.findings.append(Finding("R5", place, r.undone, r.noted, transfer=r.id))
        after = noted[-1].id


async def _check_items(conn: Conn, report: Report, terms: LedgerSettings, *, now: datetime) -> None:
    """R7: nothing stands past its term; the items of an account are its balance."""
    for kind in sorted(CLEARING):
        for item in await _ITEMS.all(conn, kind, now, _PAGE):
            if due_at(Kind(item.kind), item.since, terms) > now:
                continue
            days = (now - item.since) // timedelta(days=1)
            place = f"account {item.account_id}: {kind.name.lower()} stands for {days} days"
            report.findings.append(
                Finding("R7", place, 0, item.net, item.account_id, item.owner, cause=item.cause_id)
            )
    for u in await _UNDRAINED.all(conn, sorted(CLEARING)):
        place = f"account {u.id}: its open items"
        report.findings.append(Finding("R7", place, u.items, u.net, u.id, u.owner))
