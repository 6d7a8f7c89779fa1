"""Checkout in setup mode: a hosted page saves a card; the setup intent says how that went."""

from datetime import timedelta
from typing import Any, Final

from quid_sandbox.stripe.cards import BY_NAME, Card
from quid_sandbox.stripe.confirming import FAILED_ASKING, asking_url
from quid_sandbox.stripe.customers import declined, keep, new_method
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc, StripeError, invalid
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.show import shown
from quid_sandbox.stripe.spec import (
    DATED,
    ONE,
    Op,
    choice,
    currency,
    integer,
    link,
    metadata,
    text,
    texts,
)

LIVES_MIN: Final = timedelta(minutes=30)
LIVES_MAX: Final = timedelta(hours=24)


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/checkout/sessions."""
    if "customer" in args:
        desk.need("customer", args["customer"], "customer")
    if args.get("payment_method_types", ["card"]) != ["card"]:
        raise invalid("The payment method type provided is invalid here.", "payment_method_types")
    lives = args.get("expires_at", int((desk.now + LIVES_MAX).timestamp())) - desk.seconds
    # Half a minute of grace, as the caller's clock is not ours.
    if not LIVES_MIN.total_seconds() - 30 <= lives <= LIVES_MAX.total_seconds() + 30:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from"
            " Checkout Session creation.",
            "expires_at",
        )
    setup = desk.put(_setup(desk, args))
    emit(desk, "setup_intent.created", setup)
    session = desk.put(_session(desk, args, setup["id"], desk.seconds + lives))
    desk.tx.effect("checkout.session.created", session["id"])
    desk.later(desk.now + timedelta(seconds=lives), "session", session["id"])
    return session


def _setup(desk: Desk, args: Doc) -> Doc:
    ident = desk.new("seti")
    data = args.get("setup_intent_data", {})
    return {
        "id": ident,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": f"{ident}_secret_{desk.tx.new_id('', 24)}",
        "created": desk.seconds,
        "customer": args.get("customer"),
        "description": data.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def _session(desk: Desk, args: Doc, setup: str, expires_at: int) -> Doc:
    ident = desk.new("cs_test")
    empty = (
        "adaptive_pricing", "after_expiration", "allow_promotion_codes", "amount_subtotal",
        "amount_total", "billing_address_collection", "client_secret", "collected_information",
        "consent", "consent_collection", "currency_conversion", "customer_creation",
        "customer_details", "customer_email", "invoice", "invoice_creation", "payment_intent",
        "payment_link", "payment_method_configuration_details", "recovered_from",
        "saved_payment_method_options", "shipping_address_collection", "shipping_cost",
        "submit_type", "subscription", "total_details",
    )  # fmt: skip
    return {
        **dict.fromkeys(empty),
        "id": ident,
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": args.get("cancel_url"),
        "client_reference_id": args.get("client_reference_id"),
        "created": desk.seconds,
        "currency": args.get("currency"),
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": args.get("customer"),
        "discounts": [],
        "expires_at": expires_at,
        "livemode": False,
        "locale": None,
        "metadata": args.get("metadata", {}),
        "mode": "setup",
        "payment_method_collection": "always",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "setup_intent": setup,
        "shipping_options": [],
        "status": "open",
        "success_url": args["success_url"],
        "ui_mode": "hosted_page",
        "url": f"{desk.world.urls['stripe']}/c/pay/{ident}",
        "wallet_options": None,
    }


# ---------------------------------------------------------------------- what the page does


def submit(desk: Desk, session: Doc, card: Card, name: str) -> str | None:
    """A card was typed; returns the bank's page if that asks, None when the card is saved.

    Raises:
        StripeError: the issuer declines; the session stays open.
    """
    setup = desk.need("setup_intent", session["setup_intent"], "setup_intent")
    if not card.saves:
        no = declined(card)
        _failed(desk, setup, no.error)
        raise no
    method = new_method(desk, card, name=name)
    setup.update(payment_method=method["id"], last_setup_error=None)
    if not card.asks:
        _saved(desk, setup)
        return None
    url = asking_url(desk, setup)
    setup["status"] = "requires_action"
    setup["next_action"] = {
        "redirect_to_url": {"return_url": session["success_url"], "url": url},
        "type": "redirect_to_url",
    }
    desk.put(setup)
    emit(desk, "setup_intent.requires_action", setup)
    return url


def asked(desk: Desk, setup: Doc, *, approves: bool) -> Doc:
    """The owner answered their bank; returns the session."""
    session = desk.all("checkout.session", setup_intent=setup["id"])[0]
    setup.pop("_nonce")
    if approves and session["status"] == "open":
        _saved(desk, setup)
        return desk.need("checkout.session", session["id"], "id")
    problem = {
        "code": "setup_intent_authentication_failure",
        "message": FAILED_ASKING.replace("PaymentIntent", "SetupIntent"),
        "type": "invalid_request_error",
    }
    _failed(desk, setup, problem)
    return session


def _failed(desk: Desk, setup: Doc, problem: Doc) -> None:
    setup.update(
        last_setup_error=problem,
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    desk.put(setup)
    emit(desk, "setup_intent.setup_failed", setup)


def _saved(desk: Desk, setup: Doc) -> None:
    """The card is the customer's, and the session is over."""
    method = desk.need("payment_method", setup["payment_method"], "payment_method")
    attempt = {
        "id": desk.new("setatt"),
        "object": "setup_attempt",
        "application": None,
        "created": desk.seconds,
        "customer": setup["customer"],
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {
                "brand": method["card"]["brand"],
                "checks": method["card"]["checks"],
                "country": "US",
                "exp_month": method["card"]["exp_month"],
                "exp_year": method["card"]["exp_year"],
                "fingerprint": method["card"]["fingerprint"],
                "funding": method["card"]["funding"],
                "last4": method["card"]["last4"],
                "network": BY_NAME[method["_card"]].brand,
                "three_d_secure": None,
                "wallet": None,
            },
            "type": "card",
        },
        "setup_error": None,
        "setup_intent": setup["id"],
        "status": "succeeded",
        "usage": "off_session",
    }
    desk.put(attempt)
    setup.update(latest_attempt=attempt["id"], next_action=None, status="succeeded")
    desk.put(setup)
    if setup["customer"] is not None:
        keep(desk, method, setup["customer"])
    emit(desk, "setup_intent.succeeded", setup)
    session = desk.all("checkout.session", setup_intent=setup["id"])[0]
    desk.tx.forget_timers(session["id"])
    session.update(status="complete", url=None)
    desk.put(session)
    emit(desk, "checkout.session.completed", session)


