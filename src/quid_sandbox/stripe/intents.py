"""Payment intents: prepared, confirmed, perhaps asked about, paid or declined."""

from typing import Any, Final

from quid_sandbox.stripe import charges
from quid_sandbox.stripe.cards import BY_NAME, Decline
from quid_sandbox.stripe.customers import method_of, spent
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc, StripeError, invalid, unexpected
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
CONFIRMABLE: Final = frozenset(
    {"requires_payment_method", "requires_confirmation", "requires_action"}
)
ASK: Final = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)
FAILED_ASKING: Final = (
    "The provided payment method has failed authentication. You can provide payment_method_data or"
    " a new PaymentMethod to attempt to fulfill this PaymentIntent again."
)


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
        intent["payment_method"] = _method(desk, intent, args["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
        desk.put(intent)
    return _confirm(desk, intent, args) if args.get("confirm") else intent


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


def _method(desk: Desk, intent: Doc, ident: str) -> Doc:
    """The payment method, seen to be usable for this intent."""
    method = method_of(desk, ident, "payment_method")
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise invalid(
            f"The PaymentMethod {method['id']} does not belong to the Customer of this"
            " PaymentIntent. Please use this PaymentMethod with the Customer that it belongs to"
            " instead.",
            "payment_method",
        )
    if method["_is_spent"]:
        raise spent()
    return method


# ---------------------------------------------------------------------- confirming


def confirm(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents/{id}/confirm."""
    return _confirm(desk, desk.open("payment_intent", args), args)


def _confirm(desk: Desk, intent: Doc, args: Doc) -> Doc:
    if intent["status"] not in CONFIRMABLE:
        end = "succeeded after being previously confirmed"
        raise unexpected(
            shown(desk, intent),
            "payment_intent",
            "You cannot confirm this PaymentIntent because it has already"
            f" {end if intent['amount_received'] else 'been canceled'}.",
        )
    ident = args.get("payment_method", intent["payment_method"])
    if ident is None:
        raise unexpected(
            shown(desk, intent),
            "payment_intent",
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method or ConfirmationToken.",
        )
    if intent["automatic_payment_methods"] and not args.get("return_url"):
        raise invalid(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard."
            " Because some of these payment methods might redirect your customer off of your page,"
            " you must provide a `return_url`."
        )
    method = _method(desk, intent, ident)
    card = BY_NAME[method["_card"]]
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    if card.asks and (args.get("off_session") or args.get("error_on_requires_action")):
        raise _declined(desk, intent, method, ASK)
    if card.asks:
        return _ask(desk, intent, args.get("return_url"))
    if card.decline is not None:
        raise _declined(desk, intent, method, card.decline)
    return _paid(desk, intent, method, was_asked=False)


def _paid(desk: Desk, intent: Doc, method: Doc, *, was_asked: bool) -> Doc:
    charge = charges.approve(desk, intent, method, was_asked=was_asked)
    if method["customer"] is None:
        method["_is_spent"] = True
        desk.put(method)
    intent.update(
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        status="succeeded",
    )
    desk.put(intent)
    emit(desk, "payment_intent.succeeded", intent)
    return intent


def _declined(desk: Desk, intent: Doc, method: Doc, no: Decline) -> StripeError:
    """The issuer said no: what is answered; the failed charge stays."""
    charge = charges.refuse(desk, intent, method, no)
    problem: Doc = {
        "charge": charge["id"],
        "code": no.code,
        "decline_code": no.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{no.code.replace('_', '-')}",
        "message": no.message,
        "payment_method": shown(desk, method),
        "type": "card_error",
    }
    _back(desk, intent, {name: said for name, said in problem.items() if said is not None})
    intent["latest_charge"] = charge["id"]
    desk.put(intent)
    emit(desk, "payment_intent.payment_failed", intent)
    details = {name: said for name, said in problem.items() if name not in {"type", "message"}}
    return StripeError(
        402, no.message, kind="card_error", **details, payment_intent=shown(desk, intent)
    )


def _back(desk: Desk, intent: Doc, problem: Doc) -> None:
    """Another card may be tried."""
    intent.update(
        last_payment_error=problem,
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    desk.put(intent)


# ---------------------------------------------------------------------- 3-D Secure


def _ask(desk: Desk, intent: Doc, return_url: str | None) -> Doc:
    """Send the owner to their bank's page."""
    url = asking_url(desk, intent)
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "redirect_to_url": {"return_url": return_url, "url": url},
        "type": "redirect_to_url",
    }
    desk.put(intent)
    emit(desk, "payment_intent.requires_action", intent)
    return intent


def asking_url(desk: Desk, intent: Doc) -> str:
    """The page of a bank that asks; its last part is told to the owner alone."""
    intent["_nonce"] = desk.tx.new_id("", 32)
    return f"{desk.world.urls['stripe']}/3ds/{intent['id']}/{intent['_nonce']}"


def asked(desk: Desk, intent: Doc, *, approves: bool) -> Doc:
    """The owner answered their bank."""
    method = desk.need("payment_method", intent["payment_method"], "payment_method")
    intent.pop("_nonce")
    if approves:
        return _paid(desk, intent, method, was_asked=True)
    problem = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": FAILED_ASKING,
        "payment_method": shown(desk, method),
        "type": "invalid_request_error",
    }
    _back(desk, intent, problem)
    emit(desk, "payment_intent.payment_failed", intent)
    return intent


# ---------------------------------------------------------------------- other operations


def cancel(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_intents/{id}/cancel."""
    intent = desk.open("payment_intent", args)
    if intent["status"] not in CONFIRMABLE:
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
        if intent["status"] not in CONFIRMABLE:
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
