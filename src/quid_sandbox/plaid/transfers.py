"""Transfers: authorize, create, read, cancel."""

import json
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from quid_sandbox.core.calendar import add_banking_days, local, sent_at
from quid_sandbox.core.store import Doc
from quid_sandbox.plaid import life
from quid_sandbox.plaid.items import VERIFIED
from quid_sandbox.plaid.ledger import FUNDING, LEDGER, balance
from quid_sandbox.plaid.wire import Ask, account_of, item_of, money, parse, refuse, stamp

KEY_LIFE: Final = timedelta(hours=48)
LIFE: Final = timedelta(hours=1)
LIMIT: Final = 100_000_000
NETWORKS: Final = ("ach", "same-day-ach", "rtp")
WINDOWS: Final = (3, 61)
LIST_MAX: Final = 25
DESCRIPTION_MAX: Final = 15
METADATA_MAX: Final = 50
REASONS: Final = {
    "NSF": "Insufficient funds are available",
    "RISK": "The transfer is of high risk",
    "TRANSFER_LIMIT_REACHED": "A limit of transfers is reached",
    "MANUALLY_VERIFIED_ITEM": "Verified by micro-deposits: the bank was not asked",
    "MIGRATED_ACCOUNT_ITEM": "Added by its numbers: the bank was not asked",
    "ITEM_LOGIN_REQUIRED": "The person must log in at the bank again",
}


class Lost(NamedTuple):
    """An answer that never arrives, though what it tells has happened."""

    body: Doc


class _Verdict(NamedTuple):
    decision: str
    code: str | None = None


def authorize(ask: Ask) -> Doc:
    """Decide; moves nothing. The same key gives the same answer for two days."""
    key = ask.body.get("idempotency_key") or ""
    if key and (known := ask.tx.find("authorization", key)):
        fresh = parse(known["body"]["created"]) + KEY_LIFE > ask.now
        if fresh and known["body"]["decision"] != "user_action_required":
            return {"authorization": known["body"]}
    item = item_of(ask)
    account = account_of(ask, item)
    proposed = _proposed(ask, account)
    verdict = _judge(ask, item, account, proposed)
    reason = None
    if verdict.code:
        reason = {"code": verdict.code, "description": REASONS.get(verdict.code, verdict.code)}
    body: Doc = {
        "id": ask.tx.new_id("", 36),
        "created": stamp(ask.now),
        "decision": verdict.decision,
        "decision_rationale": reason,
        "guarantee_decision": None,
        "guarantee_decision_rationale": None,
        "payment_risk": None,
        "proposed_transfer": proposed,
    }
    document = {"id": body["id"], "item_id": item["id"], "cancelled": False, "body": body}
    ask.tx.put("authorization", document, key=key)
    ask.tx.effect(f"authorization.{verdict.decision}", body["id"])
    return {"authorization": body}


def _proposed(ask: Ask, account: Doc) -> Doc:
    cents = ask.cents()
    kind = ask.one_of("type", ("debit", "credit"))
    network = ask.one_of("network", NETWORKS)
    user = ask.need("user")
    if not isinstance(user, dict) or not user.get("legal_name"):
        raise refuse("MISSING_FIELDS", "user.legal_name is needed")
    if network == "rtp" and kind == "debit":
        raise refuse("INVALID_FIELD", "rtp carries credits only")
    if network == "rtp" and not account["has_rtp"]:
        raise refuse("TRANSFER_UNSUPPORTED_ACCOUNT_TYPE")
    if network != "rtp" and not ask.body.get("ach_class"):
        raise refuse("MISSING_FIELDS", "ach_class is needed for ach")
    address = dict.fromkeys(("street", "city", "region", "postal_code", "country"))
    proposed = {
        "account_id": account["id"],
        "funding_account_id": FUNDING,
        "ledger_id": LEDGER,
        "type": kind,
        "user": {
            "legal_name": user["legal_name"],
            "phone_number": user.get("phone_number"),
            "email_address": user.get("email_address"),
            "address": address | (user.get("address") or {}),
        },
        "amount": money(cents),
        "requested_amount": money(cents),
        "network": _network(ask, network),
        "origination_account_id": "",
        "iso_currency_code": "USD",
        "originator_client_id": None,
        "credit_funds_source": None,
    }
    return proposed | ({"ach_class": ask.body["ach_class"]} if network != "rtp" else {})


