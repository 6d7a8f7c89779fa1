"""The pool of a database, and the lanes opened beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from quid.kit import failpoints, guards
from quid.kit.config import BadSettings
from quid.kit.db.faults import Outcome, outcome_of
from quid.kit.db.session import SHARED_LANE, Conn, Tx
from quid.kit.errors import DatabaseUnavailable

LANE_MAX: Final = 1023
LANE_LOCK_CLASS: Final = 0x51
_CONNECT_SECONDS: Final = 5.0
_COMMAND_SECONDS: Final = 10.0  # the server ends a statement after 5 s; this is for a frozen one
_SESSION: Final = {
    "search_path": "",
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
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
                command_timeout=_COMMAND_SECONDS,
                server_settings=self._session(o.name),
                statement_cache_size=500,
                max_cached_statement_lifetime=0,
                reset=_as_it_is,
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
            async with self._acquire() as raw:
                async with raw.transaction():
                    yield Tx(raw)
                    failpoints.reach("db.commit.before")
                failpoints.reach("db.commit.after")

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
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # a failed rollback must not hide it
                raise asyncio.CancelledError from e
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
                failpoints.reach("lane.commit.before")
            self.commits += 1
            failpoints.reach("lane.commit.after")

    def conn(self) -> Conn:
        """Read on the lane's own connection, outside a transaction."""
        if self._raw is None:
            raise ConnectionError("the lane is not connected")
        return Conn(self._raw)


async def _as_it_is(_: object) -> None:
    """Give a connection back without another round trip: nobody here changes a session."""


async def _free_number(raw: asyncpg.Connection) -> int:
    for number in range(1, LANE_MAX + 1):
        if await raw.fetchval(
            "select pg_catalog.pg_try_advisory_lock($1::int4, $2::int4)", LANE_LOCK_CLASS, number
        ):
            return number
    raise DatabaseUnavailable("all lanes are taken: fewer processes, or lower QUID_LANES")
