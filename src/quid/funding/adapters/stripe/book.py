"""Our float at Stripe, in Stripe's own book."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from quid.funding.adapters.calls import READ
from quid.funding.adapters.stripe.form import Form
from quid.funding.adapters.stripe.models import (
    BalanceAnswer,
    BalanceLine,
    BalancePage,
    Source,
    Sum,
)
from quid.funding.adapters.stripe.wire import StripeWire
from quid.funding.ports import BookLine, Position, Treasury

_PAGE: Final = 100
_CURRENCY: Final = "usd"


class StripeBook(Treasury):
    """Balance and balance transactions."""

    def __init__(self, wire: StripeWire) -> None:
        self._wire = wire

    async def position(self) -> Position:
        """Read our balance there. Raises: ProviderError."""
        found = await self._wire.get(READ, "/v1/balance", {}, BalanceAnswer)
        return Position(_sum(found.available), _sum(found.pending))

    async def book(self, since: datetime, until: datetime) -> Sequence[BookLine]:
        """Read the lines of a span, all pages. Raises: ProviderError.

        `object_ref` is the charge that a line belongs to, where there is one.
        """
        found: list[BookLine] = []
        span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        query: Form = {"created": span, "limit": _PAGE, "expand": ["data.source"]}
        while True:
            page = await self._wire.get(READ, "/v1/balance_transactions", query, BalancePage)
            found += map(_line, page.data)
            if not page.has_more or not page.data:
                return found
            query = {**query, "starting_after": page.data[-1].id}


def _sum(sums: list[Sum]) -> int:
    return sum(one.amount for one in sums if one.currency == _CURRENCY)


def _line(row: BalanceLine) -> BookLine:
    source = row.source
    ref = (source.payment_intent or source.id) if isinstance(source, Source) else source
    return BookLine(
        ref=row.id,
        kind=row.type,
        object_ref=ref,
        cents=row.amount,
        fee=row.fee,
        at=row.created,
        currency=row.currency.upper(),
    )
