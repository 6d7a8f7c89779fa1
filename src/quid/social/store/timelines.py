"""Rows of timelines in PostgreSQL, many a statement."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.social.types import Position, TimelineRow

_SQL: Final = db.sql("quid.social", "timelines")
_ADD: Final = _SQL.command("add")
_DROP: Final = _SQL.command("drop")
_ENSURE_MONTHS: Final = _SQL.value("ensure_months", int)
_DROP_MONTHS: Final = _SQL.value("drop_months", int)
_MONTHS_AHEAD: Final = 3
_DROPPED_AFTER: Final = timedelta(days=123)
PAGE: Final = _SQL.rows("page", Position)


async def add(tx: db.Tx, rows: Sequence[TimelineRow]) -> None:
    """Insert rows that are not there. Locks: nothing but the new rows, in the order given."""
    viewers, completed, payments = zip(*rows, strict=True)
    await _ADD.run(tx, viewers, completed, payments)


async def drop(tx: db.Tx, viewer_id: UUID) -> None:
    """Delete a viewer's rows. Locks: them."""
    await _DROP.run(tx, viewer_id)


async def tend(tx: db.Tx, today: date) -> None:
    """Make the partitions of this month and the next three, drop those that nobody reads.

    Four months: a page that was 90 days deep yesterday does not end in its middle today.
    """
    await _ENSURE_MONTHS.get(tx, today, _MONTHS_AHEAD)
    # Last: from here to the commit no feed can be read.
    await _DROP_MONTHS.get(tx, today - _DROPPED_AFTER)
