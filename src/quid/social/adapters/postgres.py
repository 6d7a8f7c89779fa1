"""Timelines in the house's own PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from quid.kit import db
from quid.social.ports import TimelineStore
from quid.social.store import timelines
from quid.social.types import Position, TimelineRow


class PostgresTimelines(TimelineStore):
    """One table, a partition per month; rows are written in the transaction of their cause."""

    def __init__(self, database: db.Database) -> None:
        self._database = database

    async def add(self, tx: db.Tx, rows: Sequence[TimelineRow]) -> None:
        """Write rows; one that is there stays as it is."""
        if rows:
            await timelines.add(tx, rows)

    async def page(self, viewer_id: UUID, *, before: Position, limit: int) -> list[Position]:
        """List a viewer's payments that stand before a position, newest first."""
        async with self._database.read() as conn:
            return await timelines.PAGE.all(conn, viewer_id, before.at, before.id, limit)

    async def drop(self, viewer_id: UUID) -> None:
        """Forget a viewer's timeline."""
        async with self._database.transaction() as tx:
            await timelines.drop(tx, viewer_id)

    async def tend(self, now: datetime) -> None:
        """Make the partitions of the months to come, drop those past what is promised."""
        async with self._database.transaction() as tx:
            await timelines.tend(tx, now.date())
