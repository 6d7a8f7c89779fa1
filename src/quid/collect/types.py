"""Requests as values: states, rows, commands; and what of them goes over the wire."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Literal, NamedTuple
from uuid import UUID

from quid.kit.once import Key
from quid.payments.types import SentView, Visibility

Box = Literal["to_pay", "waiting", "done"]
Change = Literal[
    "created", "paid", "declined", "cancelled", "expired", "expiring", "reminded", "taken", "freed"
]


class State(IntEnum):
    """Where a request stands; it leaves PENDING once.

    DECLINED by the requestee, CANCELLED by the requester or a block, EXPIRED by time: no money
    moved.
    """

    PENDING = 10
    PAID = 20
    DECLINED = 30
    CANCELLED = 40
    EXPIRED = 50


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A row of `collect.request`. Amount in minor units of `currency`.

    `payment_id`: the payment that paid it, or that is at it. `steps_taken`: how many of the
    reminders that come by themselves are past.
    """

    id: UUID
    requester_id: UUID
    requestee_id: UUID
    amount_minor: int
    currency: str
    note: str
    requester_visibility: Visibility | None
    is_known: bool
    state: int
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    payment_id: UUID | None
    reminders_sent: int
    last_reminded_at: datetime | None
    steps_taken: int
    is_told_expiring: bool
    due_at: datetime
    is_ended_by_block: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a request shows them."""

    id: UUID
    handle: str
    display_name: str
    joined_on: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its two people."""

    row: RequestRow
    requester: Person
    requestee: Person


@dataclass(frozen=True, slots=True)
class Ask:
    """The command of a requester. Amount in minor units; `id` lives where the requestee does."""

    id: UUID
    key: Key
    requester_id: UUID
    requestee_id: UUID
    amount_minor: int
    currency: str
    note: str
    visibility: Visibility | None
    expires_in_days: int


class Due(NamedTuple):
    """What time does to a request now, and when it looks again.

    `is_over`: it expires, and nothing else matters.
    """

    is_over: bool
    tells_expiring: bool
    reminds: bool
    steps_taken: int
    is_told_expiring: bool
    again_at: datetime


# Not frozen from here on: a page makes hundreds of these, and a frozen one takes thrice as long.
@dataclass(slots=True)
class RequestPersonView:
    """A person of a request: `usr_` id, handle, name, picture, the day they joined."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str
    member_since: date | None


@dataclass(slots=True)
class RequestCanView:
    """What the viewer may do with it now; `remind` becomes true at `remind_from`."""

    pay: bool
    decline: bool
    cancel: bool
    remind: bool


@dataclass(slots=True)
class RequestView:
    """A request as one of its two people sees it. Amounts in minor units of `currency`.

    `is_known`: they were friends, or the requestee had paid the requester, when it was made;
    the web keeps the others under "People you don't know". `is_being_paid`: a payment is at it,
    and nobody can do anything until that has ended. `payment_ids`: what paid it; to the requestee
    also what is at it. `remind_from`: null where no reminder is left.
    """

    id: str
    state: str
    requester: RequestPersonView
    requestee: RequestPersonView
    amount: int
    amount_paid: int
    currency: str
    note: str
    is_known: bool
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    reminders_left: int
    remind_from: datetime | None
    is_being_paid: bool
    payment_ids: list[str]
    can: RequestCanView


@dataclass(slots=True)
class RequestsPage:
    """A page of requests, the latest first.

    `to_pay_count`: how many the viewer may pay now, whatever the page shows.
    """

    items: list[RequestView]
    to_pay_count: int
    next_cursor: str | None


@dataclass(slots=True)
class PaidView(SentView):
    """What paying answers: the payment and the balance as of any payment, and the request."""

    request: RequestView
