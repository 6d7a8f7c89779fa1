"""Items and accounts: exchange, read, numbers, owner, removal."""

import json
import re
import unicodedata
from datetime import timedelta
from typing import Any, Final

from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.plaid import banks
from quid_sandbox.plaid.wire import Ask, account_of, error, item_of, number, parse, refuse, stamp

PUBLIC_LIFE: Final = timedelta(minutes=30)
VERIFIED: Final = frozenset({None, "automatically_verified", "manually_verified"})


def new_public_token(ask: Ask, item_id: str) -> str:
    """A token for one exchange, half an hour long."""
    token = ask.tx.new_id("public-sandbox-", 32)
    ask.tx.put(
        "public_token",
        {"id": token, "item_id": item_id, "expires": stamp(ask.now + PUBLIC_LIFE)},
    )
    return token


def exchange(ask: Ask) -> Doc:
    """The access token of a link; asked again, the same."""
    token = ask.tx.get("public_token", ask.text("public_token"))
    if token is None or parse(token["expires"]) < ask.now:
        raise refuse("INVALID_PUBLIC_TOKEN")
    item = ask.tx.get("item", token["item_id"])
    if item is None or item["removed"]:
        raise refuse("ITEM_NOT_FOUND")
    if not item["access_token"]:
        give_access(ask.tx, item)
    return {"access_token": item["access_token"], "item_id": item["id"]}


def give_access(tx: Tx, item: Doc) -> str:
    """A new access token; the one before opens nothing any more."""
    item["access_token"] = tx.new_id("access-sandbox-", 32)
    tx.put("item", item, key=item["access_token"])
    return str(item["access_token"])


def invalidate(ask: Ask) -> Doc:
    """Rotate the access token."""
    return {"new_access_token": give_access(ask.tx, item_of(ask))}


def remove(ask: Ask) -> Doc:
    """Unlink."""
    item = item_of(ask)
    item["removed"] = True
    ask.tx.put("item", item)
    ask.tx.effect("item.removed", item["id"])
    return {}


def get_item(ask: Ask) -> Doc:
    """The item and how it stands."""
    item = item_of(ask)
    shown = show_item(item) | {
        "created_at": item["created_at"],
        "consented_products": [],
    }
    return {"item": shown, "status": {"last_webhook": None}}


def set_webhook(ask: Ask) -> Doc:
    """Where hooks of this item go."""
    item = item_of(ask)
    item["webhook"] = ask.body.get("webhook") or ""
    ask.tx.put("item", item)
    return {"item": show_item(item)}


def show_item(item: Doc) -> Doc:
    """An item on the wire."""
    return {
        "item_id": item["id"],
        "webhook": item["webhook"] or None,
        "error": shown_error(item),
        "available_products": ["balance", "identity"],
        "billed_products": item["products"],
        "products": item["products"],
        "consent_expiration_time": None,
        "update_type": "background",
        "institution_id": item["institution_id"] if item["institution_name"] else None,
        "institution_name": item["institution_name"] or None,
        "auth_method": item["auth_method"],
    }


def shown_error(item: Doc) -> Doc | None:
    """What is wrong with an item, as the wire has it."""
    if not item["error"]:
        return None
    return dict(json.loads(error(item["error"]).body))


def show_account(account: Doc) -> Doc:
    """An account on the wire; a status of verification only where there is one."""
    shown = {
        "account_id": account["id"],
        "balances": {
            "available": number(account["available"]),
            "current": number(account["current"]),
            "limit": None,
            "iso_currency_code": "USD",
            "unofficial_currency_code": None,
        },
        "mask": account["mask"],
        "name": account["name"],
        "official_name": None,
        "type": "depository",
        "subtype": account["subtype"],
        "persistent_account_id": account["persistent"],
        "holder_category": "personal",
    }
    if account["verification"]:
        shown["verification_status"] = account["verification"]
    return shown


def _chosen(ask: Ask, item: Doc) -> list[Doc]:
    """The item's accounts, or those of `options.account_ids`. Raises: RefusedError."""
    accounts = ask.tx.all("account", owner=item["id"])
    wanted = (ask.body.get("options") or {}).get("account_ids")
    if wanted is None:
        return accounts
    found = [account for account in accounts if account["id"] in wanted]
    if len(found) != len(set(wanted)):
        raise refuse("INVALID_ACCOUNT_ID")
    return found


def _healthy(item: Doc) -> None:
    if item["error"]:
        raise refuse(item["error"])


