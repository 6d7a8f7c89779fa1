"""What goes over the wire.

Not frozen: each answer makes a dozen of these, and a frozen one takes three times as long.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from quid.funding.types import LineKind
from quid.identity.types import SignOptions, avatar_seed
from quid.kit import ids
from quid.payments.types.values import HeldFor, Party, ReversalReason, Visibility

BALANCE: Final = "Quid balance"
ActivityKind = Literal[
    "payment",
    "deposit",
    "reversal",
    "release",
    "funding",
    "withdrawal",
    "return",
    "recovery",
    "refund",
    "chargeback",
]


@dataclass(slots=True)
class PartyView:
    """A person of a payment: `usr_` id, handle, name, picture."""

    id: str
    handle: str
    display_name: str
    avatar_seed: str

    @classmethod
    def of(cls, party: Party) -> "PartyView":
        """Show it."""
        shown = ids.show("usr", party.id)
        return cls(shown, party.handle, party.display_name, avatar_seed(party.id))


@dataclass(slots=True)
class StateView:
    """One state and when it was entered."""

    state: str
    at: datetime


@dataclass(slots=True)
class FundingView:
    """One line of where the money came from. Minor units."""

    kind: LineKind
    amount: int
    fee: int
    source_id: str | None = None
    label: str = BALANCE


@dataclass(slots=True)
class ChallengeView:
    """What the payer is to prove, how, and until when. `redirect`: on the page at `url`."""

    id: str
    methods: list[str]
    expires_at: datetime
    reason: str
    url: str | None = None


@dataclass(slots=True)
class ReviewView:
    """An operator looks at it: expected by `review_by`, given back by itself at `expires_at`."""

    review_by: datetime
    expires_at: datetime
    reason: str


@dataclass(slots=True)
class FailureView:
    """Why it was not paid: the code and the words its payer was answered."""

    code: str
    title: str
    detail: str


@dataclass(slots=True)
class ReversalView:
    """A part of a payment that was taken back: the `trf_` id of the entry, minor units."""

    id: str
    amount: int
    at: datetime
    reason: ReversalReason


@dataclass(slots=True)
class CanView:
    """What the viewer may do with it now."""

    verify: bool
    cancel: bool
    change_visibility: bool


@dataclass(slots=True)
class PaymentView:
    """A payment as one of its two parties sees it. Amounts in minor units of `currency`.

    `fee`, `total`, `funding`, `lands_on`, `challenge`, `review` and `failure` are the payer's
    business: null and empty for the payee. `lands_on`: when the payee has it, of one that a bank
    pays. `charged`: it answers the request `request_id` of its payee. `visibility`, `show_amount`:
    what holds, by the wishes of both; `my_…`: the viewer's own.
    """

    id: str
    state: str
    payer: PartyView
    payee: PartyView
    amount: int
    currency: str
    note: str
    request_id: str | None
    kind: Literal["paid", "charged"]
    visibility: Visibility
    my_visibility: Visibility
    show_amount: bool
    my_show_amount: bool
    created_at: datetime
    completed_at: datetime | None
    state_history: list[StateView]
    fee: int | None
    total: int | None
    funding: list[FundingView]
    lands_on: date | None
    can: CanView
    challenge: ChallengeView | None
    review: ReviewView | None
    failure: FailureView | None
    reversed_amount: int
    reversals: list[ReversalView]


@dataclass(slots=True)
class HoldView:
    """Money on hold: why, how much in minor units, and the `pay_` id it is for."""

    reason: HeldFor
    amount: int
    ref: str


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
class OwedView:
    """Why nothing can be sent: what is owed, after a bank or card took money back. Minor units."""

    code: Literal["ACCOUNT_FROZEN"]
    reason: Literal["owed"]
    amount: int


@dataclass(slots=True)
class MyBalanceView(BalanceView):
    """What I have, and what each part on hold is for."""

    holds: list[HoldView]
    restriction: OwedView | None = None


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
    """A line of activity. `amount` is signed, in minor units: what it did to my balance.

    Where `balance_after` is null nothing moved, or has not yet; a payment that waits with a part of
    my balance has it, and its `funding` line, null, counts with it. `owed`: what of a return,
    refund or chargeback my balance did not have, so that I owe so much more (or less, below 0).
    `payment_id` names the payment of which money came back (`reversal`, `release`), or of which a
    bank or card pays a part (`funding`); `operation_id` what was done at the bank or card.
    """

    id: str
    kind: ActivityKind
    state: str
    direction: Literal["in", "out"]
    amount: int
    fee: int
    currency: str
    counterparty: PartyView | None
    note: str
    at: datetime
    balance_after: int | None
    owed: int
    payment_id: str | None
    operation_id: str | None


@dataclass(slots=True)
class ActivityPage:
    """A page of activity, newest first."""

    items: list[ActivityView]
    next_cursor: str | None


Warned = Literal["SIMILAR_RECENT", "NEW_PAYEE"]
Lands = Literal["now", "later", "after_proof", "after_review"]


@dataclass(slots=True)
class QuoteLine:
    """One line of where the money would come from. Minor units."""

    kind: LineKind
    source_id: str | None
    label: str
    amount: int
    fee: int


@dataclass(slots=True)
class LimitView:
    """A limit and what counts towards it, in minor units; `resets_at`: the oldest part ends."""

    limit: int
    used: int
    left: int
    resets_at: datetime | None


@dataclass(slots=True)
class QuoteLimits:
    """What may still be sent, in minor units."""

    per_payment: int
    day: LimitView
    week: LimitView


@dataclass(slots=True)
class QuoteView:
    """What a payment would cost. It holds nothing; `quote_token` binds us to it until `expires_at`.

    `lands`: when the payee has it; what a bank pays `later`, on the day `lands_on`; a payment that
    our rules hold back waits for the payer's proof or for a review. `SIMILAR_RECENT`: the same
    amount went to this person within 10 minutes. `NEW_PAYEE`: none ever.
    """

    quote_token: str
    expires_at: datetime
    lines: list[QuoteLine]
    fee: int
    total: int
    currency: str
    lands: Lands
    lands_on: date | None
    limits: QuoteLimits
    audience: Visibility
    warnings: list[Warned]


@dataclass(slots=True)
class PasskeyAsk:
    """What to ask the browser's passkey, which proves the challenge: good once, for 5 minutes."""

    challenge_id: str
    options: SignOptions


@dataclass(slots=True)
class HiddenView:
    """How many past payments fewer people see now."""

    hidden: int


# --- for operators -----------------------------------------------------------------------------


@dataclass(slots=True)
class OpsReviewView:
    """Why and until when a payment is held back: rules that fit, and the facts they judged."""

    score: int
    rules: list[str]
    ruleset_version: int
    payer_since: datetime
    sent_before: int
    since: datetime
    review_by: datetime
    expires_at: datetime


@dataclass(slots=True)
class OpsPaymentView:
    """A payment as operators see it: without note, names and handles. Minor units."""

    id: str
    state: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    state_history: list[StateView]
    refusal_code: str | None
    reversed_amount: int
    reversals: list[ReversalView]
    review: OpsReviewView | None
    needs_second: bool


@dataclass(slots=True)
class OpsPaymentsPage:
    """Payments that wait for an operator, the most urgent first."""

    items: list[OpsPaymentView]
    next_cursor: str | None


@dataclass(slots=True)
class DecidedView:
    """What came of an act: the payment as it stands, or the question to a second operator."""

    payment: OpsPaymentView
    approval_id: str | None
