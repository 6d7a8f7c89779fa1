"""The hosted pages: Checkout, a bank's 3-D Secure, Connect onboarding.

They take the published test numbers alone; what is typed is looked up and dropped.
"""

import hmac
import re
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode

from quid_sandbox.core.calls import Call, Reply
from quid_sandbox.core.face import Route
from quid_sandbox.core.pages import field, form, page
from quid_sandbox.stripe import checkout, confirming, connect
from quid_sandbox.stripe.cards import BY_NAME, typed
from quid_sandbox.stripe.confirming import FAILED_ASKING
from quid_sandbox.stripe.desk import FACE, Desk
from quid_sandbox.stripe.errors import Doc, StripeError

GONE: Final = "This page is over."
NO_NUMBER: Final = "Use a published test number; a real card is never taken here."


def _desk(call: Call) -> Desk:
    return Desk(call.tx, call.world, call.now)


def _typed(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))


def _over() -> Reply:
    return Reply.html(page(GONE, "<p>Go back to where you came from and start again.</p>"), 404)


def _card_fields(name: str) -> str:
    """Filled in with a published card, so that one press saves it."""
    return (
        field("Card number", "number", value=BY_NAME[name].number)
        + field("Expires (MM / YY)", "expires", value="12 / 34")
        + field("Security code", "cvc", value="123")
    )


def _hint(*cards: tuple[str, str]) -> str:
    """The numbers to try; any date to come and any three digits go with them."""
    rows = "".join(
        f"<li><code>{BY_NAME[name].number}</code> {escape(what)}</li>" for name, what in cards
    )
    return f"<p>Numbers to try, with any date to come and any code:</p><ul>{rows}</ul>"


def _wrong(told: dict[str, str], desk: Desk) -> str:
    """What is wrong with a typed card, beside its number."""
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*/\s*(?:20)?([0-9]{2})\s*", told.get("expires", ""))
    if match is None or not 1 <= int(match[1]) <= 12:
        return "Your card's expiration date is incomplete."
    if (2000 + int(match[2]), int(match[1])) < (desk.now.year, desk.now.month):
        return "Your card's expiration year is in the past."
    if not re.fullmatch(r"[0-9]{3,4}", told.get("cvc", "").strip()):
        return "Your card's security code is incomplete."
    return ""


# ---------------------------------------------------------------------- checkout


def checkout_page(call: Call) -> Reply:
    """The form for a card."""
    session = _desk(call).get("checkout.session", call.params["id"])
    if session is None or session["status"] != "open":
        return _over()
    return _checkout(session)


def _checkout(session: Doc, wrong: str = "") -> Reply:
    fields = _card_fields("visa") + field("Name on card", "name")
    back = session["cancel_url"]
    away = f'<p><a href="{escape(back)}">Back</a></p>' if back else ""
    action = f"/c/pay/{session['id']}"
    hint = _hint(
        ("visa", "pays"),
        ("visa_debit", "pays, a debit card"),
        ("authenticationRequired", "asks its owner each time"),
        ("chargeDeclined", "is declined"),
        ("chargeCustomerFail", "is saved, then declined"),
        ("createDispute", "pays, then is charged back"),
    )
    content = form(action, fields, button="Save card") + hint + away
    return Reply.html(page("Save your card", content, wrong=wrong))


def checkout_done(call: Call) -> Reply:
    """A card was typed."""
    desk = _desk(call)
    session = desk.get("checkout.session", call.params["id"])
    if session is None or session["status"] != "open":
        return _over()
    told = _typed(call)
    card = typed(told.get("number", ""))
    wrong = NO_NUMBER if card is None else _wrong(told, desk)
    if card is None or wrong:
        return _checkout(session, wrong)
    try:
        url = checkout.submit(desk, session, card, told.get("name", "")[:200] or "Cardholder")
    except StripeError as no:
        return _checkout(session, str(no))
    return Reply.redirect(url or _success(session))


def _success(session: Doc) -> str:
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


# ---------------------------------------------------------------------- 3-D Secure


def _asking(desk: Desk, call: Call) -> Doc | None:
    """The intent about which a bank asks, if this page still stands."""
    kind = "payment_intent" if call.params["id"].startswith("pi_") else "setup_intent"
    intent = desk.get(kind, call.params["id"])
    if intent is None or not hmac.compare_digest(
        intent.get("_nonce", "").encode(), call.params["nonce"].encode()
    ):
        return None
    return intent


