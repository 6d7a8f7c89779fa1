"""Migrations: from empty, again, two at once, an edited file; and what the roles may not do."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from quid import migrations
from quid.kit import db
from tests.support import run
from tests.support.database import clone, connected

SCHEMAS = ["kit", "ledger", "identity", "risk", "payments"]
FORBIDDEN = (
    "insert into {table} default values",
    "update {table} set {column} = {column}",
    "delete from {table}",
    "truncate {table}",
)


@pytest.fixture
async def empty_url(servers: run.Addresses) -> AsyncIterator[str]:
    """A database in which nothing has ever run."""
    async with clone(servers.database_url, None) as url:
        yield url


async def test_from_empty_every_file_runs_in_order(empty_url: str) -> None:
    assert await migrations.run(empty_url) == [step.name for step in migrations.steps()]


async def test_a_second_run_changes_nothing(empty_url: str) -> None:
    await migrations.run(empty_url)
    async with connected(empty_url) as conn:
        before = await conn.fetch("select name, hash, at from kit.migration order by name")
        assert await migrations.run(empty_url) == []
        assert await conn.fetch("select name, hash, at from kit.migration order by name") == before


async def test_two_runs_at_once_take_turns(empty_url: str) -> None:
    first, second = await asyncio.gather(migrations.run(empty_url), migrations.run(empty_url))
    assert sorted([first, second], key=len) == [[], [step.name for step in migrations.steps()]]


async def test_a_file_that_ran_in_another_form_is_refused(db_url: str) -> None:
    async with connected(db_url) as conn:
        await conn.execute("update kit.migration set hash = 'other' where name like 'kit_0001%'")
    with pytest.raises(ValueError, match=r"kit_0001_base\.sql ran here in another form"):
        await migrations.run(db_url)


def test_a_file_that_history_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "digest", lambda _: "other")
    with pytest.raises(ValueError, match="is not the file that HISTORY lists"):
        migrations.steps()


async def test_a_changed_function_runs_again_alone(db_url: str) -> None:
    name = next(step.name for step in migrations.steps() if step.is_repeatable)
    async with connected(db_url) as conn:
        await conn.execute("update kit.migration set hash = 'older' where name = $1", name)
    assert await migrations.run(db_url) == [name]


async def test_a_broken_file_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "create schema half; create table half.done (); select 1 / 0"
    broken = migrations.Step("kit_9999_broken.sql", text, "hash", is_repeatable=False)
    steps = [*migrations.steps(), broken]
    monkeypatch.setattr(migrations, "steps", lambda: steps)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrations.run(empty_url)
    async with connected(empty_url) as conn:
        assert await conn.fetchval("select to_regnamespace('half')") is None
        assert not await conn.fetchval("select 1 from kit.migration where name = $1", broken.name)


async def _writable(statement: str, database: db.Database, admin: asyncpg.Connection) -> list[str]:
    """Name the tables of the ledger on which the application may run this."""
    tables = await admin.fetch(
        "select c.oid::regclass::text, min(a.attname::text) from pg_class c "
        "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attidentity = '' "
        "where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p') group by 1"
    )
    assert len(tables) > 5
    allowed = []
    async with database.read() as conn:
        for table, column in tables:
            try:
                await conn.raw.execute(statement.format(table=table, column=column))
                allowed.append(table)
            except asyncpg.InsufficientPrivilegeError:
                continue
    return allowed


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_application_cannot_write_the_books(
    statement: str, database: db.Database, admin: asyncpg.Connection
) -> None:
    assert await _writable(statement, database, admin) == []


async def test_a_right_given_by_mistake_is_found(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await admin.execute("grant delete on ledger.recon_finding to quid_app")
    found = await _writable("delete from {table}", database, admin)
    assert found == ["ledger.recon_finding"]


@pytest.mark.parametrize("verb", ["update kit.audit set actor = actor", "delete from kit.audit"])
async def test_the_audit_log_is_appended_only(verb: str, admin: asyncpg.Connection) -> None:
    # Even the owner of the database is stopped, by a trigger; the application has no right at all.
    await admin.execute(
        "insert into kit.audit (id, at, actor, actor_type, action, resource_type, resource_id, "
        "outcome) values (gen_random_uuid(), now(), 'x', 'system', 'x', 'x', 'x', 'ok')"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute(verb)


@pytest.mark.parametrize(
    "change", ["update kit.idempotency set status = 500", "delete from kit.idempotency"]
)
async def test_a_finished_key_stays_as_it_is(
    change: str, database: db.Database, admin: asyncpg.Connection
) -> None:
    # Without its row the same request would move money a second time.
    await admin.execute(
        "insert into kit.idempotency "
        "(user_id, operation, key_hash, request_hash, status, answer, created_at) "
        "values (gen_random_uuid(), 'x', 'k', 'r', 201, 'first', now())"
    )
    async with database.read() as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await conn.raw.execute(change)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute(change)


async def test_no_role_of_ours_can_sign_in_or_rule(admin: asyncpg.Connection) -> None:
    roles = await admin.fetch(
        "select rolname, rolcanlogin or rolsuper or rolcreaterole or rolbypassrls as is_strong "
        "from pg_roles where rolname like 'quid\\_%' order by rolname"
    )
    assert [tuple(role) for role in roles] == [
        ("quid_app", False),
        ("quid_ledger_owner", False),
        ("quid_recon", False),
    ]


# What must find nothing: a table without a word on what it means; a function that runs as its owner
# and lets the caller's search path slip another one under its feet; one that anybody may call.
SEARCHES = {
    "silent tables": (
        (
            "select c.oid::regclass::text from pg_class c "
            "where c.relnamespace::regnamespace::text = any ($1) "
            "and c.relkind in ('r', 'p') and not c.relispartition "
            "and obj_description(c.oid, 'pg_class') is null"
        ),
        "create table risk.planted (id int)",
    ),
    "open search paths": (
        (
            "select p.oid::regprocedure::text from pg_proc p "
            "where p.prosecdef and p.pronamespace::regnamespace::text = any ($1) "
            "and not coalesce(p.proconfig::text, '') like '%\"search_path=pg_catalog, pg_temp\"%'"
        ),
        # With pg_catalog alone a temporary table or type of the caller still comes first.
        (
            "create function risk.planted() returns int language sql security definer "
            "set search_path = pg_catalog return 1; "
            "revoke all on function risk.planted from public"
        ),
    ),
    "functions for everybody": (
        (
            "select p.oid::regprocedure::text from pg_proc p "
            "where p.prosecdef and p.pronamespace::regnamespace::text = any ($1) "
            "and (p.proacl is null or p.proacl::text ~ '[{,]=X')"
        ),
        (
            "create function risk.planted() returns int language sql security definer "
            "set search_path = pg_catalog return 1"
        ),
    ),
}


@pytest.mark.parametrize("name", SEARCHES)
async def test_nothing_unsafe_was_migrated_and_a_planted_fault_is_found(
    name: str, admin: asyncpg.Connection
) -> None:
    search, fault = SEARCHES[name]
    assert [row[0] for row in await admin.fetch(search, SCHEMAS)] == []
    await admin.execute(fault)
    assert len(await admin.fetch(search, SCHEMAS)) == 1
