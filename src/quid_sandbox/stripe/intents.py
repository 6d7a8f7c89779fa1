"""Payment intents: prepared, changed, cancelled, listed; how one is paid stands in `confirming`."""

from typing import Any, Final

from quid_sandbox.stripe import confirming
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc, invalid, unexpected
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.show import shown
from quid_sandbox.stripe.spec import (
    DATED,
    ONE,
    Fields,
    Op,
    amount,
    boolean,
    choice,
    currency,
    link,
    metadata,
    suffix,
    text,
    texts,
)

AMOUNT_MIN: Final = 50


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents; nothing moves unless it is confirmed at once."""
    if args["amount"] < AMOUNT_MIN:
        raise invalid("Amount must be at least $0.50 usd", "amount", "amount_too_small")
    if "customer" in args:
        desk.need("customer", args["customer"], "customer")
    if args.get("payment_method_types", ["card"]) != ["card"]:
        raise invalid("The payment method type provided is invalid here.", "payment_method_types")
    intent = desk.put(_intent(desk, args))
    emit(desk, "payment_intent.created", intent)
    if "payment_method" in args:
        intent["payment_method"] = confirming.usable(desk, intent, args["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
        desk.put(intent)
    return confirming.confirm(desk, intent, args) if args.get("confirm") else intent


def _intent(desk: Desk, args: Doc) -> Doc:
    ident = desk.new("pi")
    is_open = "payment_method_types" not in args
    return {
        "id": ident,
        "object": "payment_intent",
        "amount": args["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": (
            {"allow_redirects": "always", "enabled": True} if is_open else None
        ),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{ident}_secret_{desk.tx.new_id('', 24)}",
        "confirmation_method": "automatic",
        "created": desk.seconds,
        "currency": args["currency"],
        "customer": args.get("customer"),
        "description": args.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": args.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": args.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": args.get("statement_descriptor"),
        "statement_descriptor_suffix": args.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": args.get("transfer_group"),
    }


# ---------------------------------------------------------------------- operations


def confirm(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents/{id}/confirm."""
    return confirming.confirm(desk, desk.open("payment_intent", args), args)


def cancel(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents/{id}/cancel."""
    intent = desk.open("payment_intent", args)
    if intent["status"] not in confirming.CONFIRMABLE:
        raise unexpected(
            shown(desk, intent),
            "payment_intent",
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
            " Only a PaymentIntent with one of the following statuses may be canceled:"
            " requires_payment_method, requires_capture, requires_confirmation, requires_action,"
            " processing.",
        )
    intent.pop("_nonce", None)
    intent.update(
        canceled_at=desk.seconds,
        cancellation_reason=args.get("cancellation_reason"),
        next_action=None,
        status="canceled",
    )
    desk.put(intent)
    emit(desk, "payment_intent.canceled", intent)
    return intent


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents/{id}."""
    intent = desk.open("payment_intent", args)
    meta(intent, args)
    told: dict[str, Any] = {
        name: args[name] for name in ("description", "statement_descriptor_suffix") if name in args
    }
    if "amount" in args:
        if intent["status"] not in confirming.CONFIRMABLE:
            raise unexpected(
                shown(desk, intent),
                "payment_intent",
                "This PaymentIntent's amount could not be updated because it has a status of"
                f" {intent['status']}.",
            )
        told["amount"] = args["amount"]
    intent.update(told)
    return desk.put(intent)


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payment_intents/{id}."""
    return desk.open("payment_intent", args)


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payment_intents."""
    filters = {"customer": args.get("customer")}
    return desk.listed("payment_intent", args, "/v1/payment_intents", filters)


_CONFIRMED: Final[Fields] = {
    **ONE,
    "error_on_requires_action": boolean,
    "off_session": boolean,
    "payment_method": text,
    "return_url": link,
}
OPS: Final = (
    Op(
        "POST",
        "/v1/payment_intents",
        create,
        {
            **_CONFIRMED,
            "amount": amount,
            "automatic_payment_methods": {"enabled": boolean, "allow_redirects": text},
            "confirm": boolean,
            "currency": currency,
            "customer": text,
            "description": text,
            "metadata": metadata,
            "allowed_payment_method_types": texts,
            "payment_method_types": texts,
            "receipt_email": text,
            "statement_descriptor": text,
            "statement_descriptor_suffix": suffix,
            "transfer_group": text,
        },
        ("amount", "currency"),
    ),
    Op("GET", "/v1/payment_intents", listed, {**DATED, "customer": text}),
    Op("GET", "/v1/payment_intents/{id}", one, ONE),
    Op(
        "POST",
        "/v1/payment_intents/{id}",
        update,
        {
            **ONE,
            "amount": amount,
            "description": text,
            "metadata": metadata,
            "statement_descriptor_suffix": suffix,
        },
    ),
    Op("POST", "/v1/payment_intents/{id}/confirm", confirm, _CONFIRMED),
    Op(
        "POST",
        "/v1/payment_intents/{id}/cancel",
        cancel,
        {
            **ONE,
            "cancellation_reason": choice(
                "abandoned", "duplicate", "fraudulent", "requested_by_customer"
            ),
        },
    ),
)
