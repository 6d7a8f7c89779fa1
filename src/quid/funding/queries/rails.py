"""What operators and gauges see of providers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from quid.funding.types import BreakerRow, BreakRow, InboxRow, RailEventRow, ReconRunRow
from quid.kit import db
from quid.kit.db import Conn

_SQL: Final = db.sql("quid.funding", "rails")


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation as operators see it. Units: minor units of `currency`.

    None: of a small deposit, whose amounts prove the account they were sent to.
    """

    id: UUID
    kind: int
    purpose: int
    payment_id: UUID | None
    user_id: UUID
    source_id: UUID
    provider: int
    network: str
    cents: int | None
    fee: int
    net: int | None
    currency: str
    state: int
    unsure_since: datetime | None
    authorization_ref: str | None
    provider_ref: str | None
    is_advanced: bool
    is_released: bool
    refunded_minor: int
    settle_on: date | None
    available_on: date | None
    failure_code: str | None
    deadline: datetime
    next_at: datetime | None
    attempts: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """A row of the journal that an operation caused. Units: minor units; None: as above."""

    id: UUID
    code: int
    debit_kind: int
    debit_id: int
    credit_kind: int
    credit_id: int
    amount: int | None
    currency: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which operations to list; None = any."""

    state: int | None = None
    kind: int | None = None
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A gauge's value: what is counted, by two numbers that the name explains."""

    name: str
    kind: int
    state: int
    many: int


@dataclass(frozen=True, slots=True)
class Returns:
    """Pulls of a span, and those of them that came back, by class of the code."""

    unauthorized: int
    administrative: int
    returned: int
    accepted: int
    settled: int


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """Movements of a span that came back with a code."""

    code: str
    many: int


_OPERATIONS: Final = _SQL.rows("operations", OperationLine)
_OPERATION: Final = _SQL.rows("operation", OperationLine)
_TOLD_OF: Final = _SQL.rows("told_of", RailEventRow)
_POSTINGS: Final = _SQL.rows("postings", Posting)
_EVENTS: Final = _SQL.rows("events", RailEventRow)
_EVENT: Final = _SQL.rows("event", RailEventRow)
_INBOX: Final = _SQL.rows("inbox", InboxRow)
_WEBHOOK: Final = _SQL.rows("webhook", InboxRow)
_BREAKS: Final = _SQL.rows("breaks", BreakRow)
_BREAK: Final = _SQL.rows("break", BreakRow)
_RUNS: Final = _SQL.rows("runs", ReconRunRow)
_BREAKERS: Final = _SQL.rows("breakers", BreakerRow)
_COUNTED: Final = _SQL.rows("counted", Counted)
_RETURNED: Final = _SQL.rows("returned", Returns)
_RETURNED_CODES: Final = _SQL.rows("returned_codes", ReturnCode)


async def operations(conn: Conn, *, before: UUID, many: int, wanted: Wanted) -> list[OperationLine]:
    """List operations, newest first."""
    return await _OPERATIONS.all(conn, before, many, wanted.state, wanted.kind, wanted.is_unsure)


async def operation(conn: Conn, op_id: UUID) -> OperationLine | None:
    """Find an operation."""
    return await _OPERATION.maybe(conn, op_id)


async def told_of(conn: Conn, op_id: UUID) -> list[RailEventRow]:
    """List the provider's events that were applied to an operation, or set aside for it."""
    return await _TOLD_OF.all(conn, op_id)


async def postings(conn: Conn, op_id: UUID) -> list[Posting]:
    """List what an operation has moved."""
    return await _POSTINGS.all(conn, op_id)


async def events(conn: Conn, *, before: UUID, many: int, state: int | None) -> list[RailEventRow]:
    """List events, newest first."""
    return await _EVENTS.all(conn, before, many, state)


async def event(conn: Conn, event_id: UUID) -> RailEventRow | None:
    """Find an event."""
    return await _EVENT.maybe(conn, event_id)


async def inbox(conn: Conn, *, before: UUID, many: int, is_waiting: bool) -> list[InboxRow]:
    """List webhooks, newest first; only those that wait or were given up, if asked."""
    return await _INBOX.all(conn, before, many, is_waiting)


async def webhook(conn: Conn, webhook_id: UUID) -> InboxRow | None:
    """Find a webhook."""
    return await _WEBHOOK.maybe(conn, webhook_id)


async def breaks(conn: Conn, *, before: UUID, many: int, is_open: bool) -> list[BreakRow]:
    """List differences with providers' books, newest first."""
    return await _BREAKS.all(conn, before, many, is_open)


async def break_(conn: Conn, break_id: UUID) -> BreakRow | None:
    """Find a difference."""
    return await _BREAK.maybe(conn, break_id)


async def runs(conn: Conn, many: int) -> list[ReconRunRow]:
    """List runs, the latest first."""
    return await _RUNS.all(conn, many)


async def breakers(conn: Conn) -> list[BreakerRow]:
    """List the switches as the worker sees them, with what operators have set."""
    return await _BREAKERS.all(conn)


async def counted(conn: Conn) -> list[Counted]:
    """Count what the gauges show."""
    return await _COUNTED.all(conn)


async def returned(conn: Conn, *, since: UUID) -> Returns:
    """Count pulls since an id, and those that came back."""
    return await _RETURNED.one(conn, since)


async def returned_codes(conn: Conn, *, since: UUID) -> list[ReturnCode]:
    """Count what came back since an id, by the network's code."""
    return await _RETURNED_CODES.all(conn, since)
