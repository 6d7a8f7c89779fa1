"""Refunds: at once, after a while, or seemingly and then not."""

from typing import Any, Final

from quid_sandbox.stripe import money
from quid_sandbox.stripe.cards import BY_NAME
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc, invalid
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import DATED, ONE, Op, amount, choice, metadata, text


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/refunds."""
    charge = _charge(desk, args)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if any(
        not dispute["is_charge_refundable"] for dispute in desk.all("dispute", charge=charge["id"])
    ):
        raise invalid(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if left <= 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    cents = args.get("amount", left)
    if cents > left:
        raise invalid(
            f"Refund amount (${cents / 100:,.2f}) is greater than unrefunded amount on charge"
            f" (${left / 100:,.2f})",
            "amount",
        )
    is_late = BY_NAME[charge["_card"]].refund == "pending"
    refund = _refund(desk, charge, args, cents)
    refund["status"] = "pending" if is_late else "succeeded"
    row = money.move(desk, money.Movement("refund", "refund", -cents, refund["id"]))
    refund["balance_transaction"] = row["id"]
    desk.put(refund)
    _told(desk, charge, cents)
    emit(desk, "refund.created", refund)
    emit(desk, "charge.refunded", charge)
    if BY_NAME[charge["_card"]].refund:
        desk.later(desk.soon(), "refund", refund["id"])
    return refund


def _charge(desk: Desk, args: Doc) -> Doc:
    if "charge" in args:
        charge = desk.need("charge", args["charge"], "charge")
    elif "payment_intent" in args:
        intent = desk.need("payment_intent", args["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise invalid(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                "payment_intent",
            )
        charge = desk.need("charge", intent["latest_charge"], "charge")
    else:
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} was not successful.", "charge")
    return charge


def _told(desk: Desk, charge: Doc, cents: int) -> None:
    """Count a refund, or with a negative amount its failure, on its charge."""
    charge["amount_refunded"] += cents
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    desk.put(charge)


def _refund(desk: Desk, charge: Doc, args: Doc, cents: int) -> Doc:
    return {
        "id": desk.new("re"),
        "object": "refund",
        "amount": cents,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": desk.seconds,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": args.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": args.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }


def ended(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """A refund that did not end when it was made: done now, or come back."""
    del body
    refund = desk.get("refund", ref)
    if refund is None:
        return
    before = {"status": refund["status"]}
    charge = desk.need("charge", refund["charge"], "charge")
    if BY_NAME[charge["_card"]].refund == "pending":
        refund["status"] = "succeeded"
        desk.put(refund)
        emit(desk, "refund.updated", refund, before)
        emit(desk, "charge.refund.updated", refund, before)
        return
    cents = refund["amount"]
    row = money.move(desk, money.Movement("refund_failure", "refund_failure", cents, ref))
    refund.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=row["id"],
    )
    desk.put(refund)
    _told(desk, charge, -cents)
    emit(desk, "refund.updated", refund, before)
    emit(desk, "refund.failed", refund, before)
    emit(desk, "charge.refund.updated", refund, before)


# ---------------------------------------------------------------------- operations


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/refunds."""
    filters = {name: args.get(name) for name in ("charge", "payment_intent")}
    return desk.listed("refund", args, "/v1/refunds", filters)


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/refunds/{id}."""
    return desk.open("refund", args)


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/refunds/{id}: metadata alone."""
    refund = desk.open("refund", args)
    before = {"metadata": refund["metadata"]}
    meta(refund, args)
    desk.put(refund)
    emit(desk, "refund.updated", refund, before)
    return refund


def cancel(desk: Desk, args: Doc) -> Doc:
    """POST /v1/refunds/{id}/cancel: never, for cards; only what waits for its owner can be."""
    refund = desk.open("refund", args)
    raise invalid(
        f"Refund {refund['id']} has status {refund['status']}; only refunds with status"
        " requires_action can be canceled."
    )


OPS: Final = (
    Op(
        "POST",
        "/v1/refunds",
        create,
        {
            **ONE,
            "amount": amount,
            "charge": text,
            "payment_intent": text,
            "metadata": metadata,
            "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
        },
    ),
    Op("GET", "/v1/refunds", listed, {**DATED, "charge": text, "payment_intent": text}),
    Op("GET", "/v1/refunds/{id}", one, ONE),
    Op("POST", "/v1/refunds/{id}", update, {**ONE, "metadata": metadata}),
    Op("POST", "/v1/refunds/{id}/cancel", cancel, ONE),
)