def asking_page(call: Call) -> Reply:
    """The bank asks its customer."""
    intent = _asking(_desk(call), call)
    if intent is None:
        return _over()
    cents = intent.get("amount")
    what = "save this card" if cents is None else f"pay ${cents // 100:,}.{cents % 100:02d}"
    buttons = "".join(
        form(call.path, "", button=button, hidden={"answer": answer})
        for answer, button in (("approve", "Approve"), ("fail", "Fail"))
    )
    return Reply.html(page("Your bank asks", f"<p>Do you want to {what}?</p>{buttons}"))


def asking_done(call: Call) -> Reply:
    """The customer answered their bank."""
    desk = _desk(call)
    intent = _asking(desk, call)
    answer = _typed(call).get("answer")
    if intent is None or answer not in {"approve", "fail"}:
        return _over()
    approves = answer == "approve"
    if intent["object"] == "setup_intent":
        session = checkout.asked(desk, intent, approves=approves)
        if session["status"] == "complete":
            return Reply.redirect(_success(session))
        return _checkout(session, FAILED_ASKING) if session["status"] == "open" else _over()
    return_url = intent["next_action"]["redirect_to_url"]["return_url"]
    confirming.asked(desk, intent, approves=approves)
    if not return_url:
        return Reply.html(page("Thank you", "<p>You may close this page.</p>"))
    query = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if approves else "failed",
        }
    )
    return Reply.redirect(f"{return_url}{'&' if '?' in return_url else '?'}{query}")


# ---------------------------------------------------------------------- connect onboarding


def _link(desk: Desk, call: Call) -> tuple[Doc, Doc] | None:
    """The link and its account; None when it never was, or is over."""
    link = desk.tx.get(f"{FACE}.link", call.params["nonce"])
    if link is None or link["account"] != call.params["id"]:
        return None
    account = desk.get("account", link["account"])
    return None if account is None else (link, account)


def onboarding_page(call: Call) -> Reply:
    """The form for a debit card or a bank account; a stale link goes back for a new one."""
    desk = _desk(call)
    found = _link(desk, call)
    if found is None:
        return _over()
    if found[0]["expires_at"] < desk.seconds:
        return Reply.redirect(found[0]["refresh_url"])
    return _onboarding(call)


def _onboarding(call: Call, wrong: str = "") -> Reply:
    card = form(call.path, _card_fields("visa_debit"), button="Use this debit card")
    numbers = field("Routing number", "routing") + field("Account number", "account")
    bank = form(call.path, numbers, button="Use this bank account")
    hint = _hint(
        ("visa_debit", "is paid"),
        ("visa_debit_us_transferFail", "fails"),
        ("visa_debit_us_instantPayoutUnsupported", "takes no instant payout"),
    )
    content = f"<h2>Debit card</h2>{card}{hint}<h2>Bank account</h2>{bank}"
    return Reply.html(page("Where should your money go?", content, wrong=wrong))


def onboarding_done(call: Call) -> Reply:
    """Card or account were typed."""
    desk = _desk(call)
    found = _link(desk, call)
    if found is None:
        return _over()
    link, account = found
    if link["expires_at"] < desk.seconds:
        return Reply.redirect(link["refresh_url"])
    told = _typed(call)
    try:
        if "account" in told:
            numbers = told.get("routing", "").strip(), told["account"].strip()
            connect.add_bank(desk, account["id"], *numbers)
        else:
            card = typed(told.get("number", ""))
            wrong = NO_NUMBER if card is None else _wrong(told, desk)
            if card is None or wrong:
                return _onboarding(call, wrong)
            connect.add_card(desk, account["id"], card)
    except StripeError as no:
        return _onboarding(call, str(no))
    connect.onboarded(desk, account)
    desk.tx.delete(f"{FACE}.link", link["id"])
    return Reply.redirect(link["return_url"])


ROUTES: Final = (
    Route("GET", "/c/pay/{id}", checkout_page),
    Route("POST", "/c/pay/{id}", checkout_done),
    Route("GET", "/3ds/{id}/{nonce}", asking_page),
    Route("POST", "/3ds/{id}/{nonce}", asking_done),
    Route("GET", "/setup/e/{id}/{nonce}", onboarding_page),
    Route("POST", "/setup/e/{id}/{nonce}", onboarding_done),
)