def _network(ask: Ask, wanted: str) -> str:
    """A same-day request after the last window silently becomes a standard one."""
    if wanted != "same-day-ach" or ask.world.pace is not None:
        return wanted
    sent = local(sent_at(ask.now, same_day=True))
    here = local(ask.now)
    return wanted if sent.date() == here.date() and sent.hour < 20 else "ach"


def _judge(ask: Ask, item: Doc, account: Doc, proposed: Doc) -> _Verdict:
    for rule in ask.tx.all("rule"):
        if rule.get("decision") and life.matches(rule, proposed, account):
            proposed["amount"] = rule.get("proposed", proposed["amount"])
            return _Verdict(rule["decision"], rule.get("code"))
    cents = int(proposed["amount"].replace(".", ""))
    is_credit = proposed["type"] == "credit"
    if account["verification"] not in VERIFIED:
        raise refuse("PRODUCT_NOT_READY", "the account is not verified yet")
    # The first that holds decides.
    checks = (
        (bool(item["error"]), _Verdict("user_action_required", "ITEM_LOGIN_REQUIRED")),
        (cents > LIMIT, _Verdict("declined", "TRANSFER_LIMIT_REACHED")),
        (is_credit and cents > balance(ask.tx)["available"], _Verdict("declined", "NSF")),
        (account["is_migrated"], _Verdict("approved", "MIGRATED_ACCOUNT_ITEM")),
        (bool(account["verification"]), _Verdict("approved", "MANUALLY_VERIFIED_ITEM")),
        (not is_credit and not account["available"], _Verdict("declined", "RISK")),
        (not is_credit and cents > (account["available"] or 0), _Verdict("declined", "NSF")),
    )
    return next((verdict for holds, verdict in checks if holds), _Verdict("approved"))


def cancel_authorization(ask: Ask) -> Doc:
    """An authorization that nobody used will not be."""
    found = ask.tx.get("authorization", ask.text("authorization_id"))
    if found is None or ask.tx.find("transfer", found["id"]):
        raise refuse("INVALID_FIELD", "authorization_id is unknown or was used")
    ask.tx.put("authorization", found | {"cancelled": True})
    return {}


def create(ask: Ask) -> Doc | Lost:
    """Move the money. The authorization is the key: asked again, the same transfer."""
    authorization = ask.tx.get("authorization", ask.text("authorization_id"))
    if authorization is None or authorization["cancelled"]:
        raise refuse("INVALID_FIELD", "authorization_id is unknown")
    if known := ask.tx.find("transfer", authorization["id"]):
        return {"transfer": show(known)}
    body = authorization["body"]
    account = account_of(ask, item_of(ask))
    _check(ask, body, account)
    transfer = _transfer(ask, body)
    transfer["own"] = life.plan(ask.tx, transfer, account)
    ask.tx.put("transfer", transfer, key=authorization["id"], owner=transfer["created"])
    ask.tx.effect("transfer.created", transfer["id"])
    life.begin(ask.tx, ask.world, transfer, ask.now)
    answer = {"transfer": show(transfer)}
    is_lost = transfer["network"] == "rtp" and account["mask"] == "0409"
    return Lost(answer) if is_lost else answer


def _check(ask: Ask, body: Doc, account: Doc) -> None:
    if body["decision"] != "approved":
        raise refuse("INVALID_FIELD", "the authorization was not approved")
    if parse(body["created"]) + LIFE < ask.now:
        raise refuse("INVALID_FIELD", "the authorization has expired")
    if body["proposed_transfer"]["account_id"] != account["id"]:
        raise refuse("INVALID_FIELD", "account_id differs from the authorization's")
    if len(ask.text("description")) > DESCRIPTION_MAX:
        raise refuse("INVALID_FIELD", "description has at most 15 characters")
    approved = int(body["proposed_transfer"]["amount"].replace(".", ""))
    if "amount" in ask.body and ask.cents() > approved:
        raise refuse("INVALID_FIELD", "amount is more than was authorized")
    if len(ask.body.get("metadata") or {}) > METADATA_MAX:
        raise refuse("INVALID_FIELD", "metadata has at most 50 entries")


