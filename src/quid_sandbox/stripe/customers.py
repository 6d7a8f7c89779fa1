"""Customers and what they pay with."""

from typing import Final

from quid_sandbox.stripe.cards import BY_NAME, TOKENS, Card
from quid_sandbox.stripe.desk import FACE, Desk, meta
from quid_sandbox.stripe.errors import Doc, StripeError, invalid, missing
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import (
    DATED,
    LISTED,
    ONE,
    Fields,
    Op,
    choice,
    free,
    metadata,
    text,
)

CARD_ONLY: Final = choice("card")
EXPIRES: Final = (12, 2034)


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/customers."""
    doc: Doc = {
        "id": desk.new("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": desk.seconds,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": args.get("description"),
        "discount": None,
        "email": args.get("email"),
        "invoice_prefix": desk.tx.new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": args.get("metadata", {}),
        "name": args.get("name"),
        "next_invoice_sequence": 1,
        "phone": args.get("phone"),
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    desk.put(doc)
    emit(desk, "customer.created", doc)
    return doc


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/customers/{id}."""
    doc = desk.open("customer", args)
    for name in ("description", "email", "name", "phone"):
        if name in args:
            doc[name] = args[name] or None
    meta(doc, args)
    desk.put(doc)
    emit(desk, "customer.updated", doc)
    return doc


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/customers/{id}; a deleted one says so."""
    gone = desk.tx.get(f"{FACE}.deleted", args["id"])
    return gone if gone is not None else desk.open("customer", args)


def delete(desk: Desk, args: Doc) -> Doc:
    """DELETE /v1/customers/{id}: its cards go with it."""
    doc = desk.open("customer", args)
    for method in desk.all("payment_method", customer=doc["id"]):
        let_go(desk, method)
    desk.tx.delete(f"{FACE}.customer", doc["id"])
    emit(desk, "customer.deleted", doc)
    gone = {"id": doc["id"], "object": "customer", "deleted": True}
    return desk.tx.put(f"{FACE}.deleted", gone, owner=desk.account)


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/customers."""
    return desk.listed("customer", args, "/v1/customers", {"email": args.get("email")})


# ---------------------------------------------------------------------- payment methods


def new_method(desk: Desk, card: Card, *, name: str | None = None) -> Doc:
    """Make a payment method of a test card. The number stays in the table of cards."""
    month, year = EXPIRES
    doc: Doc = {
        "id": desk.new("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": None,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass" if name else None,
            },
            "country": "US",
            "display_brand": card.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": card.fingerprint,
            "funding": card.funding,
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": desk.seconds,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_card": card.name,
        "_is_spent": False,
    }
    return desk.put(doc)


def method_of(desk: Desk, ident: str, param: str) -> Doc:
    """The payment method of an id, or a new one of a `pm_card_…` name.

    Raises:
        StripeError: there is none.
    """
    card = BY_NAME.get(ident.removeprefix("pm_card_")) if ident.startswith("pm_card_") else None
    if card is not None:
        return new_method(desk, card)
    doc = desk.get("payment_method", ident)
    if doc is None:
        raise missing("PaymentMethod", ident, param)
    return doc


def declined(card: Card, **details: object) -> StripeError:
    """The issuer's no."""
    if card.decline is None:
        raise ValueError(f"{card.name} is never declined")
    no = card.decline
    return StripeError(
        402, no.message, kind="card_error", code=no.code, decline_code=no.decline_code, **details
    )


def keep(desk: Desk, method: Doc, customer: str) -> None:
    """Give a payment method to a customer."""
    method["customer"] = customer
    desk.put(method)
    emit(desk, "payment_method.attached", method)


def let_go(desk: Desk, method: Doc) -> None:
    """Take it away; it cannot be used again."""
    before = {"customer": method["customer"]}
    method.update(customer=None, _is_spent=True)
    desk.put(method)
    emit(desk, "payment_method.detached", method, before)


def method_create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_methods: of a token; numbers are not taken here."""
    card = TOKENS.get(args.get("card", {}).get("token", ""))
    if card is None:
        raise StripeError(
            402,
            "Sending credit card numbers directly to the Stripe API is generally unsafe. To"
            " continue processing use Stripe.js, the Stripe mobile bindings, or Stripe Elements.",
            param="card",
        )
    doc = new_method(desk, card)
    meta(doc, args)
    return desk.put(doc)


def method_one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payment_methods/{id}."""
    return desk.open("payment_method", args)


def method_of_customer(desk: Desk, args: Doc) -> Doc:
    """GET /v1/customers/{customer}/payment_methods/{id}."""
    doc = desk.open("payment_method", args)
    if doc["customer"] != args["customer"]:
        raise missing("payment_method", args["id"], "id", status=404)
    return doc


def methods(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payment_methods of a customer."""
    if "customer" not in args:
        return {"object": "list", "data": [], "has_more": False, "url": "/v1/payment_methods"}
    desk.need("customer", args["customer"], "customer")
    filters = {"customer": args["customer"], "type": args.get("type")}
    return desk.listed("payment_method", args, "/v1/payment_methods", filters)


def attach(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_methods/{id}/attach: the issuer is asked."""
    method = method_of(desk, args["id"], "payment_method")
    desk.need("customer", args["customer"], "customer")
    if method["customer"] is not None and method["customer"] != args["customer"]:
        raise invalid(
            "The payment method you provided has already been attached to a customer.",
            "payment_method",
        )
    if method["_is_spent"]:
        raise spent()
    card = BY_NAME[method["_card"]]
    if not card.saves:
        raise declined(card)
    keep(desk, method, args["customer"])
    return method


def spent() -> StripeError:
    """A payment method that was used without a customer, or detached."""
    return invalid(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
        " attachment, or was detached from a Customer. It may not be used again.",
        "payment_method",
    )


def detach(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payment_methods/{id}/detach."""
    method = desk.open("payment_method", args)
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible.",
            "payment_method",
        )
    let_go(desk, method)
    return method


_TOLD: Final[Fields] = {
    **ONE,
    "description": text,
    "email": text,
    "metadata": metadata,
    "name": text,
    "phone": text,
}
OPS: Final = (
    Op("POST", "/v1/customers", create, _TOLD),
    Op("GET", "/v1/customers", listed, {**DATED, "email": text}),
    Op("GET", "/v1/customers/{id}", one, ONE),
    Op("POST", "/v1/customers/{id}", update, _TOLD),
    Op("DELETE", "/v1/customers/{id}", delete, {}),
    Op(
        "GET",
        "/v1/customers/{customer}/payment_methods",
        methods,
        {**LISTED, "type": CARD_ONLY},
    ),
    Op("GET", "/v1/customers/{customer}/payment_methods/{id}", method_of_customer, ONE),
    Op(
        "POST",
        "/v1/payment_methods",
        method_create,
        {**ONE, "type": CARD_ONLY, "card": {"token": text, "number": free}, "metadata": metadata},
        ("type",),
    ),
    Op("GET", "/v1/payment_methods", methods, {**LISTED, "customer": text, "type": CARD_ONLY}),
    Op("GET", "/v1/payment_methods/{id}", method_one, ONE),
    Op("POST", "/v1/payment_methods/{id}/attach", attach, {**ONE, "customer": text}, ("customer",)),
    Op("POST", "/v1/payment_methods/{id}/detach", detach, ONE),
)
