"""What every statement of the house keeps; `test_sql` runs these rules and plants breaches."""

import re
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg

from quid.kit import db

SCHEMAS = (
    "kit", "ledger", "identity", "risk", "funding", "payments", "collect", "disputes",
    "social", "notifications",
)  # fmt: skip
Claim = db.Query[object] | db.Command

_PYTHON = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "xid8"), int),
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "json", "jsonb"), str),
    **dict.fromkeys(("float4", "float8"), float),
    "bool": bool,
    "uuid": UUID,
    "bytea": bytes,
    "timestamptz": datetime,
    "date": date,
    "interval": timedelta,
    "numeric": Decimal,
}
_WRITE = re.compile(
    r"\b(?:insert\s+into|(?<!for )(?<!for no key )update(?!\s+set\b)|delete\s+from|merge\s+into"
    r"|truncate(?:\s+table)?)\s+(?:only\s+)?([a-z_][\w.]*)"
)
_CALL = re.compile(rf"\b({'|'.join(SCHEMAS)})\.(\w+)\s*\(")
_NAMED = re.compile(rf"\b({'|'.join(SCHEMAS)})\.\w+")
_LOCK = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b|\bfor\s+(?:key\s+)?share\b")
_MAKE = re.compile(
    r"\b(?:create(?: or replace)?(?: unlogged)? (?:table|view|function|procedure|sequence|type)"
    r"|alter table|drop table|comment on (?:table|column|view|function)|trigger \w+ [\w ,]* on)"
    r"(?: if (?:not )?exists)?(?: only)? (\w+)\."
)
_ONE_ROW = re.compile(r" where (?:\w+\.)?(?:id|lane) = (?:\$\d+|p_\w+)\b")
# Reconciliation alone works in another role than the application's, and its statements say so.
_ROLE = re.compile(r"^-- role: (quid_recon)$", re.MULTILINE)
_NOTIFY = re.compile(r"\b(?:pg_)?notify\b")


def bare(text: str) -> str:
    """Give the text in lower case, without comments and quoted strings."""
    text = re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"'(?:[^']|'')*'", "''", text)
    return re.sub(r"\s+", " ", text).lower()


def text_faults(statement: db.Statement) -> Iterator[str]:
    """Find what can be seen without a database."""
    text = bare(statement.text)
    if statement.reads not in ("primary", "replica"):
        yield "declares no `-- reads: primary | replica`"
    if statement.home not in ("shard", "global"):
        yield "declares no `-- home: shard | global`"
    written = [name.split(".")[0] for name in _WRITE.findall(text)]
    if written and statement.reads == "replica":
        yield "writes, but reads from a replica"
    for schema in written:
        if schema in SCHEMAS and schema != statement.slice:
            yield f"writes to {schema}, which belongs to another slice"
    if statement.slice == "kit":
        for schema in set(_NAMED.findall(text)) - {"kit"}:
            yield f"is of the cellar and names {schema}"
    if _NOTIFY.search(text):
        yield "notifies: commits that notify queue on one global lock"
    if re.search(r"select\s+\*|,\s*\*|\w\.\*", text):
        yield "selects *"
    yield from lock_faults(text)


def migration_faults(slice_: str, text: str) -> Iterator[str]:
    """Find what a migration or a stored function makes or writes in another slice's schema."""
    plain = bare(text)
    made = {*_MAKE.findall(plain), *(name.split(".")[0] for name in _WRITE.findall(plain))}
    for schema in sorted(made & set(SCHEMAS) - {slice_}):
        yield f"touches {schema}, which belongs to another slice"
    if _NOTIFY.search(plain):
        yield "notifies: commits that notify queue on one global lock"
    yield from lock_faults(plain)


def lock_faults(text: str) -> Iterator[str]:
    """Find row locks taken in no order: two of them can wait for each other.

    One row by its key (`where a.id = $1`) needs no order.
    """
    for lock in _LOCK.finditer(text):
        before = text[: lock.start()]
        select = before[before.rfind("select") :]
        if "order by" not in select and not _ONE_ROW.search(select):
            yield "locks rows without `order by`"


