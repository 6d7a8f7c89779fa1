"""Money to a connected account, and from there to a card or a bank."""

from typing import Any, Final

from quid_sandbox.stripe import money
from quid_sandbox.stripe.connect import external
from quid_sandbox.stripe.desk import PLATFORM, Desk, meta
from quid_sandbox.stripe.errors import Doc, StripeError, invalid, missing
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import (
    DATED,
    LISTED,
    ONE,
    Op,
    amount,
    choice,
    currency,
    metadata,
    text,
)

WORDS: Final = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account could not be located.",
    "could_not_process": "The bank could not process this payout.",
}
STANDARD_DAYS: Final = 2


def create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/transfers."""
    account = desk.at(PLATFORM).get("account", args["destination"])
    if account is None:
        raise missing("destination", args["destination"], "destination")
    if account["capabilities"].get("transfers") != "active":
        raise StripeError(
            400,
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    money.require(desk, args["amount"])
    cents = args["amount"]
    there = desk.at(account["id"])
    arrival = there.new("py")
    transfer: Doc = {
        "id": desk.new("tr"),
        "object": "transfer",
        "amount": cents,
        "amount_reversed": 0,
        "created": desk.seconds,
        "currency": args["currency"],
        "description": args.get("description"),
        "destination": account["id"],
        "destination_payment": arrival,
        "livemode": False,
        "metadata": args.get("metadata", {}),
        "reversals": None,
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": args.get("transfer_group"),
    }
    row = money.move(desk, money.Movement("transfer", "transfer", -cents, transfer["id"]))
    transfer["balance_transaction"] = row["id"]
    money.move(there, money.Movement("payment", "charge", cents, arrival))
    desk.put(transfer)
    emit(desk, "transfer.created", transfer)
    return transfer


def reverse(desk: Desk, args: Doc) -> Doc:
    """POST /v1/transfers/{id}/reversals: the money comes back, if it is still there."""
    transfer = desk.open("transfer", args)
    left = transfer["amount"] - transfer["amount_reversed"]
    cents = args.get("amount", left)
    if not 0 < cents <= left:
        raise invalid(f"Transfer {transfer['id']} has {left} cents left to reverse.", "amount")
    there = desk.at(transfer["destination"])
    money.require(there, cents)
    reversal: Doc = {
        "id": desk.new("trr"),
        "object": "transfer_reversal",
        "amount": cents,
        "created": desk.seconds,
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": args.get("metadata", {}),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    back = money.Movement("transfer_refund", "transfer_reversal", cents, reversal["id"])
    reversal["balance_transaction"] = money.move(desk, back)["id"]
    out = money.Movement("payment_refund", "refund", -cents, transfer["destination_payment"])
    money.move(there, out)
    desk.put(reversal)
    transfer["amount_reversed"] += cents
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    desk.put(transfer)
    emit(desk, "transfer.reversed", transfer)
    return reversal


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/transfers/{id}."""
    return desk.open("transfer", args)


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/transfers."""
    filters = {name: args.get(name) for name in ("destination", "transfer_group")}
    return desk.listed("transfer", args, "/v1/transfers", filters)


def update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/transfers/{id}."""
    transfer = desk.open("transfer", args)
    meta(transfer, args)
    return desk.put(transfer)


def reversals(desk: Desk, args: Doc) -> Doc:
    """GET /v1/transfers/{id}/reversals."""
    transfer = desk.open("transfer", args)
    url = f"/v1/transfers/{transfer['id']}/reversals"
    return desk.listed("transfer_reversal", args, url, {"transfer": transfer["id"]})


def reversal(desk: Desk, args: Doc) -> Doc:
    """GET /v1/transfers/{transfer}/reversals/{id}."""
    desk.open("transfer", args, "transfer")
    return desk.open("transfer_reversal", args)


# ---------------------------------------------------------------------- payouts


