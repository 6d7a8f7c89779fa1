"""Payments as values: states, commands, rows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

from quid.kit.errors import Refusal
from quid.kit.once import Answer, Key

Visibility = Literal["private", "friends", "public"]


class State(IntEnum):
    """Where a payment stands. Codes leave room for the states of later stages.

    INITIATED: asked for. AUTHORIZED: people and policy allow it. COMPLETED: the money has moved.
    DECLINED: funds or limits refused it; nothing moved.
    """

    INITIATED = 10
    AUTHORIZED = 30
    COMPLETED = 60
    DECLINED = 81


class Kind(IntEnum):
    """What a line of activity is about."""

    PAYMENT = 1
    DEPOSIT = 2


@dataclass(frozen=True, slots=True)
class SendPayment:
    """The command of a payer. Amount in minor units of `currency`.

    Equal commands share one outcome: what a retry makes anew (id, times) does not count, but the
    session does, because one that has ended must not speak for one that lives, nor be answered.
    `session_id` is None for an operator at the command line, who has no session.
    """

    key: Key
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    note: str
    visibility: Visibility | None
    show_amount: bool | None
    session_id: UUID | None
    payment_id: UUID = field(compare=False)
    asked_at: datetime = field(compare=False)
    request_id: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a payer is answered, and whether it is an answer given before."""

    answer: Answer
    is_replayed: bool


Outcome = Sent | Refusal


@dataclass(frozen=True, slots=True)
class Party:
    """A person as a payment shows them."""

    id: UUID
    handle: str
    display_name: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A row of `payments.payment`."""

    id: UUID
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    note: str
    payer_visibility: Visibility
    payee_visibility: Visibility
    payer_show_amount: bool
    payee_show_amount: bool
    states: list[int]
    times: list[datetime]
    refusal_code: str | None

    @property
    def state(self) -> State:
        """Where it stands now."""
        return State(self.states[-1])


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment with its two people."""

    row: PaymentRow
    payer: Party
    payee: Party


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A payment and a journal that do not agree (check R10)."""

    id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A line of someone's activity."""

    at: datetime
    id: UUID
    kind: int
    is_incoming: bool
    state: int
    amount_minor: int
    currency: str
    counterparty_id: UUID | None
    note: str
    balance_after_minor: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What a person has. Units: minor units of `currency`.

    `version` grows with every change, so that an older answer never overwrites a newer one.
    """

    available: int
    pending: int
    on_hold: int
    owed: int
    currency: str
    version: int

    @property
    def withdrawable(self) -> int:
        """What may leave for a bank: all that is available, while no rail holds any back."""
        return self.available


# --- what goes over the wire -------------------------------------------------------------------
# Not frozen: each answer makes a dozen of these, and a frozen one takes three times as long.


@dataclass(slots=True)
class PartyView:
    """A person of a payment: `usr_` id, handle, name."""

    id: str
    handle: str
    display_name: str


@dataclass(slots=True)
class StateView:
    """One state and when it was entered."""

    state: str
    at: datetime


@dataclass(slots=True)
class FundingView:
    """One line of where the money came from. Minor units."""

    kind: Literal["balance"]
    amount: int
    fee: int


@dataclass(slots=True)
class PaymentView:
    """A payment as one of its two parties sees it. Amounts in minor units of `currency`.

    `fee`, `total` and `funding` are the payer's business: null and empty for the payee.
    """

    id: str
    state: str
    payer: PartyView
    payee: PartyView
    amount: int
    currency: str
    note: str
    kind: Literal["paid"]
    visibility: Visibility
    my_visibility: Visibility
    show_amount: bool
    created_at: datetime
    completed_at: datetime | None
    state_history: list[StateView]
    fee: int | None
    total: int | None
    funding: list[FundingView]


@dataclass(slots=True)
class BalanceView:
    """What a person has, in minor units of `currency`; `version` grows with every change."""

    available: int
    pending: int
    on_hold: int
    withdrawable: int
    owed: int
    currency: str
    version: int


@dataclass(slots=True)
class SentView:
    """The answer to a payment that went through."""

    payment: PaymentView
    balance: BalanceView


@dataclass(slots=True)
class PaymentsPage:
    """A page of payments, newest first."""

    items: list[PaymentView]
    next_cursor: str | None


@dataclass(slots=True)
class ActivityView:
    """A line of activity. `amount` is signed, in minor units: what it did to my balance."""

    id: str
    kind: Literal["payment", "deposit"]
    state: str
    direction: Literal["in", "out"]
    amount: int
    fee: int
    currency: str
    counterparty: PartyView | None
    note: str
    at: datetime
    balance_after: int | None


@dataclass(slots=True)
class ActivityPage:
    """A page of activity, newest first."""

    items: list[ActivityView]
    next_cursor: str | None
