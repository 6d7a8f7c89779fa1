"""How a payment intent is paid: at once, after the owner was asked, later, or not."""

from typing import Any, Final

from quid_sandbox.stripe import charges, rules
from quid_sandbox.stripe.cards import BY_NAME, Decline
from quid_sandbox.stripe.customers import method_of, spent
from quid_sandbox.stripe.desk import Desk
from quid_sandbox.stripe.errors import Doc, StripeError, invalid, unexpected
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.show import shown

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


def usable(desk: Desk, intent: Doc, ident: str) -> Doc:
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


def confirm(desk: Desk, intent: Doc, args: Doc) -> Doc:
    """Try to be paid.

    Raises:
        StripeError: the state does not allow it, or the issuer says no.
    """
    if intent["status"] not in CONFIRMABLE:
        raise unexpected(
            shown(desk, intent),
            "payment_intent",
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
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
    method = usable(desk, intent, ident)
    card = BY_NAME[method["_card"]]
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    if card.asks and (args.get("off_session") or args.get("error_on_requires_action")):
        raise _declined(desk, intent, method, ASK)
    if card.asks:
        return _ask(desk, intent, args.get("return_url"))
    rule = rules.meant(desk, intent, card)
    if rule.get("charge") == "processing":
        return _wait(desk, intent, rule)
    no = rules.decline(rule["code"]) if rule.get("charge") == "declined" else card.decline
    if no is not None:
        raise _declined(desk, intent, method, no)
    return _paid(desk, intent, method, was_asked=False)


def _wait(desk: Desk, intent: Doc, rule: Doc) -> Doc:
    """The issuer takes its time."""
    intent["status"] = "processing"
    desk.put(intent)
    emit(desk, "payment_intent.processing", intent)
    desk.later(rules.when(desk, rule), "processing", intent["id"], code=rule.get("code"))
    return intent


def processed(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """The issuer answered at last."""
    intent = desk.need("payment_intent", ref, "payment_intent")
    method = desk.need("payment_method", intent["payment_method"], "payment_method")
    if body["code"] is None:
        _paid(desk, intent, method, was_asked=False)
    else:
        _declined(desk, intent, method, rules.decline(body["code"]))


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
