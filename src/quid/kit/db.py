"""PostgreSQL: the one module that speaks to the driver, and the only one that commits.

`db.transaction()` and `db.read()` take a connection of the pool; a `Lane` owns one for its
life and carries the hot batches. SQL stands in files (`sql()`), every name schema-qualified.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from importlib.resources import files
from typing import Final, Generic, TypeVar

import asyncpg

from quid.kit import guards
from quid.kit.config import BadSettings
from quid.kit.errors import DatabaseUnavailable

R = TypeVar("R")
Argument = object
Record = Sequence[object]

SHARED_LANE: Final = 0
LANE_MAX: Final = 1023
LANE_LOCK_CLASS: Final = 0x51
_CONNECT_SECONDS: Final = 5.0
_SESSION: Final = {
    "search_path": "",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}

# The statements of a lane are few and all take arrays, whose sizes the planner cannot see: it
# would plan each call anew, for longer than many of them run. One plan for ever, and by index
# look-ups alone, so that a plan made while a table is small is right when it is large.
_LANE_SESSION: Final = {
    "lock_timeout": "200ms",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_material": "off",
}


class Conn:
    """A connection to read with. `Tx` adds the right to write."""

    __slots__ = ("raw",)

    def __init__(self, raw: asyncpg.Connection) -> None:
        self.raw = raw

    async def fetch(self, text: str, *args: Argument) -> list[Record]:
        """Run one statement and give its rows."""
        rows: list[Record] = await self.raw.fetch(text, *args)
        return rows

    async def execute(self, text: str, *args: Argument) -> int:
        """Run one statement and give the number of rows it touched."""
        status: str = await self.raw.execute(text, *args)
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0


class Tx(Conn):
    """An open transaction. `lane` is the chain that its postings join."""

    __slots__ = ("lane",)

    def __init__(self, raw: asyncpg.Connection, lane: int = SHARED_LANE) -> None:
        super().__init__(raw)
        self.lane = lane

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """Roll back to here when the block raises, and keep the transaction."""
        point: AbstractAsyncContextManager[object] = self.raw.transaction()
        return point


@dataclass(frozen=True, slots=True)
class Options:
    """How to reach the database.

    Units: sizes in connections. `role` is entered by every session (`SET ROLE`).
    """

    url: str
    name: str = "quid"
    role: str | None = "quid_app"
    pool_min: int = 1
    pool_max: int = 10
    settings: dict[str, str] = field(default_factory=dict)


class Database:
    """A pool of one database, and the lanes opened beside it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect. Raises: DatabaseUnavailable when nobody answers."""
        o = self._options
        try:
            self._pool = await asyncpg.create_pool(
                o.url,
                min_size=o.pool_min,
                max_size=o.pool_max,
                timeout=_CONNECT_SECONDS,
                server_settings=self._session(o.name),
                statement_cache_size=500,
                max_cached_statement_lifetime=0,
            )
        except (OSError, asyncpg.PostgresError) as e:
            raise DatabaseUnavailable(f"cannot connect to the database: {e}") from e

    async def close(self) -> None:
        """Give all connections back, by force after 5 s."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 5)
            except TimeoutError:
                self._pool.terminate()
            self._pool = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a transaction; it commits when the block ends and rolls back when it raises.

        Raises: DatabaseUnavailable (money_moved unknown) when the connection is lost inside.
        """
        with guards.transaction():
            async with self._acquire() as raw, raw.transaction():
                yield Tx(raw)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        """Take a connection of the primary to read with; each statement sees its own snapshot."""
        async with self._acquire() as raw:
            yield Conn(raw)

    async def require_durable(self) -> None:
        """Make sure that a commit is on disk when it is acknowledged.

        Raises: BadSettings naming the server setting that would let money be forgotten.
        """
        async with self.read() as conn:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                [row] = await conn.fetch("select pg_catalog.current_setting($1)", name)
                if row[0] == "off":
                    raise BadSettings(
                        f"PostgreSQL runs with {name} = off: a crash would lose acknowledged "
                        f"payments. Set {name} = on and restart it."
                    )

    @asynccontextmanager
    async def _acquire(self) -> AsyncIterator[asyncpg.Connection]:
        if self._pool is None:
            raise DatabaseUnavailable("the database is not open")
        try:
            async with self._pool.acquire(timeout=5) as raw:
                yield raw
        except Exception as e:
            if outcome_of(e) is Outcome.UNKNOWN:
                raise DatabaseUnavailable(money_moved="unknown", retry_after=1) from e
            raise

    async def lane(self, name: str) -> "Lane":
        """Open a lane: a connection of its own and the first free lane number."""
        lane = Lane(self._options, self._session(f"{self._options.name}:{name}"))
        await lane.connect()
        return lane

    def _session(self, name: str) -> dict[str, str]:
        session = {**_SESSION, "application_name": name, **self._options.settings}
        if self._options.role:
            session["role"] = self._options.role
        return session


class Lane:
    """One connection for life, with a lane number that nobody else holds.

    The number is held by a session-level advisory lock of this very connection, so it is free
    again the moment the connection ends. It never returns to a pool and runs nothing that
    changes session state; it never sends a cancel (a cancelled commit wait looks like success).
    """

    def __init__(self, options: Options, session: dict[str, str]) -> None:
        self._url = options.url
        self._session = {**session, **_LANE_SESSION}
        self._raw: asyncpg.Connection | None = None
        self.number = SHARED_LANE
        self.commits = 0

    async def connect(self) -> None:
        """Connect and take a number. Raises: what the driver raises."""
        await self.drop()
        raw = await asyncpg.connect(
            self._url,
            timeout=_CONNECT_SECONDS,
            server_settings=self._session,
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
        )
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                self.number = await _free_number(raw)
        except BaseException:
            raw.terminate()
            raise
        self._raw = raw

    async def drop(self) -> None:
        """End the connection without a word to the server."""
        if self._raw is not None:
            self._raw.terminate()
            self._raw = None

    @property
    def is_connected(self) -> bool:
        """Whether the connection looks alive."""
        return self._raw is not None and not self._raw.is_closed()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a transaction on the lane's own connection."""
        if self._raw is None:
            raise ConnectionError("the lane is not connected")
        with guards.transaction():
            async with self._raw.transaction():
                yield Tx(self._raw, self.number)
            self.commits += 1

    def conn(self) -> Conn:
        """Read on the lane's own connection, outside a transaction."""
        if self._raw is None:
            raise ConnectionError("the lane is not connected")
        return Conn(self._raw)


