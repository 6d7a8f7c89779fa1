"""The facts that payments publishes. Ids as shown outside, amounts in minor units."""

from typing import ClassVar

import msgspec


class PaymentCompleted(msgspec.Struct, frozen=True):
    """Money has moved from payer to payee."""

    TYPE: ClassVar[str] = "payments.payment_completed.v1"

    payment_id: str
    payer_id: str
    payee_id: str
    amount: int
    currency: str
    visibility: str
    request_id: str


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
