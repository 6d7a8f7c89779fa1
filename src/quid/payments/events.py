"""The facts that payments publishes. Ids as shown outside, amounts in minor units."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

WaitsFor = Literal["proof", "review"]
ReleasedBy = Literal["proof", "review", "funding"]


class PaymentCompleted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money has moved from payer to payee.

    `released_by`: what ended its waiting, if it waited. `for_request`: the `req_` id of the request
    that it answers.
    """

    TYPE: ClassVar[str] = "payments.payment_completed.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    visibility: str
    request_id: str
    released_by: ReleasedBy | None = None
    for_request: str | None = None


class PaymentDeclined(msgspec.Struct, frozen=True):
    """Funds or limits refused a payment; nothing moved."""

    TYPE: ClassVar[str] = "payments.payment_declined.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    refusal_code: str
    request_id: str


class PaymentHeld(msgspec.Struct, frozen=True):
    """A payment waits, with its money on hold: for its payer's proof, or for an operator."""

    TYPE: ClassVar[str] = "payments.payment_held.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    waits_for: WaitsFor
    reason: str
    methods: list[str]
    until: datetime
    request_id: str


class PaymentProcessing(msgspec.Struct, frozen=True):
    """A bank or card is to pay for a payment, or for a part of it. Minor units.

    `from_balance` is on hold meanwhile; `fee` is what the card costs on top.
    """

    TYPE: ClassVar[str] = "payments.payment_processing.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    paid_by: str
    from_balance: int
    fee: int
    request_id: str


class PaymentReleased(msgspec.Struct, frozen=True):
    """A payment that waited has ended without moving; its money is spendable again.

    `state`: REJECTED, DECLINED, FAILED, CANCELLED or EXPIRED. The payee never hears of it.
    """

    TYPE: ClassVar[str] = "payments.payment_released.v1"

    payment_id: str
    payer_id: str
    amount: int
    currency: str
    state: str
    refusal_code: str | None


class PaymentReversed(msgspec.Struct, frozen=True):
    """Two operators have taken money of a payment back, all of it if `is_whole`."""

    TYPE: ClassVar[str] = "payments.payment_reversed.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    reason: str
    is_whole: bool


class VisibilityChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the two has changed who may see a payment: the stricter wish of both, as it is now.

    `visibility_before`: as it was; those who never could see it are not to hear that it is there.
    """

    TYPE: ClassVar[str] = "payments.visibility_changed.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    visibility: str
    show_amount: bool
    visibility_before: str | None = None
