"""From Stripe's words to those of the port. A word that nobody knows is not guessed."""

from collections.abc import Mapping
from typing import Final, Literal

from quid.funding.adapters.reading import hosted
from quid.funding.adapters.stripe.models import (
    BalanceLine,
    Dispute,
    Intent,
    LatestCharge,
    RefundRow,
)
from quid.funding.errors import ContractBroken
from quid.funding.ports import Charge, Chargeback, Refund

_Status = Literal["prepared", "succeeded", "declined", "requires_action", "processing", "cancelled"]
_STATUS: Final[Mapping[str, _Status]] = {
    "requires_payment_method": "prepared",
    "requires_confirmation": "prepared",
    "requires_action": "requires_action",
    "processing": "processing",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
_REFUND: Final[
    Mapping[str, Literal["pending", "succeeded", "failed", "cancelled", "requires_action"]]
] = {
    "pending": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "cancelled",
    "requires_action": "requires_action",
}
_CHARGEBACK: Final[Mapping[str, Literal["open", "won", "lost", "warning"]]] = {
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
    "prevented": "warning",
    "warning_needs_response": "warning",
    "warning_under_review": "warning",
    "warning_closed": "warning",
}


def charge(row: Intent, *, page_hosts: frozenset[str]) -> Charge:
    """Read a PaymentIntent. Raises: ContractBroken."""
    status = _STATUS.get(row.status)
    if status is None:
        raise ContractBroken("UNKNOWN_STATUS", f"a charge that is {row.status[:50]}")
    code = None
    if status == "prepared" and row.last_payment_error is not None:
        status = "declined"
        code = row.last_payment_error.decline_code or row.last_payment_error.code
    page = row.next_action.redirect_to_url if row.next_action else None
    money = row.latest_charge if isinstance(row.latest_charge, LatestCharge) else None
    line = money.balance_transaction if money else None
    booked = line if isinstance(line, BalanceLine) and status == "succeeded" else None
    return Charge(
        ref=row.id,
        op_id=row.metadata.get("op_id"),
        cents=row.amount,
        status=status,
        created_at=row.created,
        code=code,
        action_url=hosted(page.url, page_hosts) if page and status == "requires_action" else None,
        fee=booked.fee if booked else None,
        available_on=booked.available_on if booked else None,
        refunded=money.amount_refunded if money else 0,
        currency=row.currency.upper(),
    )


def refund(row: RefundRow, charge_ref: str) -> Refund:
    """Read a refund. Raises: ContractBroken."""
    status = _REFUND.get(row.status)
    if status is None:
        raise ContractBroken("UNKNOWN_STATUS", f"a refund that is {row.status[:50]}")
    return Refund(
        ref=row.id,
        charge_ref=row.payment_intent or charge_ref,
        op_id=row.metadata.get("op_id"),
        cents=row.amount,
        status=status,
        created_at=row.created,
    )


def chargeback(row: Dispute, charge_ref: str) -> Chargeback:
    """Read a claim. `is_money`: the amount was taken from our balance. Raises: ContractBroken."""
    status = _CHARGEBACK.get(row.status)
    if status is None:
        raise ContractBroken("UNKNOWN_STATUS", f"a dispute that is {row.status[:50]}")
    return Chargeback(
        ref=row.id,
        charge_ref=charge_ref,
        cents=row.amount,
        fee=sum(line.fee for line in row.balance_transactions),
        status=status,
        is_money=status != "warning" and any(line.amount < 0 for line in row.balance_transactions),
        reason=row.reason,
        due_by=row.evidence_details.due_by if row.evidence_details else None,
    )
