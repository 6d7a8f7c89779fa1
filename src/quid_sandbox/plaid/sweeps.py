"""Sweeps: the client's own money to and from the provider's book."""

from datetime import datetime
from typing import Final

from quid_sandbox.core.calendar import sent_at
from quid_sandbox.core.store import Doc, Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid import life
from quid_sandbox.plaid.events import Happened, record
from quid_sandbox.plaid.ledger import FUNDING, LEDGER, Entry, balance, move
from quid_sandbox.plaid.notices import FACE
from quid_sandbox.plaid.wire import Ask, money, refuse, stamp

STEPS: Final = {"sweep.posted": "posted", "sweep.settled": "settled"}
AVAILABLE: Final = "sweep.funds_available"


def deposit(ask: Ask) -> Doc:
    """Take money from the client's bank account into the book."""
    return {"sweep": _sweep(ask, ("ach", "same-day-ach"), "deposit")}


def withdraw(ask: Ask) -> Doc:
    """Pay money of the book to the client's bank account."""
    return {"sweep": _sweep(ask, ("ach", "same-day-ach", "rtp"), "withdrawal")}


def _sweep(ask: Ask, networks: tuple[str, ...], kind: str) -> Doc:
    key = f"{kind}:{ask.text('idempotency_key')}"
    if known := ask.tx.find("sweep", key):
        return show(known)
    cents, network = ask.cents(), ask.one_of("network", networks)
    if kind == "withdrawal" and cents > balance(ask.tx)["available"]:
        raise refuse("INVALID_FIELD", "the ledger's available balance does not cover the amount")
    sweep: Doc = {
        "id": ask.tx.new_id("", 36),
        "funding_account_id": FUNDING,
        "ledger_id": LEDGER,
        "created": stamp(ask.now),
        # As it stands on the client's bank statement: what is deposited here leaves there.
        "amount": money(-cents if kind == "deposit" else cents),
        "iso_currency_code": "USD",
        "settled": None,
        "status": "pending",
        "trigger": "manual",
        "description": str(ask.body.get("description") or "")[:10],
        "network_trace_id": None,
        "failure_reason": None,
        "own": {"kind": kind, "cents": cents, "network": network},
    }
    ask.tx.put("sweep", sweep, key=key)
    if kind == "deposit":
        _book(ask.tx, ask.now, sweep, pending=cents)
    else:
        _book(ask.tx, ask.now, sweep, available=-cents)
    ask.tx.effect("sweep.created", sweep["id"])
    record(ask.tx, ask.world, ask.now, Happened("sweep.pending", sweep=sweep))
    at = ask.world.step(ask.now, sent_at(ask.now, same_day=network == "same-day-ach"))
    if network == "rtp":
        at = ask.now + life.INSTANT
    ask.tx.later(at, FACE, "sweep.posted", sweep["id"])
    return show(sweep)


def on_timer(tx: Tx, world: World, timer: Timer) -> None:
    """The next step of a sweep."""
    sweep = tx.get("sweep", timer.ref)
    if sweep is None:
        return
    sweep["status"] = timer.kind.removeprefix("sweep.")
    own = sweep["own"]
    if timer.kind == "sweep.posted":
        at = life.settles_at(world, timer.at, own["network"])
        tx.later(at, FACE, "sweep.settled", sweep["id"])
    elif timer.kind == "sweep.settled":
        sweep["settled"] = timer.at.date().isoformat()
        if own["kind"] == "deposit":
            tx.later(life.available_at(world, timer.at), FACE, AVAILABLE, sweep["id"])
    else:
        _book(tx, timer.at, sweep, available=own["cents"], pending=-own["cents"])
    tx.put("sweep", sweep)
    record(tx, world, timer.at, Happened(timer.kind, sweep=sweep))


def _book(tx: Tx, now: datetime, sweep: Doc, *, available: int = 0, pending: int = 0) -> None:
    kind = sweep["own"]["kind"]
    move(tx, now, Entry(kind, kind, available, pending, sweep_id=sweep["id"]))


def show(sweep: Doc) -> Doc:
    """A sweep on the wire."""
    return {name: value for name, value in sweep.items() if name != "own"}


def get(ask: Ask) -> Doc:
    """One sweep."""
    sweep = ask.tx.get("sweep", ask.text("sweep_id"))
    if sweep is None:
        raise refuse("NOT_FOUND", "sweep not found")
    return {"sweep": show(sweep)}


def listed(ask: Ask) -> Doc:
    """Sweeps, newest first."""
    count, offset = ask.count(default=25, most=25), int(ask.body.get("offset") or 0)
    found = [show(sweep) for sweep in ask.tx.all("sweep", newest=True)]
    return {"sweeps": found[offset : offset + count]}