async def _free_number(raw: asyncpg.Connection) -> int:
    for number in range(1, LANE_MAX + 1):
        if await raw.fetchval(
            "select pg_catalog.pg_try_advisory_lock($1::int4, $2::int4)", LANE_LOCK_CLASS, number
        ):
            return number
    raise DatabaseUnavailable("all lanes are taken: fewer processes, or lower QUID_LANES")


class Outcome(Enum):
    """What is known of the effects of a transaction that raised."""

    LOCKED = "a row was locked by someone else"
    AGAIN = "deadlock or serialization: nothing happened, run it again"
    NOTHING = "rolled back for certain"
    UNKNOWN = "committed or not: resend the same ids, never answer failed"


_WITHOUT_STATE: Final = (
    OSError,
    TimeoutError,
    EOFError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresError,
    DatabaseUnavailable,
)


def outcome_of(error: BaseException) -> Outcome:
    """Judge an error by its SQLSTATE.

    An error without one (a killed server may surface as a driver-internal error) and the classes
    08, 53 and 57 are unknown outcomes. Refusals and plain Python errors raised by our own code
    inside the block have rolled back for certain.
    """
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        if state == "55P03":
            return Outcome.LOCKED
        if state in ("40001", "40P01"):
            return Outcome.AGAIN
        return Outcome.UNKNOWN if state[:2] in ("08", "53", "57") else Outcome.NOTHING
    return Outcome.UNKNOWN if isinstance(error, _WITHOUT_STATE) else Outcome.NOTHING


# --- SQL files ---------------------------------------------------------------------------------

