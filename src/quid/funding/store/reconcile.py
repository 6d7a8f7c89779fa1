"""Runs of reconciliation, and the differences they have seen."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quid.funding.types import BreakRow, ReconRunRow
from quid.kit import db

_SQL: Final = db.sql("quid.funding", "reconcile")


@dataclass(frozen=True, slots=True)
class Seen:
    """A difference as it now stands. `is_new`: it is a break from this moment on."""

    id: UUID
    kind: str
    object_ref: str
    amount_minor: int
    currency: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What an account must hold by its operations, and what it does. Units: minor units."""

    name: str
    expected: int
    held: int


HELD: Final = _SQL.value("held", int)
INVARIANTS: Final = _SQL.rows("invariants", Held)
BEGIN_RUN: Final = _SQL.command("begin_run")
END_RUN: Final = _SQL.command("end_run")
LAST_RUN: Final = _SQL.rows("last_run", ReconRunRow)
SEE: Final = _SQL.rows("see", Seen)
GONE: Final = _SQL.command("gone")
SUSPECTED: Final = _SQL.value("suspected", int)
LOCK_BREAK: Final = _SQL.values("lock_break", bool)
RESOLVE: Final = _SQL.command("resolve")
UNPAGED: Final = _SQL.rows("unpaged", BreakRow)
MARK_PAGED: Final = _SQL.command("mark_paged")
