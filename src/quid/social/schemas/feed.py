"""What is asked of the feed."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query

from quid.kit.web import Moment, in_utc
from quid.social.types import Wanted

_AMOUNT_MAX: Final = 2**53


class FeedQuery:
    """A scope and the bounds of a page. Amounts in minor units; `from` inclusive, `to` exclusive.

    Without a scope: mine and my friends'. A bound of the amount fits no amount that is hidden.
    """

    def __init__(
        self,
        *,
        scope: Literal["friends", "public", "mine"] | None = None,
        since: Annotated[Moment | None, Query(alias="from")] = None,
        until: Annotated[Moment | None, Query(alias="to")] = None,
        min_amount: Annotated[int | None, Query(ge=0, le=_AMOUNT_MAX)] = None,
        max_amount: Annotated[int | None, Query(ge=0, le=_AMOUNT_MAX)] = None,
    ) -> None:
        self.wanted = Wanted(
            scope=scope or "timeline",
            since=in_utc(since, field="from"),
            until=in_utc(until, field="to"),
            amount_minor_min=min_amount,
            amount_minor_max=max_amount,
        )

    def purpose(self, viewer_id: UUID) -> str:
        """Name the list of a cursor: this one, with these bounds, of this person."""
        w = self.wanted
        bounds = (w.since, w.until, w.amount_minor_min, w.amount_minor_max)
        return f"feed:{w.scope}:{bounds}:{viewer_id}"
