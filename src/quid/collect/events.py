"""The facts that requests publish. Ids as shown outside, amounts in minor units."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from quid.collect.types import Change, RequestRow
from quid.kit import ids
from quid.kit.events import Event


class RequestChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something has happened to a request; `change` says what.

    `is_known`: they were friends, or the requestee had paid the requester, when it was made; if
    not, the requestee is not to be disturbed. `is_quiet`: not again, within the hour, by the same
    requester. `payment_id` of one that was paid, or that a payment which waits has taken or freed:
    of these two sockets alone are told. What a block ends is told to nobody.
    """

    TYPE: ClassVar[str] = "collect.request_changed.v1"

    request_id: str
    requester_id: str
    requestee_id: str
    change: Change
    amount: int
    currency: str
    is_known: bool
    payment_id: str | None = None
    is_quiet: bool = False


def changed(
    row: RequestRow,
    change: Change,
    *,
    at: datetime,
    payment_id: UUID | None = None,
    is_quiet: bool = False,
) -> Event:
    """Tell what has happened to a request."""
    data = RequestChanged(
        request_id=ids.show("req", row.id),
        requester_id=ids.show("usr", row.requester_id),
        requestee_id=ids.show("usr", row.requestee_id),
        change=change,
        amount=row.amount_minor,
        currency=row.currency,
        is_known=row.is_known,
        payment_id=ids.show("pay", payment_id) if payment_id else None,
        is_quiet=is_quiet,
    )
    return Event("collect", data.TYPE, ("req", row.id), row.requestee_id, at, data)
