"""The provider's own test routes: `/sandbox/...`."""

import json
from datetime import timedelta
from typing import Final

from quid_sandbox.core.clock import MANUAL
from quid_sandbox.core.store import Doc
from quid_sandbox.plaid import banks, items, life, links
from quid_sandbox.plaid.notices import EVENTS, notify
from quid_sandbox.plaid.transfers import find
from quid_sandbox.plaid.wire import Ask, account_of, error, item_of, parse, refuse, stamp

STEPS: Final = ("posted", "settled", "funds_available", "failed", "returned")
HOOKS: Final = {
    "PENDING_EXPIRATION": "ITEM",
    "PENDING_DISCONNECT": "ITEM",
    "USER_PERMISSION_REVOKED": "ITEM",
    "USER_ACCOUNT_REVOKED": "ITEM",
    "LOGIN_REPAIRED": "ITEM",
    "NEW_ACCOUNTS_AVAILABLE": "ITEM",
    "AUTOMATICALLY_VERIFIED": "AUTH",
    "VERIFICATION_EXPIRED": "AUTH",
}


def public_token(ask: Ask) -> Doc:
    """An item without its pages."""
    bank = banks.bank(ask.text("institution_id"))
    options = ask.body.get("options") or {}
    accounts = banks.log_in(
        bank,
        options.get("override_username") or "user_good",
        options.get("override_password") or banks.PASSWORD,
    )
    products, webhook = ask.need("initial_products"), options.get("webhook") or ""
    item = banks.make_item(ask.tx, banks.Wanted(bank, accounts, products, webhook), stamp(ask.now))
    return {"public_token": items.new_public_token(ask, item["id"])}


def reset_login(ask: Ask) -> Doc:
    """Break the login: the person must repair it."""
    item = item_of(ask)
    item["error"] = "ITEM_LOGIN_REQUIRED"
    ask.tx.put("item", item)
    told = {"item_id": item["id"], "error": json.loads(error(item["error"]).body)}
    notify(ask.tx, item["webhook"], "ITEM", "ERROR", told)
    return {"reset_login": True}


def fire_webhook(ask: Ask) -> Doc:
    """Tell something about an item."""
    item, code = item_of(ask), ask.text("webhook_code")
    kind = str(ask.body.get("webhook_type") or HOOKS.get(code) or "")
    if not kind:
        raise refuse("INVALID_FIELD", "webhook_code is unknown")
    if not item["webhook"]:
        raise refuse("INVALID_FIELD", "the item has no webhook")
    notify(ask.tx, item["webhook"], kind, code, {"item_id": item["id"], "error": None})
    return {"webhook_fired": True}


def set_verification(ask: Ask) -> Doc:
    """Say how far an account is verified."""
    allowed = ("automatically_verified", "verification_expired")
    status = ask.one_of("verification_status", allowed)
    account = account_of(ask, item_of(ask))
    links.set_status(ask.tx, account, status, status.upper())
    return {}


def transfer(ask: Ask) -> Doc:
    """Take a step of a transfer at once; what was to come by itself comes after it."""
    moved, to = find(ask), ask.one_of("event_type", STEPS)
    if to not in life.NEXT.get(moved["status"], ()):
        raise refuse("INVALID_FIELD", f"a transfer that is {moved['status']} cannot be {to}")
    reason = ask.body.get("failure_reason") or {}
    code = reason.get("ach_return_code") or reason.get("failure_code")
    if to in {"failed", "returned"}:
        moved["own"]["code"] = code or "R01"
    ask.tx.forget_timers(moved["id"])
    life.advance(ask.tx, ask.world, moved, to, ask.now)
    return {}


def ring(ask: Ask) -> Doc:
    """Ring the bell of transfer events."""
    notify(ask.tx, ask.text("webhook"), "TRANSFER", EVENTS)
    return {}


def clock_create(ask: Ask) -> Doc:
    """A test clock: another way to see the one clock of the sandbox."""
    clock = ask.tx.put(
        "test_clock",
        {"id": ask.tx.new_id("", 36), "virtual_time": ask.body.get("virtual_time")},
    )
    return {"test_clock": _clock(ask, clock)}


def clock_get(ask: Ask) -> Doc:
    """One test clock."""
    return {"test_clock": _clock(ask, _find_clock(ask))}


def clock_list(ask: Ask) -> Doc:
    """All test clocks."""
    return {"test_clocks": [_clock(ask, one) for one in ask.tx.all("test_clock")]}


def clock_advance(ask: Ask) -> Doc:
    """Move the clock; what is due by then happens within the second."""
    _find_clock(ask)
    until = parse(ask.text("new_virtual_time"))
    clock = ask.world.clock
    if clock.rate != MANUAL or until < ask.now or until > ask.now + timedelta(days=366):
        raise refuse("INVALID_FIELD", "only a clock moved by hand goes, and only forward")
    clock.set(until)
    ask.tx.put("clock", clock.document())
    return {}


def _find_clock(ask: Ask) -> Doc:
    clock = ask.tx.get("test_clock", ask.text("test_clock_id"))
    if clock is None:
        raise refuse("NOT_FOUND", "test clock not found")
    return clock


def _clock(ask: Ask, clock: Doc) -> Doc:
    return {"test_clock_id": clock["id"], "virtual_time": stamp(ask.world.clock.now())}
