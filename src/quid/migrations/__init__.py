"""Migrations: SQL files in one linear history, then the stored functions.

`HISTORY` lists the files in order with their hashes; a released line is never edited. Each file
runs in one transaction under an advisory lock, and is recorded in `kit.migration`. Files of
`functions/` are repeatable: they run again, in name order, whenever their hash has changed.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import asyncpg

from quid.kit.errors import DatabaseUnavailable

_LOCK: Final = 0x4D_49_47
_TRIES: Final = 5
_BOOK: Final = """
create schema if not exists kit;
create table if not exists kit.migration (
  name text primary key, hash text not null, at timestamptz not null default pg_catalog.now());
comment on table kit.migration is 'files that ran here: numbered ones once, functions when changed';
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One file: `is_repeatable` for stored functions."""

    name: str
    text: str
    hash: str
    is_repeatable: bool


def steps() -> list[Step]:
    """List all files in the order in which they run.

    Raises: ValueError when a file differs from the line of `HISTORY` that released it.
    """
    root = files(__package__)
    found: list[Step] = []
    for line in root.joinpath("HISTORY").read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        expected, name = line.split()
        text = root.joinpath(name).read_text(encoding="utf-8")
        if digest(text) != expected:
            raise ValueError(f"{name} is not the file that HISTORY lists: add a new file instead")
        found.append(Step(name, text, expected, is_repeatable=False))
    functions = root.joinpath("functions")
    for entry in sorted(functions.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".sql"):
            text = entry.read_text(encoding="utf-8")
            found.append(Step(f"functions/{entry.name}", text, digest(text), is_repeatable=True))
    return found


def digest(text: str) -> str:
    """Hash a file as `HISTORY` and `kit.migration` hold it."""
    return hashlib.sha256(text.encode()).hexdigest()


async def run(url: str) -> list[str]:
    """Bring the database up to date; give the names of the files that ran.

    Locks: a session advisory lock, so two starts at once take turns.
    Raises: DatabaseUnavailable when nobody answers; what PostgreSQL says of a broken file.
    """
    try:
        conn = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError) as e:
        raise DatabaseUnavailable(f"cannot connect to the database to migrate it: {e}") from e
    try:
        await conn.execute("select pg_advisory_lock($1)", _LOCK)
        await conn.execute(_BOOK)
        done = dict(await conn.fetch("select name, hash from kit.migration"))
        return [s.name for s in steps() if await _apply(conn, s, done.get(s.name))]
    finally:
        await conn.close(timeout=5)


async def _apply(conn: asyncpg.Connection, step: Step, known: str | None) -> bool:
    if known == step.hash:
        return False
    if known is not None and not step.is_repeatable:
        raise ValueError(f"{step.name} ran here in another form; restore it and add a new file")
    for attempt in range(1, _TRIES + 1):
        try:
            async with conn.transaction():
                await conn.execute("set local lock_timeout = '2s'")
                await conn.execute("set local statement_timeout = '60s'")
                await conn.execute(step.text)
                await conn.execute(
                    "insert into kit.migration (name, hash) values ($1, $2) on conflict (name) "
                    "do update set hash = excluded.hash, at = pg_catalog.now()",
                    step.name,
                    step.hash,
                )
        except asyncpg.LockNotAvailableError:
            if attempt == _TRIES:
                raise
            await asyncio.sleep(attempt)
        else:
            return True
    return False
