"""Operations at a provider as values: one row is one movement that somebody asked for."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Final
from uuid import UUID


class OpKind(IntEnum):
    """What an operation does. A pull takes from a bank, a push gives to one."""

    DEPOSIT = 1
    WITHDRAWAL = 2
    INSTANT_WITHDRAWAL = 3
    CARD_CHARGE = 4
    CARD_REFUND = 5
    MICRO_DEPOSIT = 6


class Purpose(IntEnum):
    """For whom: the person's own wallet, or a payment of theirs that waits for the money."""

    USER = 1
    PAYMENT = 2


class OpState(IntEnum):
    """Where an operation stands; `rules.MOVES` says what may follow for which kind.

    Deposit: NEW, AUTHORIZING, ACTION_REQUIRED, SUBMITTING, PENDING, POSTED, SETTLED, AVAILABLE.
    Withdrawal: NEW, QUEUED, (AUTHORIZING,) SUBMITTING, PENDING, PENDING_PAYEE, POSTED,
    COMPLETED. Card: NEW, CONFIRMING, REQUIRES_ACTION, PROCESSING, SUCCEEDED and after it
    PARTLY_REFUNDED, REFUNDED, CHARGEBACK, CHARGEBACK_WON, CHARGEBACK_LOST.
    Ends: DECLINED (a definite no), FAILED, CANCELLED, REJECTED, RETURNED.
    """

    NEW = 10
    QUEUED = 11
    AUTHORIZING = 12
    ACTION_REQUIRED = 13
    SUBMITTING = 14
    CONFIRMING = 15
    REQUIRES_ACTION = 16
    PROCESSING = 17
    PENDING = 20
    PENDING_PAYEE = 21
    POSTED = 30
    SETTLED = 40
    COMPLETED = 41
    SUCCEEDED = 42
    AVAILABLE = 50
    PARTLY_REFUNDED = 60
    REFUNDED = 61
    CHARGEBACK = 62
    CHARGEBACK_WON = 63
    CHARGEBACK_LOST = 64
    DECLINED = 90
    FAILED = 91
    CANCELLED = 92
    RETURNED = 93
    REJECTED = 94


OPEN_STATES: Final = frozenset(s for s in OpState if s < OpState.SETTLED)


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of `funding.operation`. Units: minor units of `currency`.

    `cents` is what the person asked for, `fee` what we take of it (withdrawal) or on top (card),
    `net` what moves at the provider. `unsure_since`: a call may or may not have happened; nothing
    is undone until it is known. `counted_at`: when its limit was counted, to give it back.
    `may_advance`: risk lets us credit it before it settles;
    `is_advanced`, `is_released`: whether its money went into the wallet before, or after settling.
    `is_abandoned`: the payment it was for is over, its money is the payer's own.
    """

    id: UUID
    kind: int
    purpose: int
    payment_id: UUID | None
    user_id: UUID
    source_id: UUID
    provider: int
    network: str
    cents: int
    fee: int
    net: int
    currency: str
    state: int
    unsure_since: datetime | None
    authorization_ref: str | None
    provider_ref: str | None
    action_url: str | None
    may_advance: bool
    is_advanced: bool
    is_released: bool
    refunded_minor: int
    settle_on: date | None
    available_on: date | None
    standard_return_until: datetime | None
    unauthorized_return_until: datetime | None
    failure_code: str | None
    deadline: datetime
    next_at: datetime | None
    attempts: int
    counted_at: datetime | None
    ip: str
    user_agent: str
    created_at: datetime
    changed_at: datetime
    version: int
    is_abandoned: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """A state an operation came to: row of `funding.operation_event`, only added to."""

    operation_id: UUID
    n: int
    state: int
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Call:
    """The intent of a call: row of `funding.call`, written before it is made."""

    operation_id: UUID
    step: str
    key: str
    sent_at: datetime
    outcome: str | None
    code: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewOperation:
    """What to start. Units: minor units of USD. `id` is an id in the owner's bucket.

    `counted_at`: when its limit was counted, to be given back if the provider never takes it.
    `not_before`: what must wait until then is not submitted earlier.
    """

    id: UUID
    kind: OpKind
    purpose: Purpose
    user_id: UUID
    source_id: UUID
    cents: int
    fee: int = 0
    payment_id: UUID | None = None
    may_advance: bool = False
    ip: str = ""
    user_agent: str = ""
    counted_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Driven:
    """Where an operation came to when it was driven, and whether somebody else goes on with it."""

    operation: Operation
    is_open: bool