def lapsed(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """Nobody came."""
    del body
    session = desk.get("checkout.session", ref)
    if session is not None and session["status"] == "open":
        _expire(desk, session)


def _expire(desk: Desk, session: Doc) -> None:
    desk.tx.forget_timers(session["id"])
    session.update(status="expired", url=None)
    desk.put(session)
    emit(desk, "checkout.session.expired", session)


# ---------------------------------------------------------------------- operations


def expire(desk: Desk, args: Doc) -> Doc:
    """POST /v1/checkout/sessions/{id}/expire."""
    session = desk.open("checkout.session", args)
    if session["status"] != "open":
        raise StripeError(
            400,
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`.",
        )
    _expire(desk, session)
    return session


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/checkout/sessions/{id}."""
    return desk.open("checkout.session", args)


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/checkout/sessions."""
    filters = {name: args.get(name) for name in ("customer", "status")}
    return desk.listed("checkout.session", args, "/v1/checkout/sessions", filters)


def setup_create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/setup_intents; it is confirmed on a page alone."""
    if "customer" in args:
        desk.need("customer", args["customer"], "customer")
    setup = _setup(desk, {**args, "setup_intent_data": args})
    emit(desk, "setup_intent.created", desk.put(setup))
    return setup


def setup_one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/setup_intents/{id}."""
    return desk.open("setup_intent", args)


def setups(desk: Desk, args: Doc) -> Doc:
    """GET /v1/setup_intents."""
    filters = {name: args.get(name) for name in ("customer", "payment_method")}
    return desk.listed("setup_intent", args, "/v1/setup_intents", filters)


def setup_update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/setup_intents/{id}."""
    setup = desk.open("setup_intent", args)
    meta(setup, args)
    return desk.put(setup)


def setup_cancel(desk: Desk, args: Doc) -> Doc:
    """POST /v1/setup_intents/{id}/cancel."""
    setup = desk.open("setup_intent", args)
    if setup["status"] in {"succeeded", "canceled"}:
        raise StripeError(
            400,
            f"You cannot cancel this SetupIntent because it has a status of {setup['status']}.",
            code="setup_intent_unexpected_state",
            setup_intent=shown(desk, setup),
        )
    setup.pop("_nonce", None)
    setup.update(status="canceled", next_action=None)
    emit(desk, "setup_intent.canceled", desk.put(setup))
    return setup


OPS: Final = (
    Op(
        "POST",
        "/v1/checkout/sessions",
        create,
        {
            **ONE,
            "cancel_url": link,
            "client_reference_id": text,
            "currency": currency,
            "customer": text,
            "expires_at": integer,
            "metadata": metadata,
            "mode": choice("setup"),
            "allowed_payment_method_types": texts,
            "payment_method_types": texts,
            "setup_intent_data": {"description": text, "metadata": metadata},
            "success_url": link,
        },
        ("mode", "success_url"),
    ),
    Op("GET", "/v1/checkout/sessions", listed, {**DATED, "customer": text, "status": text}),
    Op("GET", "/v1/checkout/sessions/{id}", one, ONE),
    Op("POST", "/v1/checkout/sessions/{id}/expire", expire, ONE),
    Op(
        "POST",
        "/v1/setup_intents",
        setup_create,
        {
            **ONE,
            "customer": text,
            "description": text,
            "metadata": metadata,
            "allowed_payment_method_types": texts,
            "payment_method_types": texts,
        },
    ),
    Op("GET", "/v1/setup_intents", setups, {**DATED, "customer": text, "payment_method": text}),
    Op("GET", "/v1/setup_intents/{id}", setup_one, ONE),
    Op("POST", "/v1/setup_intents/{id}", setup_update, {**ONE, "metadata": metadata}),
    Op("POST", "/v1/setup_intents/{id}/cancel", setup_cancel, ONE),
)
