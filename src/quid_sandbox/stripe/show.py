"""How a document leaves: without what is ours, with what was asked to be expanded."""

from typing import Final

from quid_sandbox.stripe.desk import Desk, as_list
from quid_sandbox.stripe.errors import Doc, StripeError, invalid

# What an id may be replaced by, by the object it stands in.
EXPANDABLE: Final[dict[str, frozenset[str]]] = {
    "payment_intent": frozenset({"customer", "latest_charge", "payment_method"}),
    "setup_intent": frozenset({"customer", "latest_attempt", "payment_method"}),
    "setup_attempt": frozenset({"customer", "payment_method", "setup_intent"}),
    "checkout.session": frozenset({"customer", "payment_intent", "setup_intent"}),
    "payment_method": frozenset({"customer"}),
    "charge": frozenset(
        {"balance_transaction", "customer", "failure_balance_transaction", "payment_intent",
         "source_transfer"}
    ),
    "refund": frozenset(
        {"balance_transaction", "charge", "failure_balance_transaction", "payment_intent"}
    ),
    "dispute": frozenset({"charge", "payment_intent"}),
    "radar.early_fraud_warning": frozenset({"charge", "payment_intent"}),
    "balance_transaction": frozenset({"source"}),
    "transfer": frozenset({"balance_transaction", "destination"}),
    "transfer_reversal": frozenset({"balance_transaction", "transfer"}),
    "payout": frozenset({"balance_transaction", "destination", "failure_balance_transaction"}),
    "card": frozenset({"account"}),
    "bank_account": frozenset({"account"}),
}  # fmt: skip
KINDS: Final = {
    "cus": "customer", "pi": "payment_intent", "seti": "setup_intent", "pm": "payment_method",
    "setatt": "setup_attempt", "ch": "charge", "py": "charge", "txn": "balance_transaction",
    "re": "refund", "du": "dispute", "issfr": "radar.early_fraud_warning", "acct": "account",
    "tr": "transfer", "trr": "transfer_reversal", "po": "payout", "card": "card",
    "ba": "bank_account", "cs": "checkout.session",
}  # fmt: skip


def shown(desk: Desk, doc: Doc, expand: list[str] | None = None) -> Doc:
    """The document as it leaves.

    Raises:
        StripeError: a path names nothing that can be expanded.
    """
    out = _bare(desk, doc)
    for path in expand or []:
        _expand(desk, out, path.split("."), path)
    return out


def _bare(desk: Desk, doc: Doc) -> Doc:
    out = {name: value for name, value in doc.items() if not name.startswith("_")}
    match doc.get("object"):
        case "list":
            out["data"] = [_bare(desk, item) for item in doc["data"]]
        case "balance_transaction":
            out["status"] = "available" if doc["available_on"] <= desk.seconds else "pending"
        case "dispute":
            found = (desk.get("balance_transaction", ident) for ident in doc["_money"])
            out["balance_transactions"] = [_bare(desk, row) for row in found if row is not None]
        case "transfer":
            out["reversals"] = _inside(desk, "transfer_reversal", doc, "transfer", "reversals")
        case "account":
            out["external_accounts"] = _externals(desk, doc)
        case "event":
            out["pending_webhooks"] = pending(desk, doc["id"])
    return out


def _inside(desk: Desk, kind: str, doc: Doc, name: str, url: str) -> Doc:
    docs = [_bare(desk, found) for found in desk.all(kind, **{name: doc["id"]})]
    return as_list(docs, f"/v1/{doc['object']}s/{doc['id']}/{url}")


def _externals(desk: Desk, account: Doc) -> Doc:
    home = desk.at(account["id"])
    docs = [_bare(home, doc) for kind in ("card", "bank_account") for doc in home.all(kind)]
    return as_list(docs, f"/v1/accounts/{account['id']}/external_accounts")


def pending(desk: Desk, event: str) -> int:
    """How many hooks of an event are not delivered yet."""
    return int(
        desk.tx.query(
            "SELECT count(*) FROM hook WHERE face = 'stripe' AND state <> 'sent'"
            " AND json_extract(body, '$.id') = ?",
            event,
        )[0][0]
    )


def _expand(desk: Desk, node: Doc, way: list[str], path: str) -> None:
    name, rest = way[0], way[1:]
    if node.get("object") == "list" and name == "data":
        for item in node["data"]:
            if rest:
                _expand(desk, item, rest, path)
        return
    if node.get("object") == "charge" and name == "refunds":
        node[name] = _inside(desk, "refund", node, "charge", "refunds")
    below = node.get(name)
    if isinstance(below, str) and name in EXPANDABLE.get(node.get("object", ""), ()):
        below = node[name] = _fetched(desk, below)
    elif name not in node or not isinstance(below, dict | None):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    if rest and isinstance(below, dict):
        _expand(desk, below, rest, path)


def _fetched(desk: Desk, ident: str) -> Doc:
    doc = desk.get(KINDS[ident.split("_", maxsplit=1)[0]], ident)
    if doc is None:
        raise StripeError(400, f"No such object: '{ident}'", code="resource_missing")
    return _bare(desk, doc)
