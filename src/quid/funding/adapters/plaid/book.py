"""Our float at Plaid, in Plaid's own book."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from quid.funding.adapters.calls import READ
from quid.funding.adapters.plaid.models import LedgerAnswer, LedgerEvent, LedgerEvents
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.adapters.reading import instant
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
        """Read the lines of a span, all pages. Raises: ProviderError.

        Money that becomes available is a line too, though nothing comes in: its cents are 0.
        """
        found: dict[str, LedgerEvent] = {}
        offset = 0
        while True:
            body = {
                "start_date": instant(since),
                "end_date": instant(until),
                "count": _PAGE,
                "offset": offset,
            }
            page = await self._wire.ask(READ, "/transfer/ledger/event/list", body, LedgerEvents)
            found |= {row.ledger_event_id: row for row in page.ledger_events}
            offset += len(page.ledger_events)
            if not page.has_more:
                return _lines(list(found.values()))
            if not page.ledger_events:
                raise ContractBroken("EMPTY_PAGE", "more is promised, and nothing comes")


def _lines(rows: list[LedgerEvent]) -> list[BookLine]:
    """Tell what comes in or goes out from what only moves from pending to available.

    By the balances after each line. Where a line before is missing or altered they do not fit,
    and the amount stands as it is: what was done to the book is then seen.
    """
    rows.sort(key=lambda row: row.timestamp)
    before = [None, *rows]
    return [
        _line(row, is_inner=last is not None and _is_inner(last, row))
        for last, row in zip(before, rows, strict=False)
    ]


def _is_inner(last: LedgerEvent, row: LedgerEvent) -> bool:
    became_available = row.available_balance - last.available_balance
    left_pending = last.pending_balance - row.pending_balance
    return became_available == left_pending == row.amount


def _line(row: LedgerEvent, *, is_inner: bool) -> BookLine:
    return BookLine(
        ref=row.ledger_event_id,
        kind=row.type,
        object_ref=row.transfer_id or row.sweep_id or row.refund_id,
        cents=0 if is_inner else row.amount,
        inner=row.amount if is_inner else 0,
        fee=0,
        at=row.timestamp,
    )
