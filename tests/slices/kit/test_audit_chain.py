"""Nobody changes, takes, adds or exchanges a line of the audit log and stays unseen."""

import asyncio
from contextvars import Context
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.kit import db, ids
from quid.kit.audit import Entry, chain, record
from quid.kit.audit.chain import Verdict
from tests.slices.kit.desk import NOW


def entry(n: int) -> Entry:
    return Entry(
        id=ids.new(n % 1024, NOW + timedelta(milliseconds=n)),
        at=NOW + timedelta(milliseconds=n),
        actor=f"usr_{n}",
        actor_type="person",
        action="test.act",
        resource_type="thing",
        resource_id=f'thg_{n}, "quoted" (and) \\odd',
        outcome="ok",
        request_id=None if n % 2 else "a-request",
        details={"n": n, "none": None},
    )


async def write(database: db.Database, *numbers: int) -> list[UUID]:
    entries = [entry(n) for n in numbers]
    async with database.transaction() as tx:
        await record(tx, entries)
    return [e.id for e in entries if e.id]


async def link_once(database: db.Database) -> list[chain.Head]:
    async with database.transaction() as tx:
        return await chain.link(tx)


async def link(database: db.Database) -> list[chain.Head]:
    """Link all that is committed: a running transaction of another test's database holds it up."""
    made = await link_once(database)
    while (await verify(database)).waiting:
        await asyncio.sleep(0.02)
        made += await link_once(database)
    return made


async def verify(database: db.Database, known: tuple[int, bytes] | None = None) -> Verdict:
    async with database.read() as conn:
        return await chain.verify(conn, known=known)


async def tamper(admin: asyncpg.Connection, text: str, *args: object) -> None:
    """Do what only the owner of the server can."""
    await admin.execute("set session_replication_role = replica")
    await admin.execute(text, *args)
    await admin.execute("set session_replication_role = origin")


async def test_an_empty_log_is_sound(database: db.Database) -> None:
    assert await link(database) == []
    assert await verify(database) == Verdict()


async def test_what_was_written_is_chained_once(database: db.Database) -> None:
    await write(database, *range(2500))
    made = await link(database)
    assert [h.no for h in made] == [1, 2, 3]
    assert sum(h.rows for h in made) == 2500
    assert await link(database) == []
    await write(database, 2500)
    [last] = await link(database)
    verdict = await verify(database, (4, last.hash))
    assert verdict.is_sound
    assert (verdict.rows, verdict.blocks, verdict.waiting) == (2501, 4, 0)


async def test_an_older_transaction_that_commits_late_is_not_skipped(
    database: db.Database,
) -> None:
    async with database.transaction() as slow:
        await record(slow, [entry(1)])
        await asyncio.create_task(write(database, 2), context=Context())
        linked = asyncio.create_task(link_once(database), context=Context())
        assert await linked == []  # it waits for the older one
        assert (await verify(database)).waiting == 1
    assert sum(h.rows for h in await link(database)) == 2
    assert (await verify(database)).is_sound


@pytest.mark.parametrize(
    "column",
    [
        "at = at + interval '1 microsecond'",
        "actor = 'usr_x'",
        "actor_type = 'system'",
        "action = 'test.other'",
        "resource_type = 'x'",
        "resource_id = 'x'",
        "ip = '10.0.0.1'",
        "request_id = 'x'",
        "details = '{}'",
        "outcome = 'x'",
        "xid = '3'",
    ],
)
async def test_an_edit_of_any_column_is_found_and_named(
    column: str, database: db.Database, admin: asyncpg.Connection
) -> None:
    rows = await write(database, *range(5))
    await link(database)
    await tamper(admin, f"update kit.audit set {column} where id = $1", rows[3])
    verdict = await verify(database)
    assert [(b.row_id, b.what) for b in verdict.breaks] == [(rows[3], "was changed")]


async def test_a_deletion_is_found_and_named(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    rows = await write(database, *range(5))
    await link(database)
    await tamper(admin, "delete from kit.audit where id = $1", rows[0])
    assert [(b.row_id, b.what) for b in (await verify(database)).breaks] == [(rows[0], "is gone")]


async def test_an_insertion_into_the_past_is_found_and_named(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    rows = await write(database, *range(0, 10, 2))
    await link(database)
    forged = ids.new(1, NOW + timedelta(milliseconds=5))
    await admin.execute(
        "insert into kit.audit (id, at, actor, actor_type, action, resource_type, resource_id, "
        "outcome, xid) select $1, at, actor, actor_type, action, resource_type, resource_id, "
        "outcome, xid from kit.audit where id = $2",
        forged,
        rows[2],
    )
    found = [(b.row_id, b.what) for b in (await verify(database)).breaks]
    assert found == [(forged, "is in no block: added later")]


async def test_two_rows_that_change_places_are_found(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    rows = await write(database, *range(5))
    await link(database)
    await tamper(
        admin,
        "update kit.audit a set actor = b.actor, resource_id = b.resource_id from kit.audit b "
        "where (a.id, b.id) in (($1, $2), ($2, $1))",
        rows[1],
        rows[2],
    )
    assert {b.row_id for b in (await verify(database)).breaks} == {rows[1], rows[2]}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update kit.audit_block set ids[1] = ids[2], ids[2] = ids[1] where no = 2", "changed"),
        ("update kit.audit_block set hash = prev where no = 2", "block itself"),
        ("update kit.audit_block set at = now() where no = 2", "block itself"),
        ("update kit.audit_block set prev = hash where no = 2", "does not follow"),
        ("delete from kit.audit_block where no = 2", "no block from 2"),
        ("delete from kit.audit_block where no = 3", "it is gone"),
    ],
)
async def test_a_change_of_the_chain_itself_is_found(
    change: str, what: str, database: db.Database, admin: asyncpg.Connection
) -> None:
    for n in range(3):
        await write(database, 2 * n, 2 * n + 1)
        [last] = await link(database)
    assert (await verify(database)).is_sound
    await tamper(admin, change)
    found = (await verify(database, (last.no, last.hash))).breaks
    assert any(what in b.what for b in found), found


async def test_a_chain_written_anew_is_found_by_a_head_of_the_log(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    rows = await write(database, *range(5))
    [known] = await link(database)
    await tamper(admin, "delete from kit.audit_block")
    await tamper(admin, "update kit.audit set actor = 'usr_x' where id = $1", rows[2])
    await link(database)
    assert (await verify(database)).is_sound
    [found] = (await verify(database, (known.no, known.hash))).breaks
    assert found.what == "is not the block that the log knew"


async def test_in_a_restored_database_the_chain_goes_on(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await write(database, *range(5))
    await link(database)
    # As after a restore: the blocks are of another cluster, whose numbers were higher than ours.
    await tamper(admin, "update kit.audit_block set system_id = 'another'")
    [new] = await write(database, 9)
    [head] = await link(database)
    assert (head.no, head.rows) == (2, 1)
    verdict = await verify(database)
    assert verdict.is_sound
    assert verdict.rows == 6
    await tamper(admin, "delete from kit.audit where id = $1", new)
    assert [b.row_id for b in (await verify(database)).breaks] == [new]


@pytest.mark.parametrize(
    "text",
    ["insert into kit.audit_block (no) values (1)", "update kit.audit_block set no = 9"],
)
async def test_the_application_cannot_write_the_chain(text: str, database: db.Database) -> None:
    async with database.read() as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.raw.execute(text)
