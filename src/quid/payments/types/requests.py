"""A payment that answers a request for money, as the two sides speak of it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.payments.types.values import State


class Answering(NamedTuple):
    """A payment that is about to answer a request. Amount in minor units of `currency`."""

    request_id: UUID
    payment_id: UUID
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str


class Moved(NamedTuple):
    """Where a payment that answers a request has come to, and when."""

    request_id: UUID
    payment_id: UUID
    state: State
    at: datetime
