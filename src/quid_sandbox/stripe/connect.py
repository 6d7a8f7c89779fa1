"""Connected accounts: whom we push money to, and their debit cards and bank accounts."""

import hashlib
from datetime import timedelta
from typing import Final

from quid_sandbox.stripe.cards import BANK_ACCOUNTS, BANK_ROUTING, TOKENS, Card
from quid_sandbox.stripe.customers import EXPIRES
from quid_sandbox.stripe.desk import FACE, PLATFORM, Desk, as_list, meta
from quid_sandbox.stripe.errors import Doc, StripeError, invalid, missing
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import (
    DATED,
    LISTED,
    ONE,
    Op,
    boolean,
    choice,
    free,
    link,
    metadata,
    text,
)

LINK_LIVES: Final = timedelta(minutes=5)
KINDS: Final = ("card", "bank_account")
DUE: Final = ["external_account", "tos_acceptance.date", "tos_acceptance.ip"]


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/accounts; it can do nothing until its owner was on the page."""
    kind = args.get("type", "none" if "controller" in args else "standard")
    wanted = args.get("capabilities", {})
    doc: Doc = {
        "id": desk.new("acct"),
        "object": "account",
        "business_profile": args.get("business_profile"),
        "business_type": args.get("business_type"),
        "capabilities": dict.fromkeys(wanted, "inactive"),
        "charges_enabled": False,
        "controller": {"is_controller": True, "type": "application"},
        "country": args.get("country", "US"),
        "created": desk.seconds,
        "default_currency": "usd",
        "details_submitted": False,
        "email": args.get("email"),
        "external_accounts": None,
        "future_requirements": _requirements([]),
        "metadata": args.get("metadata", {}),
        "payouts_enabled": False,
        "requirements": _requirements(DUE),
        "settings": None,
        "tos_acceptance": {"date": None},
        "type": kind,
    }
    desk.put(doc)
    desk.tx.effect("account.created", doc["id"])
    return doc


def _requirements(due: list[str]) -> Doc:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": "requirements.past_due" if due else None,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def onboarded(desk: Desk, account: Doc) -> None:
    """The owner said who they are; money may go there."""
    account.update(
        capabilities=dict.fromkeys(account["capabilities"], "active"),
        charges_enabled="card_payments" in account["capabilities"],
        details_submitted=True,
        payouts_enabled=True,
        requirements=_requirements([]),
        tos_acceptance={"date": desk.seconds},
    )
    desk.put(account)
    emit(desk.at(account["id"]), "account.updated", account)


# ---------------------------------------------------------------------- where money goes


def add_card(desk: Desk, account: str, card: Card) -> Doc:
    """Add a debit card to an account.

    Raises:
        StripeError: it is not a debit card.
    """
    if card.funding != "debit":
        raise StripeError(
            400,
            "This card doesn't appear to be a debit card.",
            code="invalid_card_type",
            param="external_account",
        )
    home = desk.at(account)
    month, year = EXPIRES
    none = (
        "address_city", "address_country", "address_line1", "address_line1_check", "address_line2",
        "address_state", "address_zip", "address_zip_check", "cvc_check", "dynamic_last4", "name",
        "tokenization_method",
    )  # fmt: skip
    doc: Doc = {
        **dict.fromkeys(none),
        "id": home.new("card"),
        "object": "card",
        "account": account,
        "available_payout_methods": list(card.withdraws),
        "brand": {"visa": "Visa", "mastercard": "MasterCard"}[card.brand],
        "country": "US",
        "currency": "usd",
        "default_for_currency": not _externals(home),
        "exp_month": month,
        "exp_year": year,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "metadata": {},
        "regulated_status": "unregulated",
        "status": "new",
        "_push": card.push,
    }
    return _added(home, doc)


def add_bank(desk: Desk, account: str, routing: str, number: str) -> Doc:
    """Add a bank account to an account.

    Raises:
        StripeError: it is not one of the published numbers.
    """
    if routing != BANK_ROUTING or number not in BANK_ACCOUNTS:
        raise invalid(
            "You must use a test bank account number in test mode.",
            "external_account",
            "account_number_invalid",
        )
    home = desk.at(account)
    doc: Doc = {
        "id": home.new("ba"),
        "object": "bank_account",
        "account": account,
        "account_holder_name": None,
        "account_holder_type": None,
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": "US",
        "currency": "usd",
        "default_for_currency": not _externals(home),
        "fingerprint": hashlib.sha256(f"{routing}{number}".encode()).hexdigest()[:16],
        "last4": number[-4:],
        "metadata": {},
        "routing_number": routing,
        "status": "new",
        "_push": BANK_ACCOUNTS[number],
    }
    return _added(home, doc)


def _added(home: Desk, doc: Doc) -> Doc:
    home.put(doc)
    emit(home, "account.external_account.created", doc)
    return doc


def _externals(home: Desk) -> list[Doc]:
    return [doc for kind in KINDS for doc in home.all(kind)]


def external(home: Desk, ident: str | None) -> Doc | None:
    """A card or bank account of this account: the one named, else its default."""
    found = _externals(home)
    return next(
        (doc for doc in found if (doc["id"] == ident if ident else doc["default_for_currency"])),
        None,
    )


# ---------------------------------------------------------------------- operations


def external_create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/accounts/{id}/external_accounts: a token, or a test bank account."""
    account = desk.open("account", args)
    told = args["external_account"]
    if isinstance(told, str) and (card := TOKENS.get(told)):
        return add_card(desk, account["id"], card)
    if isinstance(told, dict) and told.get("object") == "bank_account":
        return add_bank(
            desk, account["id"], str(told.get("routing_number")), str(told.get("account_number"))
        )
    raise missing("token", str(told)[:60], "external_account")


