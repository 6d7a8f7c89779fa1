"""Timed jobs run one at a time and outlive their failures; the audit log only grows."""

import asyncio
from contextvars import Context
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from structlog.typing import EventDict

from quid.kit import audit, db, ids, jobs, outbox
from quid.kit.audit import Entry
from quid.kit.jobs import Job

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_a_job_runs_in_one_process_at_a_time(database: db.Database) -> None:
    runs: list[datetime] = []
    inside, leave = asyncio.Event(), asyncio.Event()

    async def work(_: db.Tx, now: datetime) -> None:
        runs.append(now)
        inside.set()
        await leave.wait()

    job = Job("test.work", 60, work)
    first = asyncio.create_task(jobs.run_once(database, job, now=NOW))
    await inside.wait()
    assert not await jobs.run_once(database, job, now=NOW)
    other = Job("test.other", 60, nothing)
    assert await jobs.run_once(database, other, now=NOW)
    leave.set()
    assert await first
    assert await jobs.run_once(database, job, now=NOW)
    assert runs == [NOW, NOW]


async def nothing(_tx: db.Tx, _now: datetime) -> None:
    return


async def test_a_job_that_fails_is_run_again(
    database: db.Database, logged: list[EventDict]
) -> None:
    stop = asyncio.Event()
    runs: list[datetime] = []

    async def work(tx: db.Tx, now: datetime) -> None:
        runs.append(now)
        if len(runs) == 1:
            await tx.fetch("select 1 / 0")
        if len(runs) == 2:
            raise ConnectionResetError
        if len(runs) == 3:
            stop.set()

    async with asyncio.timeout(10):
        await jobs.keep(database, Job("test.work", 0.01, work), stop)
    assert len(runs) == 3
    assert [line["event"] for line in logged] == ["job.failed"] * 2


async def test_a_stop_ends_the_wait_of_a_job(database: db.Database) -> None:
    stop = asyncio.Event()
    ran = asyncio.Event()

    async def work(_tx: db.Tx, _now: datetime) -> None:
        ran.set()

    keeping = asyncio.create_task(jobs.keep(database, Job("test.work", 3600, work), stop))
    await ran.wait()
    stop.set()
    async with asyncio.timeout(5):
        await keeping


async def test_a_failed_job_leaves_nothing(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    async def work(tx: db.Tx, _now: datetime) -> None:
        await audit.record(tx, [entry()])
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is ours
        await jobs.run_once(database, Job("test.work", 60, work), now=NOW)
    assert await admin.fetchval("select count(*) from kit.audit") == 0


def entry(id_: UUID | None = None) -> Entry:
    return Entry(
        actor="usr_1",
        actor_type="operator",
        action="identity.freeze",
        resource_type="person",
        resource_id="usr_2",
        outcome="done",
        at=NOW,
        request_id="req",
        details={"reason": "REPORTED", "minor": 5, "is_new": True, "none": None},
        id=id_,
    )


async def test_days_are_made_whatever_there_is_to_forget(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    # Once both were one transaction: what took long or failed there left payments without a day.
    now = datetime.now(UTC)  # noqa: TID251 - a test is a door
    await admin.fetch("select kit.ensure_outbox_days($1::date, 1)", now.date() - timedelta(days=20))
    await admin.execute("insert into kit.inbox values ('test', $1)", ids.first_of(NOW))
    await admin.execute(
        "insert into kit.outbox_cursor (consumer, system_id, xid, moved_at) "
        "select 'test', system_identifier::text, pg_current_xact_id(), now() "
        "from pg_control_system()"
    )
    async with admin.transaction():
        await admin.execute("select from kit.inbox for update")  # the delete takes long
        async with asyncio.timeout(5):
            assert await jobs.run_once(database, Job("test.tend", 60, tend), now=now)
    old = f"kit.outbox_{now - timedelta(days=20):%Y%m%d}"
    assert await admin.fetchval("select to_regclass($1)", old) is None


async def tend(tx: db.Tx, now: datetime) -> None:
    await outbox.tend(tx, now=now)


async def test_an_act_is_written_with_its_transaction(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        await audit.record(tx, [entry(), entry()])
        await audit.record(tx, [])
    rows = await admin.fetch("select * from kit.audit")
    assert len({r["id"] for r in rows}) == 2
    row = dict(rows[0])
    assert row.pop("details") == (
        '{"none": null, "minor": 5, "is_new": true, "reason": "REPORTED"}'
    )
    assert (row["at"], row["actor"], row["outcome"]) == (NOW, "usr_1", "done")
    assert ids.time_of(row["id"]) == NOW


async def test_a_second_delivery_finds_the_first_row(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    one = ids.new(3, NOW)
    for _ in range(2):
        async with database.transaction() as tx:
            await audit.record(tx, [entry(one)])
    assert await admin.fetchval("select count(*) from kit.audit") == 1


@pytest.mark.parametrize(
    "change",
    ["update kit.audit set actor = 'x'", "delete from kit.audit", "truncate kit.audit"],
)
async def test_nobody_changes_the_audit_log(
    database: db.Database, admin: asyncpg.Connection, change: str
) -> None:
    async with database.transaction() as tx:
        await audit.record(tx, [entry()])

    async def attempt() -> None:
        async with database.transaction() as tx:
            await tx.execute(change)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncio.create_task(attempt(), context=Context())
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute(change)  # not even the superuser, by accident
    assert await admin.fetchval("select count(*) from kit.audit") == 1
