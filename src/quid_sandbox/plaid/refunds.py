"""Refunds of what was pulled."""

from datetime import datetime
from typing import Final

from quid_sandbox.core.calendar import sent_at
from quid_sandbox.core.store import Doc, Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid import life
from quid_sandbox.plaid.events import Happened, record
from quid_sandbox.plaid.ledger import LEDGER, Entry, balance, move
from quid_sandbox.plaid.notices import FACE
from quid_sandbox.plaid.wire import Ask, money, refuse, stamp

DEAD: Final = frozenset({"cancelled", "failed", "returned"})


def create(ask: Ask) -> Doc:
    """Send a part back, once for a key."""
    if known := ask.tx.find("refund", ask.text("idempotency_key")):
        return {"refund": known}
    transfer = ask.tx.get("transfer", ask.text("transfer_id"))
    if transfer is None:
        raise refuse("NOT_FOUND", "transfer not found")
    cents = ask.cents()
    gone = sum(_cents(old) for old in transfer["refunds"] if old["status"] not in DEAD)
    if transfer["type"] != "debit" or transfer["status"] in DEAD | {"pending"}:
        raise refuse("INVALID_FIELD", "this transfer cannot be refunded")
    if gone + cents > _cents(transfer) or cents > balance(ask.tx)["available"]:
        raise refuse("INVALID_FIELD", "amount is more than is left")
    refund = {
        "id": ask.tx.new_id("", 36),
        "transfer_id": transfer["id"],
        "amount": money(cents),
        "status": "pending",
        "failure_reason": None,
        "ledger_id": LEDGER,
        "created": stamp(ask.now),
        "network_trace_id": None,
    }
    ask.tx.put("refund", refund, key=ask.text("idempotency_key"))
    _keep(ask.tx, transfer, refund)
    _book(ask.tx, ask.now, refund, -cents)
    ask.tx.effect("refund.created", refund["id"])
    record(ask.tx, ask.world, ask.now, Happened("refund.pending", transfer, refund))
    at = ask.world.step(ask.now, sent_at(ask.now, same_day=False))
    ask.tx.later(at, FACE, "refund.posted", refund["id"])
    return {"refund": refund}


def get(ask: Ask) -> Doc:
    """One refund."""
    return {"refund": _find(ask)}


def cancel(ask: Ask) -> Doc:
    """Stop a refund that has not left yet."""
    refund = _find(ask)
    if refund["status"] != "pending":
        raise refuse("TRANSFER_NOT_CANCELLABLE", "refund is not cancellable")
    ask.tx.forget_timers(refund["id"])
    _step(ask.tx, ask.world, refund, "cancelled", ask.now)
    _book(ask.tx, ask.now, refund, _cents(refund))
    return {}


def on_timer(tx: Tx, world: World, timer: Timer) -> None:
    """The next step of a refund."""
    refund = tx.get("refund", timer.ref)
    if refund is None:
        return
    _step(tx, world, refund, timer.kind.removeprefix("refund."), timer.at)
    if timer.kind == "refund.posted":
        at = life.settles_at(world, timer.at, "ach")
        tx.later(at, FACE, "refund.settled", refund["id"])


def _find(ask: Ask) -> Doc:
    refund = ask.tx.get("refund", ask.text("refund_id"))
    if refund is None:
        raise refuse("NOT_FOUND", "refund not found")
    return refund


def _step(tx: Tx, world: World, refund: Doc, to: str, now: datetime) -> None:
    refund["status"] = to
    tx.put("refund", refund)
    transfer = tx.get("transfer", refund["transfer_id"])
    if transfer is not None:
        _keep(tx, transfer, refund)
        record(tx, world, now, Happened(f"refund.{to}", transfer, refund))


def _keep(tx: Tx, transfer: Doc, refund: Doc) -> None:
    """The refund as the transfer shows it."""
    others = [old for old in transfer["refunds"] if old["id"] != refund["id"]]
    transfer["refunds"] = [*others, refund]
    tx.put("transfer", transfer)


def _book(tx: Tx, now: datetime, refund: Doc, cents: int) -> None:
    ids = {"transfer_id": refund["transfer_id"], "refund_id": refund["id"]}
    move(tx, now, Entry("refund", "refund", cents, **ids))


def _cents(document: Doc) -> int:
    return int(document["amount"].replace(".", ""))