def pay_out(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payouts, of a connected account or our own."""
    method = args.get("method", "standard")
    target = external(desk, args.get("destination"))
    if target is None:
        raise missing("external account", args.get("destination", ""), "destination")
    if desk.account != PLATFORM and not _account(desk)["payouts_enabled"]:
        raise StripeError(
            400, "Payouts are not enabled on this account.", code="payouts_not_allowed"
        )
    if method not in target["available_payout_methods"]:
        raise StripeError(
            400,
            "This external account is not eligible for Instant Payouts.",
            code="instant_payouts_unsupported",
            param="method",
        )
    money.require(desk, args["amount"])
    arrives = desk.soon() if method == "instant" else desk.banking_days(STANDARD_DAYS)
    payout = _payout(desk, args, target, int(arrives.timestamp()))
    row = money.move(desk, money.Movement("payout", "payout", -args["amount"], payout["id"]))
    payout["balance_transaction"] = row["id"]
    desk.put(payout)
    emit(desk, "payout.created", payout)
    desk.later(arrives, "payout", payout["id"])
    return payout


def _account(desk: Desk) -> Doc:
    return desk.at(PLATFORM).need("account", desk.account, "account")


def _payout(desk: Desk, args: Doc, target: Doc, arrives: int) -> Doc:
    return {
        "id": desk.new("po"),
        "object": "payout",
        "amount": args["amount"],
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": arrives,
        "automatic": False,
        "created": desk.seconds,
        "currency": args["currency"],
        "description": args.get("description"),
        "destination": target["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": args.get("metadata", {}),
        "method": args.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": args.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": target["object"],
    }


def arrived(desk: Desk, ref: str, body: dict[str, Any]) -> None:
    """The bank took it, or gave it back."""
    del body
    payout = desk.get("payout", ref)
    if payout is None or payout["status"] != "pending":
        return
    target = external(desk, payout["destination"])
    code = "account_closed" if target is None else target["_push"]
    if not code:
        payout["status"] = "paid"
        desk.put(payout)
        emit(desk, "payout.paid", payout)
        return
    _back(desk, payout, "payout_failure", "payout_reversal")
    payout.update(
        failure_code=code,
        failure_message=WORDS.get(code, f"The payout failed: {code}."),
        status="failed",
    )
    desk.put(payout)
    emit(desk, "payout.failed", payout)


def _back(desk: Desk, payout: Doc, kind: str, category: str) -> None:
    row = money.move(desk, money.Movement(kind, category, payout["amount"], payout["id"]))
    payout["failure_balance_transaction"] = row["id"]


def payout_cancel(desk: Desk, args: Doc) -> Doc:
    """POST /v1/payouts/{id}/cancel: while it waits; an instant one never waits."""
    payout = desk.open("payout", args)
    if payout["status"] != "pending" or payout["method"] == "instant":
        raise invalid("Payouts can only be canceled while they are pending and not instant.")
    _back(desk, payout, "payout_cancel", "payout_reversal")
    payout["status"] = "canceled"
    desk.put(payout)
    emit(desk, "payout.canceled", payout)
    return payout


def payout_one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payouts/{id}."""
    return desk.open("payout", args)


def payouts(desk: Desk, args: Doc) -> Doc:
    """GET /v1/payouts."""
    filters = {name: args.get(name) for name in ("destination", "status")}
    return desk.listed("payout", args, "/v1/payouts", filters)


OPS: Final = (
    Op(
        "POST",
        "/v1/transfers",
        create,
        {
            **ONE,
            "amount": amount,
            "currency": currency,
            "description": text,
            "destination": text,
            "metadata": metadata,
            "transfer_group": text,
        },
        ("amount", "currency", "destination"),
    ),
    Op("GET", "/v1/transfers", listed, {**DATED, "destination": text, "transfer_group": text}),
    Op("GET", "/v1/transfers/{id}", one, ONE),
    Op("POST", "/v1/transfers/{id}", update, {**ONE, "metadata": metadata}),
    Op(
        "POST",
        "/v1/transfers/{id}/reversals",
        reverse,
        {**ONE, "amount": amount, "metadata": metadata},
    ),
    Op("GET", "/v1/transfers/{id}/reversals", reversals, LISTED),
    Op("GET", "/v1/transfers/{transfer}/reversals/{id}", reversal, ONE),
    Op(
        "POST",
        "/v1/payouts",
        pay_out,
        {
            **ONE,
            "amount": amount,
            "currency": currency,
            "description": text,
            "destination": text,
            "metadata": metadata,
            "method": choice("standard", "instant"),
            "statement_descriptor": text,
        },
        ("amount", "currency"),
    ),
    Op("GET", "/v1/payouts", payouts, {**DATED, "destination": text, "status": text}),
    Op("GET", "/v1/payouts/{id}", payout_one, ONE),
    Op("POST", "/v1/payouts/{id}/cancel", payout_cancel, ONE),
)
