"""Our float at Plaid, in Plaid's own book."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from quid.funding.adapters.calls import READ
from quid.funding.adapters.plaid.models import LedgerAnswer, LedgerEvent, LedgerEvents
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.errors import ContractBroken
from quid.funding.ports import BookLine, Position, Treasury

_PAGE: Final = 25


class PlaidBook(Treasury):
    """The Plaid Ledger."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire

    async def position(self) -> Position:
        """Read our balance there. Raises: ProviderError."""
        found = await self._wire.ask(READ, "/transfer/ledger/get", {}, LedgerAnswer)
        return Position(found.balance.available, found.balance.pending)

    async def book(self, since: datetime, until: datetime) -> Sequence[BookLine]:
        """Read the lines of a span, all pages. Raises: ProviderError."""
        found: dict[str, BookLine] = {}
        offset = 0
        while True:
            body = {
                "start_date": _time(since),
                "end_date": _time(until),
                "count": _PAGE,
                "offset": offset,
            }
            page = await self._wire.ask(READ, "/transfer/ledger/event/list", body, LedgerEvents)
            found |= {row.ledger_event_id: _line(row) for row in page.ledger_events}
            offset += len(page.ledger_events)
            if not page.has_more:
                return list(found.values())
            if not page.ledger_events:
                raise ContractBroken("EMPTY_PAGE", "more is promised, and nothing comes")


def _line(row: LedgerEvent) -> BookLine:
    return BookLine(
        ref=row.ledger_event_id,
        kind=row.type,
        object_ref=row.transfer_id or row.sweep_id or row.refund_id,
        cents=row.amount,
        fee=0,
        at=row.timestamp,
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