def _transfer(ask: Ask, body: Doc) -> Doc:
    proposed = body["proposed_transfer"]
    amount = ask.body.get("amount") or proposed["amount"]
    settles = _settlement(ask, proposed["network"])
    is_debit = proposed["type"] == "debit"
    windows: list[date | None] = [None, None]
    if is_debit:
        windows = [add_banking_days(settles, days) for days in WINDOWS]
    transfer = {
        "id": ask.tx.new_id("", 36),
        "authorization_id": body["id"],
        "created": stamp(ask.now),
        "amount": amount,
        "description": ask.body["description"],
        "status": "pending",
        "cancellable": proposed["network"] != "rtp",
        "failure_reason": None,
        "metadata": ask.body.get("metadata") or {},
        "guarantee_decision": None,
        "guarantee_decision_rationale": None,
        "standard_return_window": _day(windows[0]),
        "unauthorized_return_window": _day(windows[1]),
        "expected_settlement_date": settles.isoformat(),
        "expected_funds_available_date": None,
        "refunds": [],
        "recurring_transfer_id": None,
        "network_trace_id": f"{ask.tx.next('trace'):015}",
    }
    if is_debit:
        held = add_banking_days(settles, ask.world.hold_days)
        transfer["expected_funds_available_date"] = held.isoformat()
    else:
        # Optional on the wire: absent, never null.
        del transfer["expected_funds_available_date"]
    left_out = {"amount", "requested_amount"}
    return transfer | {k: v for k, v in proposed.items() if k not in left_out}


def _settlement(ask: Ask, network: str) -> date:
    if network == "rtp":
        return local(ask.now).date()
    sent = sent_at(ask.now, same_day=network == "same-day-ach")
    return add_banking_days(local(sent).date(), 0 if network == "same-day-ach" else 1)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def show(transfer: Doc) -> Doc:
    """A transfer on the wire."""
    return {name: value for name, value in transfer.items() if name != "own"}


def find(ask: Ask) -> Doc:
    """The transfer of an id or of an authorization. Raises: RefusedError."""
    if ask.body.get("transfer_id"):
        found = ask.tx.get("transfer", ask.text("transfer_id"))
    else:
        found = ask.tx.find("transfer", ask.text("authorization_id"))
    if found is None:
        raise refuse("NOT_FOUND", "transfer not found")
    return found


def get(ask: Ask) -> Doc:
    """One transfer."""
    return {"transfer": show(find(ask))}


def listed(ask: Ask) -> Doc:
    """Transfers by the time of their creation, newest first."""
    count, offset = ask.count(default=25, most=LIST_MAX), int(ask.body.get("offset") or 0)
    rows = ask.tx.query(
        "SELECT body FROM object WHERE type = 'transfer' AND owner >= ? AND owner <= ?"
        " ORDER BY owner DESC, seq DESC LIMIT ? OFFSET ?",
        _bound(ask.body.get("start_date"), ""),
        _bound(ask.body.get("end_date"), "~"),
        count,
        offset,
    )
    return {"transfers": [show(json.loads(row[0])) for row in rows]}


def _bound(value: Any, default: str) -> str:  # noqa: ANN401 - a value of JSON
    return stamp(parse(value)) if value else default


def cancel(ask: Ask) -> Doc:
    """Stop a transfer that has not left yet."""
    transfer = find(ask)
    if not transfer["cancellable"]:
        raise refuse("TRANSFER_NOT_CANCELLABLE")
    ask.tx.forget_timers(transfer["id"])
    life.advance(ask.tx, ask.world, transfer, "cancelled", ask.now)
    return {}
