"""The provider's own book of what it holds for its client: available, pending, and each change."""

from datetime import datetime
from typing import Final, NamedTuple

from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.plaid.wire import Ask, money, stamp

LEDGER: Final = "ledger_sandbox_default"
FUNDING: Final = "funding_sandbox_default"


class Entry(NamedTuple):
    """A change of the book. Units: cents, signed. `kind` as the wire has it."""

    kind: str
    words: str
    available: int = 0
    pending: int = 0
    transfer_id: str | None = None
    refund_id: str | None = None
    sweep_id: str | None = None


def balance(tx: Tx) -> Doc:
    """What is held now, in cents."""
    return tx.get("ledger", LEDGER) or {"id": LEDGER, "available": 0, "pending": 0}


def move(tx: Tx, now: datetime, entry: Entry) -> None:
    """Book a change, with the balances after it."""
    held = balance(tx)
    held["available"] += entry.available
    held["pending"] += entry.pending
    tx.put("ledger", held)
    ident = f"{tx.next('ledger_event'):012}"
    tx.put(
        "ledger_event",
        {
            "id": ident,
            "ledger_event_id": ident,
            "ledger_id": LEDGER,
            "amount": money(entry.available or entry.pending),
            "description": entry.words,
            "pending_balance": money(held["pending"]),
            "available_balance": money(held["available"]),
            "type": entry.kind,
            "timestamp": stamp(now),
            "transfer_id": entry.transfer_id,
            "refund_id": entry.refund_id,
            "sweep_id": entry.sweep_id,
        },
    )
    tx.effect("ledger.moved", f"{ident} {entry.available} {entry.pending}")


def get(ask: Ask) -> Doc:
    """The balances."""
    held = balance(ask.tx)
    return {
        "ledger_id": LEDGER,
        "balance": {"available": money(held["available"]), "pending": money(held["pending"])},
        "name": "Default",
        "is_default": True,
    }


def events(ask: Ask) -> Doc:
    """The changes, oldest first, a page at a time."""
    count, offset = ask.count(default=25, most=25), int(ask.body.get("offset") or 0)
    since, until = ask.body.get("start_date") or "", ask.body.get("end_date") or "~"
    found = [
        {name: value for name, value in row.items() if name != "id"}
        for row in ask.tx.all("ledger_event")
        if since <= row["timestamp"] <= until
        and ask.body.get("transfer_id") in {None, row["transfer_id"]}
        and ask.body.get("sweep_id") in {None, row["sweep_id"]}
    ]
    return {
        "ledger_events": found[offset : offset + count],
        "has_more": offset + count < len(found),
    }
