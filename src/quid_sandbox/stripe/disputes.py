"""Chargebacks: the network takes the money, evidence or silence decides.

An inquiry, the card `createDisputeInquiry`, asks first and takes nothing.
"""

from datetime import timedelta
from typing import Any, Final

from quid_sandbox.stripe import money
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc, invalid
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import DATED, ONE, Op, boolean, metadata, text

ANSWER_WITHIN: Final = timedelta(days=7)
NETWORK_CODES: Final = {"fraudulent": "10.4", "product_not_received": "13.1"}
EVIDENCE: Final = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip
OPEN: Final = frozenset({"needs_response", "warning_needs_response"})
DECIDED: Final = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(desk: Desk, charge: Doc, reason: str) -> Doc:
    """The network takes a charge back, or asks about it."""
    is_inquiry = reason == "inquiry"
    dispute = _dispute(desk, charge, "general" if is_inquiry else reason)
    dispute["status"] = "warning_needs_response" if is_inquiry else "needs_response"
    desk.put(dispute)
    charge["disputed"] = True
    desk.put(charge)
    emit(desk, "charge.dispute.created", dispute)
    if not is_inquiry:
        _move(desk, dispute, "dispute", -dispute["amount"], money.DISPUTE_FEE)
        emit(desk, "charge.dispute.funds_withdrawn", dispute)
    desk.later(desk.now + ANSWER_WITHIN, "dispute", dispute["id"], to="late")
    return dispute


def _dispute(desk: Desk, charge: Doc, reason: str) -> Doc:
    due_by = int((desk.now + ANSWER_WITHIN).timestamp())
    code = NETWORK_CODES.get(reason)
    brand = charge["payment_method_details"]["card"]["brand"]
    return {
        "id": desk.new("du"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": desk.seconds,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": reason == "general",
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "inquiry" if reason == "general" else "chargeback",
                "network": brand,
                "network_reason_code": code,
            },
            "type": "card",
        },
        "reason": reason,
        "status": "",
        "_money": [],
    }


def _move(desk: Desk, dispute: Doc, category: str, cents: int, fee: int = 0) -> None:
    movement = money.Movement("adjustment", category, cents, dispute["id"], fee)
    dispute["_money"].append(money.move(desk, movement)["id"])
    desk.put(dispute)


def _end(desk: Desk, dispute: Doc, status: str) -> None:
    before = {"status": dispute["status"]}
    desk.tx.forget_timers(dispute["id"])
    dispute.update(status=status, is_charge_refundable=status != "lost")
    desk.put(dispute)
    if status == "won":
        _move(desk, dispute, "dispute_reversal", dispute["amount"])
        emit(desk, "charge.dispute.funds_reinstated", dispute)
    emit(desk, "charge.dispute.closed", dispute, before)


def decided(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """The network decides, or the time to answer is over."""
    dispute = desk.get("dispute", ref)
    if dispute is None:
        return
    is_inquiry = dispute["status"].startswith("warning_")
    if body["to"] == "late":
        dispute["evidence_details"]["past_due"] = True
        _end(desk, dispute, "warning_closed" if is_inquiry else "lost")
    else:
        _end(desk, dispute, "warning_closed" if is_inquiry else body["to"])


# ---------------------------------------------------------------------- operations


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/disputes/{id}: evidence, sent to the network unless `submit` is false."""
    dispute = desk.open("dispute", args)
    meta(dispute, args)
    if "evidence" in args:
        if dispute["status"] not in OPEN:
            raise invalid(
                "This dispute is already closed or under review; evidence cannot be changed."
            )
        dispute["evidence"].update(args["evidence"])
        dispute["evidence_details"]["has_evidence"] = True
        if args.get("submit", True):
            _submit(desk, dispute)
    desk.put(dispute)
    emit(desk, "charge.dispute.updated", dispute)
    return dispute


def _submit(desk: Desk, dispute: Doc) -> None:
    details = dispute["evidence_details"]
    details["submission_count"] += 1
    details["submission_method"] = "manual"
    dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    desk.tx.forget_timers(dispute["id"])
    # As published: this text alone decides; any other stays under review.
    if verdict := DECIDED.get(dispute["evidence"]["uncategorized_text"] or ""):
        desk.later(desk.soon(), "dispute", dispute["id"], to=verdict)


def close(desk: Desk, args: Doc) -> Doc:
    """POST /v1/disputes/{id}/close: give up; it is lost."""
    dispute = desk.open("dispute", args)
    if dispute["status"] not in OPEN:
        raise invalid("This dispute is already closed.")
    _end(desk, dispute, "warning_closed" if dispute["status"].startswith("warning_") else "lost")
    return dispute


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/disputes."""
    filters = {name: args.get(name) for name in ("charge", "payment_intent")}
    return desk.listed("dispute", args, "/v1/disputes", filters)


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/disputes/{id}."""
    return desk.open("dispute", args)


OPS: Final = (
    Op("GET", "/v1/disputes", listed, {**DATED, "charge": text, "payment_intent": text}),
    Op("GET", "/v1/disputes/{id}", one, ONE),
    Op(
        "POST",
        "/v1/disputes/{id}",
        update,
        {
            **ONE,
            "evidence": dict.fromkeys(EVIDENCE, text),
            "submit": boolean,
            "metadata": metadata,
        },
    ),
    Op("POST", "/v1/disputes/{id}/close", close, ONE),
)
