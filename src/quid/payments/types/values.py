"""Payments as values: states, commands, rows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

from quid.funding.types import LineKind
from quid.kit.errors import Refusal
from quid.kit.once import Answer, Key
from quid.payments.types.outside import Action, OutsideRow, Wish

Visibility = Literal["private", "friends", "public"]


class State(IntEnum):
    """Where a payment stands. Codes leave room for the states of later stages.

    INITIATED: asked for. AUTHORIZED: people and policy allow it. COMPLETED: the money has moved.
    CHALLENGED: the payer must prove who they are; IN_REVIEW: an operator must decide; the money of
    both is on hold. PROCESSING: a bank or card is to pay; REDIRECTED: its bank asks the payer on a
    page of its own (outside it reads CHALLENGED, too). DECLINED: funds, limits or the bank refused
    it. REJECTED: proofs or an operator refused it. FAILED: the bank could not do it. CANCELLED: the
    payer took it back. EXPIRED: nobody acted in time. In these five nothing moved. REVERSED: two
    operators have given all of it back.
    """

    INITIATED = 10
    CHALLENGED = 21
    IN_REVIEW = 22
    AUTHORIZED = 30
    PROCESSING = 40
    REDIRECTED = 41
    COMPLETED = 60
    REVERSED = 70
    REJECTED = 80
    DECLINED = 81
    FAILED = 82
    CANCELLED = 83
    EXPIRED = 84


class Kind(IntEnum):
    """What a line of activity is about."""

    PAYMENT = 1
    DEPOSIT = 2
    REVERSAL = 3
    RELEASE = 4
    FUNDING = 5
    WITHDRAWAL = 6
    RETURN = 7
    RECOVERY = 8
    REFUND = 9
    CHARGEBACK = 10


ReversalReason = Literal["mistake", "fraud", "dispute"]
Method = Literal["passkey", "totp", "email_code"]
HeldFor = Literal["challenge", "review", "payment"]


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class SendPayment:
    """The command of a payer. Amount in minor units of `currency`.

    Equal commands share one outcome: what a retry makes anew (id, times) does not count, but the
    session does, because one that has ended must not speak for one that lives, nor be answered.
    `session_id` is None for an operator at the command line, who has no session. `wish` is None
    where the balance alone is to pay. `request_id` names the call over HTTP; `for_request` the
    request for money that this answers, with `payee_visibility` as who asked wished (None: as that
    person does by default).
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
    wish: Wish | None = field(default=None, compare=False)
    for_request: UUID | None = None
    payee_visibility: Visibility | None = None


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Sent:
    """What a payer is answered, and whether it is an answer given before.

    `may_change`: of a payment that waits, or has waited; asked again it may answer otherwise.
    """

    answer: Answer
    is_replayed: bool
    may_change: bool = False


Outcome = Sent | Refusal


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Party:
    """A person as a payment shows them."""

    id: UUID
    handle: str
    display_name: str


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class PaymentRow:
    """A row of `payments.payment`. `request_id`: the request for money that it answers."""

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
    reversed_minor: int = 0
    request_id: UUID | None = None

    @property
    def state(self) -> State:
        """Where it stands now."""
        return State(self.states[-1])


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """What a payment waits for, why, and until when."""

    payment_id: UUID
    payer_id: UUID
    state: int
    since: datetime
    until: datetime
    reason: str
    methods: list[str]


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """A part of a payment that two operators took back. Units: minor units of its currency."""

    id: UUID
    payment_id: UUID
    amount_minor: int
    at: datetime
    reason: ReversalReason


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment with its two people; what it waits for, and what was taken back of it.

    `outside`: who pays what, where a bank or card does. `action`: the page its payer must open.
    """

    row: PaymentRow
    payer: Party
    payee: Party
    waiting: WaitingRow | None = None
    reversals: tuple[ReversalRow, ...] = ()
    outside: OutsideRow | None = None
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A payment and a journal that do not agree (check R10)."""

    id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A line of someone's activity. `paid_by`: of the operation of a payment, who pays."""

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
    payment_id: UUID | None
    fee_minor: int = 0
    operation_id: UUID | None = None
    paid_by: LineKind | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Money on hold, and for which payment. Units: minor units."""

    reason: HeldFor
    amount_minor: int
    payment_id: UUID


@dataclass(frozen=True, slots=True)
class Balance:
    """What a person has. Units: minor units of `currency`.

    `unripe`: money of bank transfers that may still be returned; it does not leave at once.
    `version` grows with every change, so that an older answer never overwrites a newer one.
    """

    available: int
    pending: int
    on_hold: int
    owed: int
    currency: str
    version: int
    holds: tuple[Held, ...] = ()
    unripe: int = 0

    @property
    def withdrawable(self) -> int:
        """What may leave for a bank at once: nothing while something is owed."""
        return 0 if self.owed else max(0, self.available - self.unripe)
