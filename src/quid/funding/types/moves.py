"""Deposits and withdrawals as people ask for them and see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from quid.funding.types.operations import EventRow, Operation
from quid.kit.once import Key

Speed = Literal["standard", "instant"]


@dataclass(frozen=True, slots=True)
class Move:
    """The command of a person who puts money in or takes it out. Units: minor units.

    `id` is that of the operation to be, in the person's bucket.
    """

    id: UUID
    key: Key
    user_id: UUID
    source_id: UUID
    cents: int
    speed: Speed = "standard"
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """What can leave a wallet. Units: minor units.

    `spendable` is all of it; `withdrawable` without pulls that may still come back; `owed`.
    """

    spendable: int
    withdrawable: int
    owed: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An operation with its course."""

    operation: Operation
    course: tuple[EventRow, ...]


# --- the wire: not frozen, as those of payments ------------------------------------------------


@dataclass(slots=True)
class StepView:
    """One state and when it was entered."""

    state: str
    at: datetime


@dataclass(slots=True)
class LeftView:
    """What I then have, and what of it can leave at once. Minor units."""

    available: int
    withdrawable: int
    owed: int
    currency: str


@dataclass(slots=True)
class MoveView:
    """A deposit or withdrawal. Minor units; `fee` is taken out of a withdrawal's amount.

    `expected_on`: the day on which it settles or arrives. `action_url`: a page to open first.
    `may_cancel`: whether it can still be taken back.
    """

    id: str
    kind: Literal["deposit", "withdrawal"]
    type: Speed
    state: str
    amount: int
    fee: int
    net: int
    currency: str
    funding_source_id: str
    network: str
    expected_on: date | None
    not_before: datetime | None
    failure_code: str | None
    action_url: str | None
    may_cancel: bool
    created_at: datetime
    changed_at: datetime
    timeline: list[StepView]


@dataclass(slots=True)
class DepositView:
    """A deposit, and what I then have."""

    deposit: MoveView
    balance: LeftView


@dataclass(slots=True)
class WithdrawalView:
    """A withdrawal, and what I then have."""

    withdrawal: MoveView
    balance: LeftView


@dataclass(slots=True)
class DepositsPage:
    """Deposits, newest first; `next_cursor` where there are more."""

    deposits: list[MoveView]
    next_cursor: str | None


@dataclass(slots=True)
class WithdrawalsPage:
    """Withdrawals, newest first; `next_cursor` where there are more."""

    withdrawals: list[MoveView]
    next_cursor: str | None


@dataclass(slots=True)
class RefundView:
    """Money on its way back to a card. Minor units; `fee` is our fee's share, `net` both."""

    id: str
    state: str
    amount: int
    fee: int
    net: int
    currency: str


@dataclass(slots=True)
class RefundDecided:
    """What came of asking for a refund: it, or the question to a second operator."""

    refund: RefundView | None
    approval_id: str | None


@dataclass(slots=True)
class MoveQuoteView:
    """What it would cost and when it would be there. Minor units. Nothing is moved or promised.

    `not_before`: of a withdrawal of money that may still come back: when it would be sent.
    """

    amount: int
    fee: int
    net: int
    currency: str
    network: str
    expected_on: date
    not_before: datetime | None
    withdrawable: int