def accounts_get(ask: Ask) -> Doc:
    """What is linked, from memory: a broken login does not matter."""
    item = item_of(ask)
    return {"accounts": [show_account(a) for a in _chosen(ask, item)], "item": show_item(item)}


def balance_get(ask: Ask) -> Doc:
    """What is linked, asked of the bank."""
    _healthy(item_of(ask))
    return accounts_get(ask)


def auth_get(ask: Ask) -> Doc:
    """The numbers of accounts that are verified."""
    item = item_of(ask)
    _healthy(item)
    accounts = _chosen(ask, item)
    if not accounts:
        raise refuse("NO_AUTH_ACCOUNTS")
    ready = [account for account in accounts if account["verification"] in VERIFIED]
    if not ready:
        raise refuse("PRODUCT_NOT_READY")
    ach = [
        {
            "account_id": account["id"],
            "account": account["numbers"]["account"],
            "routing": account["numbers"]["routing"],
            "wire_routing": account["numbers"]["routing"],
            "is_tokenized_account_number": False,
            "can_transfer_in": True,
            "can_transfer_out": True,
        }
        for account in ready
    ]
    return {
        "accounts": [show_account(account) for account in ready],
        "numbers": {"ach": ach, "eft": [], "international": [], "bacs": []},
        "item": show_item(item),
    }


def identity_match(ask: Ask) -> Doc:
    """How well a person's name is the owner's."""
    item = item_of(ask)
    _healthy(item)
    user = ask.body.get("user") or {}
    found = []
    for account in _chosen(ask, item):
        none: dict[str, Any] = {"score": None}
        name = user.get("legal_name")
        legal = none | {
            "is_first_name_or_last_name_match": None,
            "is_nickname_match": False,
            "is_business_name_detected": False,
        }
        if name and not account["is_migrated"]:
            legal["score"] = score(name, account["holder"])
            legal["is_first_name_or_last_name_match"] = legal["score"] > 0
        found.append(
            show_account(account)
            | {
                "legal_name": legal,
                "phone_number": none,
                "email_address": none,
                "address": none | {"is_postal_code_match": None},
            }
        )
    return {"accounts": found, "item": show_item(item)}


def score(one: str, other: str) -> int:
    """0 to 100, by the words of the shorter name that are in the longer."""
    left, right = sorted((_words(one), _words(other)), key=len)
    if not left or not right:
        return 0
    if left == right:
        return 100
    share = len(left & right) / len(left)
    return 85 if share == 1 and len(left) > 1 else round(65 * share)


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return set(re.findall(r"[a-z]+", plain))


def institution_get(ask: Ask) -> Doc:
    """A bank by its id."""
    return {"institution": show_bank(banks.bank(ask.text("institution_id")))}


def institution_search(ask: Ask) -> Doc:
    """Banks by a part of their name."""
    wanted = ask.text("query").lower()
    return {"institutions": [show_bank(b) for b in banks.BANKS if wanted in b.name.lower()]}


def show_bank(bank: banks.Bank) -> Doc:
    """A bank on the wire."""
    return {
        "institution_id": bank.id,
        "name": bank.name,
        "products": ["auth", "balance", "identity", "transfer"],
        "country_codes": ["US"],
        "routing_numbers": [bank.routing],
        "oauth": False,
        "connection_availability": "supported",
        "url": None,
        "primary_color": None,
        "logo": None,
    }


def capabilities(ask: Ask) -> Doc:
    """Whether an account takes money in seconds."""
    account = account_of(ask, item_of(ask))
    return {
        "institution_supported_networks": {
            "rtp": {"credit": account["has_rtp"]},
            "rfp": {"debit": False, "max_amount": None, "iso_currency_code": None},
        }
    }


def migrate(ask: Ask) -> Doc:
    """An account by its numbers alone."""
    routing, number_ = ask.text("routing_number"), ask.text("account_number")
    if not banks.is_routing(routing):
        raise refuse("INVALID_FIELD", "routing_number is not valid")
    if not re.fullmatch(r"\d{4,17}", number_):
        raise refuse("INVALID_FIELD", "account_number is not valid")
    subtype = ask.one_of("account_type", ("checking", "savings"))
    account = banks.migrated(banks.Numbers(routing, number_), subtype)
    wanted = banks.Wanted(banks.MIGRATED, [account], ["transfer"], "", "MIGRATED")
    item = banks.make_item(ask.tx, wanted, stamp(ask.now))
    token = give_access(ask.tx, item)
    return {
        "access_token": token,
        "account_id": ask.tx.all("account", owner=item["id"])[0]["id"],
    }