def external_one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/accounts/{account}/external_accounts/{id}."""
    return _external_of(desk, args)


def _external_of(desk: Desk, args: Doc) -> Doc:
    doc = external(desk.at(desk.open("account", args, "account")["id"]), args["id"])
    if doc is None:
        raise missing("external account", args["id"], "id", status=404)
    return doc


def external_list(desk: Desk, args: Doc) -> Doc:
    """GET /v1/accounts/{id}/external_accounts."""
    account = desk.open("account", args)
    docs = _externals(desk.at(account["id"]))
    wanted = [doc for doc in docs if args.get("object") in (None, doc["object"])]
    url = f"/v1/accounts/{account['id']}/external_accounts"
    return as_list(
        wanted[: args.get("limit", 10)], url, has_more=len(wanted) > args.get("limit", 10)
    )


def external_delete(desk: Desk, args: Doc) -> Doc:
    """DELETE /v1/accounts/{account}/external_accounts/{id}."""
    doc = _external_of(desk, args)
    desk.tx.delete(f"{FACE}.{doc['object']}", doc["id"])
    return {"id": doc["id"], "object": doc["object"], "deleted": True}


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/accounts/{id}."""
    return desk.open("account", args)


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/accounts/{id}."""
    doc = desk.open("account", args)
    doc["email"] = args.get("email", doc["email"])
    meta(doc, args)
    desk.put(doc)
    emit(desk.at(doc["id"]), "account.updated", doc)
    return doc


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/accounts."""
    return desk.listed("account", args, "/v1/accounts", {})


def account_link(desk: Desk, args: Doc) -> Doc:
    """POST /v1/account_links: a page for the owner, for five minutes and one use."""
    account = desk.need("account", args["account"], "account")
    nonce = desk.tx.new_id("", 32)
    expires_at = int((desk.now + LINK_LIVES).timestamp())
    desk.tx.put(
        f"{FACE}.link",
        {
            "id": nonce,
            "account": account["id"],
            "expires_at": expires_at,
            "return_url": args["return_url"],
            "refresh_url": args["refresh_url"],
        },
        owner=PLATFORM,
    )
    desk.tx.effect("account_link.created", account["id"])
    return {
        "object": "account_link",
        "created": desk.seconds,
        "expires_at": expires_at,
        "url": f"{desk.world.urls['stripe']}/setup/e/{account['id']}/{nonce}",
    }


OPS: Final = (
    Op(
        "POST",
        "/v1/accounts",
        create,
        {
            **ONE,
            "business_profile": {"mcc": text, "product_description": text, "url": text},
            "business_type": choice("individual", "company", "non_profit"),
            "capabilities": {
                "card_payments": {"requested": boolean},
                "transfers": {"requested": boolean},
            },
            "controller": free,
            "country": choice("US"),
            "email": text,
            "metadata": metadata,
            "type": choice("custom", "express", "standard"),
        },
    ),
    Op("GET", "/v1/accounts", listed, DATED),
    Op("GET", "/v1/accounts/{id}", one, ONE),
    Op("POST", "/v1/accounts/{id}", update, {**ONE, "email": text, "metadata": metadata}),
    Op(
        "POST",
        "/v1/accounts/{id}/external_accounts",
        external_create,
        {**ONE, "external_account": free},
        ("external_account",),
    ),
    Op(
        "GET",
        "/v1/accounts/{id}/external_accounts",
        external_list,
        {**LISTED, "object": choice(*KINDS)},
    ),
    Op("GET", "/v1/accounts/{account}/external_accounts/{id}", external_one, ONE),
    Op("DELETE", "/v1/accounts/{account}/external_accounts/{id}", external_delete, {}),
    Op(
        "POST",
        "/v1/account_links",
        account_link,
        {
            **ONE,
            "account": text,
            "refresh_url": link,
            "return_url": link,
            "type": choice("account_onboarding", "account_update"),
        },
        ("account", "type", "refresh_url", "return_url"),
    ),
)
