"""Reconciliation finds each kind of drift and writes it down; it repairs nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from quid.kit import db, ids
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.service.reconcile import Report, Scope, accounts, render
from tests.support.ledger import Town, found_town, now, replace

WHOLE = Scope()


@pytest.fixture
async def town(database: db.Database) -> Town:
    town = await found_town(database)
    for i in range(4):
        await town.post(*[town.payment(p, (p + 1) % 3, 10 + i) for p in range(3)], lane=i % 2)
    return town


@pytest.fixture
async def auditor(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="auditor", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def hand(admin: asyncpg.Connection, town: Town) -> asyncpg.Connection:
    """A superuser who has switched the triggers of his session off."""
    assert town
    await admin.execute("set session_replication_role = replica")
    return admin


def found_by(report: Report) -> set[str]:
    return {f.check for f in report.findings}


async def test_whole_books_give_no_finding(
    town: Town, auditor: db.Database, admin: asyncpg.Connection
) -> None:
    report = await ledger.reconcile(auditor, WHOLE, now=now())
    assert (report.accounts, report.transfers, report.blocks) == (4, 15, 5)
    assert report.findings == []
    assert report.exit_code == 0
    assert "The books are whole." in render(report)
    row = await admin.fetchrow(
        "select id, scope, accounts, transfers, findings, ended_at from ledger.recon_run"
    )
    assert row is not None
    assert tuple(row)[:5] == (report.run_id, "all", 4, 15, 0)
    assert row["ended_at"] is not None
    assert await town.nets() == [10_000] * 3


DRIFTS = {
    "a cent more in a wallet": (
        "update ledger.account set credits = credits + 1 where id = $1",
        {"R1", "R3"},
    ),
    "both counters of a wallet": (
        "update ledger.account set credits = credits + 7, debits = debits + 7 where id = $1",
        {"R1", "R3"},
    ),
    "a sequence that skips": ("update ledger.account set seq = seq + 1 where id = $1", {"R2"}),
    "a missing leg": (
        "delete from ledger.journal where debit_id = $1 and debit_seq = 2",
        {"R1", "R2", "R6"},
    ),
    "a balance that does not follow": (
        "update ledger.journal set credit_after = 1 where credit_id = $1 and credit_seq = 3",
        {"R2", "R6"},
    ),
    "a floor above the balance": (
        "update ledger.account set floor = 1000000 where id = $1",
        {"R4"},
    ),
    "a ceiling below the balance": ("update ledger.account set ceil = 1 where id = $1", {"R4"}),
    "a foreign currency": (
        "update ledger.account set currency = 'EUR' where id = $1",
        {"R3", "R9"},
    ),
    "an account that is gone": ("delete from ledger.account where id = $1", {"R3", "R9"}),
}


@pytest.mark.spoils("it drifts the books behind the ledger's back")
@pytest.mark.parametrize("drift", DRIFTS)
async def test_drift_is_found_written_down_and_told(
    town: Town, auditor: db.Database, hand: asyncpg.Connection, drift: str
) -> None:
    change, checks = DRIFTS[drift]
    await hand.execute(change, town.wallets[0])
    report = await ledger.reconcile(auditor, WHOLE, now=now())
    assert found_by(report) == checks
    assert report.exit_code == 1
    assert "DIFFERENCES FOUND" in render(report)
    rows = await hand.fetch('select "check", account_id, severity from ledger.recon_finding')
    assert {r["check"] for r in rows} == checks
    told = await hand.fetch("select type, payload from kit.outbox where topic = 'ledger'")
    assert len(told) == len(rows) == len(report.findings)
    assert {t["type"] for t in told} == {"ledger.drift_found.v1"}
    assert {msgspec.json.decode(t["payload"])["data"]["check"] for t in told} == checks


@pytest.mark.spoils("it drifts the books behind the ledger's back")
@pytest.mark.parametrize(("by", "severity"), [(1, "warning"), (2, "page")])
async def test_one_minor_unit_warns_and_more_pages(
    town: Town, auditor: db.Database, hand: asyncpg.Connection, by: int, severity: str
) -> None:
    await hand.execute(
        "update ledger.account set credits = credits + $2 where id = $1", town.wallets[0], by
    )
    report = await ledger.reconcile(auditor, Scope(account=town.wallets[0]), now=now())
    assert {f.severity for f in report.findings} == {severity}
    owner = await hand.fetchval("select owner from ledger.account where id = $1", town.wallets[0])
    assert {(f.account, f.owner) for f in report.findings} == {(town.wallets[0], owner)}
    other = await ledger.reconcile(auditor, Scope(account=town.wallets[1]), now=now())
    assert (other.findings, other.accounts) == ([], 1)


@pytest.mark.parametrize("legs", [1, 2, 5])
async def test_an_account_with_very_many_legs_is_walked_in_portions(
    town: Town, auditor: db.Database, monkeypatch: pytest.MonkeyPatch, legs: int
) -> None:
    monkeypatch.setattr(accounts, "_LEGS_A_READ", legs)
    monkeypatch.setattr(accounts, "_ACCOUNTS_A_READ", 2)
    report = await ledger.reconcile(auditor, Scope(is_full=True), now=now())
    assert (report.findings, report.accounts) == ([], 1 + len(town.wallets))


@pytest.mark.spoils("it drifts the books behind the ledger's back")
async def test_a_break_between_two_portions_is_found(
    town: Town, auditor: db.Database, hand: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_LEGS_A_READ", 1)
    await hand.execute(
        "update ledger.journal set debit_after = debit_after + 1 where debit_id = $1 "
        "and debit_seq = 4",
        town.wallets[0],
    )
    report = await ledger.reconcile(auditor, Scope(account=town.wallets[0]), now=now())
    assert [(f.check, f.place.partition(": ")[2]) for f in report.findings] == [
        ("R2", "entry 4 does not follow the one before")
    ]


async def _post_at(town: Town, admin: asyncpg.Connection, ahead: timedelta) -> None:
    await admin.execute("update ledger.calendar set clock_ahead = $1", ahead)
    at = now() + ahead
    async with town.database.transaction() as tx:
        item = replace(town.payment(0, 1, 25), id=ids.new(7, at))
        await ledger.post(tx, [item], now=at)


async def test_ended_days_are_kept_and_carry_the_sums(
    town: Town, auditor: db.Database, admin: asyncpg.Connection
) -> None:
    for day in (1, 3):
        await _post_at(town, admin, timedelta(days=day))
    later = now() + timedelta(days=3)
    for scope in (WHOLE, WHOLE, Scope(is_full=True), Scope(day=now().date())):
        report = await ledger.reconcile(auditor, scope, now=later)
        assert report.findings == []
    rows = await admin.fetch(
        "select day, credits - debits as net, seq from ledger.day_balance "
        "where account_id = $1 order by day",
        town.wallets[0],
    )
    today = now().date()
    assert [tuple(r) for r in rows] == [
        (today, 10_000, 9),
        (today + timedelta(days=1), 9_975, 10),
    ]
    async with town.database.read() as conn:
        nets = [
            await queries.net_as_of(conn, town.wallets[0], now() + timedelta(days=day))
            for day in (-1, 0, 2, 4)
        ]
    assert nets == [0, 10_000, 9_975, 9_950]
