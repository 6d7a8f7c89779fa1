"""What Plaid tells: webhooks as doorbells, the list of transfer events as the truth."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from pydantic import ValidationError

from quid.funding.adapters.calls import READ
from quid.funding.adapters.kept import member, unreadable
from quid.funding.adapters.plaid.models import EventRow
from quid.funding.adapters.plaid.webhooks import Watchman
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.adapters.reading import loads
from quid.funding.ports import Doorbell, EventPage, Events, RailEvent

_PAGE: Final = 500
_ID_MAX: Final = 2**63 - 1
_ACTED_ON: Final = frozenset(
    {"pending", "posted", "settled", "funds_available", "cancelled", "failed", "returned"}
)


class _Page(msgspec.Struct):
    transfer_events: list[msgspec.Raw]
    has_more: bool = False


class PlaidEvents(Events):
    """Doorbells, and the list behind them. The cursor is the last id seen, never a count."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire
        self._watchman = Watchman(wire)

    async def verify_webhook(
        self, headers: Mapping[str, str], raw: bytes, received_at: datetime
    ) -> Doorbell:
        """Make sure who sent it. Raises: WebhookForged, ValidationFailed, ProviderError."""
        return await self._watchman.verify(headers, raw, received_at)

    async def pull(self, cursor: str, limit: int) -> EventPage:
        """Read on behind a cursor. Raises: ProviderError.

        An event that cannot be read is given as kind `unreadable`, with all of it in `raw`.
        """
        body = {"after_id": int(cursor or 0), "count": min(limit, _PAGE)}
        page = await self._wire.ask_raw(READ, "/transfer/event/sync", body, _Page)
        events = tuple(_event(bytes(raw)) for raw in page.transfer_events)
        seen = [int(e.event_id) for e in events if e.event_id.isdecimal()]
        last = str(max([int(cursor or 0), *seen]))
        # A page that leads no further would be asked for again at once, for ever.
        return EventPage(events, last, has_more=page.has_more and last != (cursor or "0"))


def _event(raw: bytes) -> RailEvent:
    try:
        row = EventRow.model_validate(loads(raw))
    except (ValidationError, ValueError, RecursionError):
        return unreadable(raw, _name(raw))
    if not 0 < row.event_id <= _ID_MAX:
        return unreadable(raw, _name(raw))
    failure = row.failure_reason
    return RailEvent(
        event_id=str(row.event_id),
        at=row.timestamp,
        kind=row.event_type,
        object_ref=row.transfer_id or row.sweep_id or row.refund_id,
        status=row.event_type if row.event_type in _ACTED_ON else None,
        cents=row.transfer_amount,
        failure=(failure.ach_return_code or failure.failure_code) if failure else None,
        raw=raw,
    )


def _name(raw: bytes) -> str | None:
    number = member(raw, "event_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return str(number) if 0 < number <= _ID_MAX else None