_HEAD = re.compile(r"^-- (name|reads|home|params): *(.*)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One named statement of a file, with what it declares of itself."""

    slice: str
    file: str
    name: str
    text: str
    reads: str
    home: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query(Generic[R]):
    """A statement whose rows are of one frozen dataclass (or one plain value)."""

    statement: Statement
    row: type[R]
    is_value: bool = False

    async def all(self, conn: Conn, *args: Argument) -> list[R]:
        """Give all rows."""
        row = self.row
        rows = await conn.fetch(self.statement.text, *args)
        if self.is_value:
            return [r[0] for r in rows]  # type: ignore[misc]  # the type is checked by test_sql
        return [row(*r) for r in rows]

    async def maybe(self, conn: Conn, *args: Argument) -> R | None:
        """Give the only row, or None."""
        rows = await self.all(conn, *args)
        if len(rows) > 1:
            raise LookupError(f"{self.statement.name}: {len(rows)} rows, one expected")
        return rows[0] if rows else None

    async def one(self, conn: Conn, *args: Argument) -> R:
        """Give the only row. Raises: LookupError when there is none."""
        row = await self.maybe(conn, *args)
        if row is None:
            raise LookupError(f"{self.statement.name}: no row")
        return row


@dataclass(frozen=True, slots=True)
class Value(Generic[R]):
    """A statement with one row of one column."""

    query: Query[R]

    async def get(self, conn: Conn, *args: Argument) -> R:
        """Give the value. Raises: LookupError when there is no row."""
        return await self.query.one(conn, *args)


@dataclass(frozen=True, slots=True)
class Command:
    """A statement that changes rows and gives none back."""

    statement: Statement

    async def run(self, conn: Conn, *args: Argument) -> int:
        """Run it and give the number of rows touched."""
        return await conn.execute(self.statement.text, *args)


REGISTRY: Final[dict[tuple[str, str, str], Query[object] | Command]] = {}


class SqlFile:
    """The statements of one file, each claimed by name in Python (a test finds the unclaimed)."""

    def __init__(self, package: str, name: str) -> None:
        text = files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
        self.slice = package.rpartition(".")[2]
        self.name = name
        self.statements = {s.name: s for s in _parse(self.slice, name, text)}

    def rows(self, name: str, row: type[R]) -> Query[R]:
        """Claim a statement whose rows are of this frozen dataclass."""
        return self._claim(name, Query(self.statements[name], row))

    def value(self, name: str, kind: type[R]) -> Value[R]:
        """Claim a statement that gives one value."""
        return Value(self._claim(name, Query(self.statements[name], kind, is_value=True)))

    def values(self, name: str, kind: type[R]) -> Query[R]:
        """Claim a statement that gives one column."""
        return self._claim(name, Query(self.statements[name], kind, is_value=True))

    def command(self, name: str) -> Command:
        """Claim a statement that gives no rows."""
        command = Command(self.statements[name])
        REGISTRY[(self.slice, self.name, name)] = command
        return command

    def _claim(self, name: str, query: Query[R]) -> Query[R]:
        REGISTRY[(self.slice, self.name, name)] = query  # type: ignore[assignment]  # for the test
        return query


def sql(package: str, name: str) -> SqlFile:
    """Load `<package>/sql/<name>.sql`; a slice that became a package passes its parent's name."""
    return SqlFile(package, name)


def _parse(slice_: str, file: str, text: str) -> list[Statement]:
    found: list[Statement] = []
    head: dict[str, str] = {}
    body: list[str] = []

    def close() -> None:
        if "name" in head:
            pairs = [p.split() for p in head.get("params", "").split(",") if p.strip()]
            params = tuple((p[0], " ".join(p[1:])) for p in pairs)
            statement = "\n".join(body).strip().rstrip(";")
            found.append(
                Statement(
                    slice_,
                    file,
                    head["name"],
                    statement,
                    head.get("reads", ""),
                    head.get("home", ""),
                    params,
                )
            )

    for line in text.splitlines():
        match = _HEAD.match(line)
        if match and match[1] == "name":
            close()
            head, body = {"name": match[2].strip()}, []
        elif match:
            head[match[1]] = match[2].strip()
        else:
            body.append(line)
    close()
    return found
