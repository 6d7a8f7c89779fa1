"""What providers tell us, and where their books and ours differ, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

BreakKind = Literal[
    "missing_here",
    "missing_there",
    "amount",
    "direction",
    "status",
    "duplicate",
    "currency",
    "position",
    "invariant",
]


class EventState(IntEnum):
    """Where a provider's event stands. ORPHAN: of a movement that we do not know (yet)."""

    PENDING = 10
    ORPHAN = 20
    QUARANTINED = 30
    APPLIED = 40
    IGNORED = 41


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A verified webhook, without its bytes."""

    id: UUID
    provider: int
    kind: str
    topic: str
    object_ref: str | None
    is_live: bool
    received_at: datetime
    answered_at: datetime | None
    tries: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class RailEventRow:
    """A line of a provider's list, without its bytes. Units: minor units, unsigned."""

    id: UUID
    provider: int
    event_id: str
    kind: str
    object_ref: str | None
    status: str | None
    cents: int | None
    failure: str | None
    at: datetime
    received_at: datetime
    state: int
    operation_id: UUID | None
    reason: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A difference with a provider's books. Units: minor units, unsigned."""

    id: UUID
    provider: int
    kind: str
    object_ref: str
    operation_id: UUID | None
    currency: str
    ours: str
    theirs: str
    amount_minor: int
    runs: int
    first_at: datetime
    last_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    resolved_by: UUID | None
    resolved_reason: str | None


@dataclass(frozen=True, slots=True)
class ReconRunRow:
    """A comparison with a provider's books; one that did not end is running, or has died."""

    id: UUID
    provider: int
    started_at: datetime
    ended_at: datetime | None
    theirs: int | None
    ours: int | None
    breaks: int | None


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """The switch of a class of calls: as the worker sees it, and as operators want it."""

    service: str
    state: int
    changed_at: datetime
    forced: Literal["open", "closed"] | None
    forced_by: UUID | None
    forced_at: datetime | None
    forced_reason: str | None
