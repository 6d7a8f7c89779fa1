"""Every statement agrees with the migrated database, with its dataclass and with the house."""

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import quid
from quid.kit import db
from tests.arch import sql_rules

SOURCE = Path(quid.__file__).parent
MIGRATIONS = sorted((SOURCE / "migrations").rglob("*.sql"))


@pytest.fixture
async def conn(database: db.Database) -> AsyncIterator[asyncpg.Connection]:
    """A session as the application has it: role `quid_app`, empty search path."""
    async with database.read() as opened:
        yield opened.raw


@pytest.fixture(scope="module")
def claims() -> dict[tuple[str, str, str], sql_rules.Claim]:
    """All statements that Python claims; every module of a slice is imported for it."""
    for module in pkgutil.walk_packages([str(SOURCE)], "quid."):
        if not module.name.startswith("quid.entrypoints"):
            importlib.import_module(module.name)
    return dict(db.REGISTRY)


async def test_every_statement_keeps_the_rules(
    claims: dict[tuple[str, str, str], sql_rules.Claim], conn: asyncpg.Connection
) -> None:
    faults = []
    for key, claim in claims.items():
        found = [*sql_rules.text_faults(claim.statement)]
        found += await sql_rules.database_faults(conn, claim)
        faults += [f"{'.'.join(key)} {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def test_every_statement_is_claimed(
    claims: dict[tuple[str, str, str], sql_rules.Claim],
) -> None:
    written = {
        (path.parent.parent.name, path.stem, name.strip())
        for path in SOURCE.glob("*/sql/*.sql")
        for name in re.findall(r"^-- name: *(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert sorted(written - claims.keys()) == []


def test_every_sql_file_of_a_slice_stands_in_its_sql_folder() -> None:
    strays = [
        path
        for path in SOURCE.rglob("*.sql")
        if path.parent.name != "sql" and "migrations" not in path.parts
    ]
    assert strays == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=[path.stem for path in MIGRATIONS])
def test_a_migration_or_stored_function_keeps_to_its_slice(path: Path) -> None:
    slice_ = path.name.partition("_")[0]
    assert slice_ in sql_rules.SCHEMAS
    assert [*sql_rules.migration_faults(slice_, path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "text",
    [
        "create table ledger.more (id int)",
        "create or replace function kit.f() returns int language sql return 1",
        "alter table identity.person add column x int",
        "insert into ledger.account values (1)",
        "create trigger t after insert on ledger.journal for each row execute function risk.f()",
        "begin perform pg_notify('a', 'b'); end",
        "select a.id from risk.x a where a.n = 1 for update",
    ],
)
def test_a_planted_fault_of_a_migration_is_found(text: str) -> None:
    assert len([*sql_rules.migration_faults("risk", text)]) == 1


@dataclass(frozen=True, slots=True)
class Right:
    user_id: UUID
    operation: str


@dataclass(frozen=True, slots=True)
class WrongName:
    user_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class WrongType:
    user_id: str
    operation: str


def _statement(text: str, **changed: object) -> db.Statement:
    parts: dict[str, object] = {
        "slice": "kit",
        "file": "planted",
        "name": "planted",
        "text": text,
        "reads": "primary",
        "home": "shard",
        "params": (),
        **changed,
    }
    return db.Statement(**parts)  # type: ignore[arg-type]  # planted faults may be of any type


def _rows(text: str, row: type[object] = Right, **changed: object) -> db.Query[object]:
    return db.Query(_statement(text, **changed), row)


def _command(text: str, **changed: object) -> db.Command:
    return db.Command(_statement(text, **changed))


GOOD = "select i.user_id, i.operation from kit.idempotency i"
PLANTED: dict[str, tuple[str, sql_rules.Claim]] = {
    "an unknown table": ("does not prepare", _rows("select u.id from kit.nowhere u")),
    "a name without its schema": ("does not prepare", _rows("select id from idempotency")),
    "a table the role may not write": (
        "is refused to the application",
        _command("delete from kit.audit"),
    ),
    "another column name": ("has columns", _rows(GOOD, WrongName)),
    "another column type": ("column user_id is uuid", _rows(GOOD, WrongType)),
    "an array that is no list": (
        "column user_id is uuid",
        _rows("select array[i.user_id] as user_id, i.operation from kit.idempotency i"),
    ),
    "a parameter not declared": ("declares 0", _rows(f"{GOOD} where i.status = $1")),
    "a parameter of another type": (
        "parameter status is smallint, declared text",
        _rows(f"{GOOD} where i.status = $1", params=(("status", "text"),)),
    ),
    "a command that gives rows": ("gives rows", _command(GOOD)),
    "no word on where it reads": ("reads:", _rows(GOOD, reads="")),
    "no word on its home": ("home:", _rows(GOOD, home="")),
    "a write on a replica": (
        "replica",
        _command("delete from kit.idempotency i", reads="replica"),
    ),
    "a write to another slice": (
        "writes to kit",
        _command("delete from kit.idempotency", slice="payments"),
    ),
    "an insert hidden in a query": (
        "writes to kit",
        _rows(f"with x as (insert into kit.inbox values (null)) {GOOD}", slice="payments"),
    ),
    "an update of another slice": (
        "writes to kit",
        _command("update kit.idempotency set status = 1", slice="risk"),
    ),
    "a writing function of another slice": (
        "calls kit.ensure_outbox_days",
        _rows("select kit.ensure_outbox_days(current_date, 1)", slice="ledger"),
    ),
    "the cellar naming a slice": (
        "names identity",
        _rows("select p.id, p.handle from identity.person p"),
    ),
    "a notify": ("notifies", _command("select pg_notify('a', 'b')")),
    "a star": ("selects *", _rows("select i.* from kit.idempotency i")),
    "a lock without an order": ("order by", _rows(f"{GOOD} for no key update")),
    "a lock whose order belongs to another select": (
        "order by",
        _rows(f"with x as (select 1 order by 1) {GOOD} for update of i"),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_fault_is_found(name: str, conn: asyncpg.Connection) -> None:
    expected, claim = PLANTED[name]
    found = [*sql_rules.text_faults(claim.statement)]
    found += await sql_rules.database_faults(conn, claim)
    assert any(re.search(expected, fault) for fault in found), found


async def test_a_good_statement_has_no_fault(conn: asyncpg.Connection) -> None:
    claim = _rows(f"{GOOD} where i.status = $1 order by 1", params=(("status", "int2"),))
    assert [*sql_rules.text_faults(claim.statement)] == []
    assert await sql_rules.database_faults(conn, claim) == []
