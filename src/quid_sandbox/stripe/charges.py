"""Charges: what an issuer says to one, what it costs, and what comes after."""

from typing import Any, Final

from quid_sandbox.stripe import disputes, money, rules
from quid_sandbox.stripe.cards import BY_NAME, Card, Decline
from quid_sandbox.stripe.desk import Desk, meta
from quid_sandbox.stripe.errors import Doc
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import DATED, ONE, Op, metadata, text

DESCRIPTOR: Final = "QUID"
TROUBLES: Final = frozenset({"fraudulent", "product_not_received", "inquiry", "warning"})


def approve(desk: Desk, intent: Doc, method: Doc, *, was_asked: bool) -> Doc:
    """The issuer pays; the money is on its way to the account."""
    card = BY_NAME[method["_card"]]
    charge = _charge(desk, intent, method, was_asked=was_asked)
    cents = intent["amount"]
    on = desk.seconds if card.is_available else int(desk.banking_days(money.CARD_DAYS).timestamp())
    row = money.move(
        desk,
        money.Movement(
            "charge",
            "charge",
            cents,
            charge["id"],
            money.card_fee(cents),
            on,
            intent["description"],
        ),
    )
    charge.update(
        balance_transaction=row["id"],
        amount_captured=cents,
        captured=True,
        paid=True,
        status="succeeded",
        outcome=_outcome("authorized", "approved_by_network", "Payment complete."),
    )
    desk.put(charge)
    emit(desk, "charge.succeeded", charge)
    if not card.is_available:
        money.announce(desk, desk.banking_days(money.CARD_DAYS))
    rule = rules.meant(desk, intent, card)
    reason = rule["charge"] if rule.get("charge") in TROUBLES else card.later
    if reason:
        desk.later(rules.when(desk, rule), "trouble", charge["id"], reason=reason)
    return charge


def refuse(desk: Desk, intent: Doc, method: Doc, no: Decline) -> Doc:
    """The issuer does not pay; the charge stays as a record."""
    charge = _charge(desk, intent, method, was_asked=False)
    outcome = _outcome("issuer_declined", "declined_by_network", no.message)
    charge.update(
        failure_code=no.code,
        failure_message=no.message,
        status="failed",
        outcome={**outcome, "reason": no.decline_code or no.code},
    )
    desk.put(charge)
    emit(desk, "charge.failed", charge)
    return charge


def _outcome(kind: str, network: str, words: str) -> Doc:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": words,
        "type": kind,
    }


def _paid_with(card: Card, method: Doc, cents: int, *, was_asked: bool) -> Doc:
    shown = method["card"]
    asked: Doc | None = None
    if was_asked:
        asked = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": None,
            "result": "authenticated",
            "result_reason": None,
            "transaction_id": None,
            "version": "2.2.0",
        }
    return {
        "card": {
            "amount_authorized": cents,
            "authorization_code": "123456",
            "brand": card.brand,
            "checks": shown["checks"],
            "country": "US",
            "exp_month": shown["exp_month"],
            "exp_year": shown["exp_year"],
            "extended_authorization": {"status": "disabled"},
            "fingerprint": card.fingerprint,
            "funding": card.funding,
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "last4": card.last4,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card.brand,
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": cents, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": asked,
            "wallet": None,
        },
        "type": "card",
    }


def _charge(desk: Desk, intent: Doc, method: Doc, *, was_asked: bool) -> Doc:
    card = BY_NAME[method["_card"]]
    suffix = intent["statement_descriptor_suffix"]
    return {
        "id": desk.new("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": f"{DESCRIPTOR}* {suffix}" if suffix else DESCRIPTOR,
        "captured": False,
        "created": desk.seconds,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _paid_with(card, method, intent["amount"], was_asked=was_asked),
        "presentment_details": None,
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": suffix,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
        "_card": card.name,
    }


# ---------------------------------------------------------------------- later


def trouble(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """What such a card brings a little after its charge."""
    charge = desk.get("charge", ref)
    if charge is None:
        return
    if body["reason"] == "warning":
        warn(desk, charge)
    elif not charge["refunded"]:
        disputes.open_dispute(desk, charge, body["reason"])


def warn(desk: Desk, charge: Doc) -> None:
    """The issuer suspects fraud; no money moves."""
    warning = {
        "id": desk.new("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": not charge["refunded"],
        "charge": charge["id"],
        "created": desk.seconds,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    emit(desk, "radar.early_fraud_warning.created", desk.put(warning))


# ---------------------------------------------------------------------- operations


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/charges."""
    filters = {name: args.get(name) for name in ("customer", "payment_intent", "transfer_group")}
    return desk.listed("charge", args, "/v1/charges", filters)


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/charges/{id}."""
    return desk.open("charge", args)


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/charges/{id}."""
    charge = desk.open("charge", args)
    meta(charge, args)
    desk.put(charge)
    emit(desk, "charge.updated", charge)
    return charge


def warnings(desk: Desk, args: Doc) -> Doc:
    """GET /v1/radar/early_fraud_warnings."""
    filters = {name: args.get(name) for name in ("charge", "payment_intent")}
    url = "/v1/radar/early_fraud_warnings"
    return desk.listed("radar.early_fraud_warning", args, url, filters)


def warning(desk: Desk, args: Doc) -> Doc:
    """GET /v1/radar/early_fraud_warnings/{id}."""
    return desk.open("radar.early_fraud_warning", args)


OPS: Final = (
    Op(
        "GET",
        "/v1/charges",
        listed,
        {**DATED, "customer": text, "payment_intent": text, "transfer_group": text},
    ),
    Op("GET", "/v1/charges/{id}", one, ONE),
    Op("POST", "/v1/charges/{id}", update, {**ONE, "metadata": metadata}),
    Op(
        "GET",
        "/v1/radar/early_fraud_warnings",
        warnings,
        {**DATED, "charge": text, "payment_intent": text},
    ),
    Op("GET", "/v1/radar/early_fraud_warnings/{id}", warning, ONE),
)
