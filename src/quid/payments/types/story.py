"""A payment as others may come to see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quid.payments.types.values import Visibility


# Not frozen: a page of the feed makes many of these.
@dataclass(slots=True)
class Story:
    """What there is to tell of a payment; who may hear it is for the reader to ask.

    `visibility` and `show_amount` are the stricter wish of both people, as it is now.
    `is_completed`: the money has arrived and not all of it went back; no other is a story.
    `completed_at` is None where it never arrived. Amount in minor units of `currency`.
    """

    id: UUID
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    note: str
    visibility: Visibility
    show_amount: bool
    is_completed: bool
    completed_at: datetime | None
    request_id: UUID | None
