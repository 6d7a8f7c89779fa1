"""What the feed needs from outside: a store of timelines."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from quid.kit import db
from quid.social.types import Position, TimelineRow

KEPT: Final = timedelta(days=90)


class TimelineStore(Protocol):
    """Who may find which payment in their feed: ids in order of time, and nothing else.

    It promises `KEPT`: what completed longer ago may be gone, and is not written any more. It says
    nothing about who may see: each row is judged when it is read.
    """

    async def add(self, tx: db.Tx, rows: Sequence[TimelineRow]) -> None:
        """Write rows; one that is there stays as it is. They come in the order of their key.

        A store in the same database writes in `tx`; any other before it returns, and `tx` is not
        its own: then rows may stand whose cause was rolled back and comes again.
        """

    async def page(self, viewer_id: UUID, *, before: Position, limit: int) -> list[Position]:
        """List a viewer's payments that stand before a position, newest first.

        Fewer than `limit`: there are no more.
        """

    async def drop(self, viewer_id: UUID) -> None:
        """Forget a viewer's timeline."""

    async def tend(self, now: datetime) -> None:
        """Make room for what comes, and forget what is promised no more."""