async def database_faults(conn: asyncpg.Connection, claim: Claim) -> list[str]:
    """Find what only the migrated database can say."""
    statement = claim.statement
    try:
        prepared = await conn.prepare(statement.text)
        # Rights are looked at when a plan is opened, not when it is prepared.
        async with conn.transaction():
            if role := _ROLE.search(statement.text):
                await conn.execute(f"set local role {role[1]}")
            await conn.execute(f"explain (generic_plan) {statement.text}")
    except asyncpg.InsufficientPrivilegeError as e:
        return [f"is refused to the application: {e}"]
    except asyncpg.PostgresError as e:
        return [f"does not prepare: {e}"]
    found = [parameter.oid for parameter in prepared.get_parameters()]
    columns = [(column.name, column.type.name) for column in prepared.get_attributes()]
    return [
        *await _parameter_faults(conn, statement, found),
        *await _call_faults(conn, statement),
        *_column_faults(claim, columns),
    ]


async def _parameter_faults(
    conn: asyncpg.Connection, statement: db.Statement, found: list[int]
) -> list[str]:
    if len(found) != len(statement.params):
        return [f"has {len(found)} parameters and declares {len(statement.params)}"]
    faults = []
    for oid, (name, declared) in zip(found, statement.params, strict=True):
        known = await conn.fetchval("select pg_catalog.to_regtype($1)::oid", declared)
        if known != oid:
            actual = await conn.fetchval("select pg_catalog.format_type($1, null)", oid)
            faults.append(f"parameter {name} is {actual}, declared {declared}")
    return faults


async def _call_faults(conn: asyncpg.Connection, statement: db.Statement) -> list[str]:
    """Find calls of another slice's functions that may write."""
    foreign = [c for c in _CALL.findall(bare(statement.text)) if c[0] != statement.slice]
    faults = []
    for schema, name in foreign:
        kinds = await conn.fetch(
            "select p.provolatile from pg_catalog.pg_proc p "
            "where p.proname = $2 and p.pronamespace = pg_catalog.to_regnamespace($1)",
            schema,
            name,
        )
        if any(kind[0] == b"v" for kind in kinds):
            faults.append(f"calls {schema}.{name}, which may write what belongs to another slice")
    return faults


def _column_faults(claim: Claim, columns: list[tuple[str, str]]) -> list[str]:
    if isinstance(claim, db.Command):
        return ["is a command and gives rows"] if any(t != "void" for _, t in columns) else []
    if claim.is_value:
        if len(columns) != 1:
            return [f"is a value and has {len(columns)} columns"]
        return _type_faults(columns[0], claim.row)
    if not is_dataclass(claim.row):
        return [f"{claim.row.__name__} is not a dataclass"]
    names = [field.name for field in fields(claim.row)]
    if names != [name for name, _ in columns]:
        return [f"has columns {[n for n, _ in columns]}, {claim.row.__name__} has {names}"]
    hints = get_type_hints(claim.row)
    return [fault for column in columns for fault in _type_faults(column, hints[column[0]])]


def _type_faults(column: tuple[str, str], hint: object) -> list[str]:
    name, kind = column
    is_list = kind.endswith("[]")
    expected = _PYTHON.get(kind.removesuffix("[]"))
    if expected is None:
        return [f"column {name} is {kind}, which no rule maps to Python"]
    actual = _present(hint)
    if is_list:
        actual = _present(get_args(actual)[0]) if get_origin(actual) is list else None
    if get_origin(actual) is Literal:
        actual = type(get_args(actual)[0])
    actual = getattr(actual, "__supertype__", actual)
    return [] if actual is expected else [f"column {name} is {kind}, its field {hint}"]


def _present(hint: object) -> object:
    """Give the X of `X | None`."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    options = [option for option in get_args(hint) if option is not type(None)]
    return options[0] if len(options) == 1 else hint
