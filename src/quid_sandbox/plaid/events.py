"""Events of transfers: numbers that rise with gaps, and a bell."""

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid.ledger import FUNDING, LEDGER
from quid_sandbox.plaid.notices import ring
from quid_sandbox.plaid.wire import Ask, refuse

PAGE_MAX: Final = 500
LIST_MAX: Final = 25


class Happened(NamedTuple):
    """What an event tells; a transfer or a sweep."""

    kind: str
    transfer: Doc | None = None
    refund: Doc | None = None
    sweep: Doc | None = None


def record(tx: Tx, world: World, now: datetime, what: Happened) -> None:
    """Write an event and ring."""
    number = tx.next("event", 1 + tx.next("event_gap") * 7 % 3)
    transfer, refund, sweep = what.transfer or {}, what.refund or {}, what.sweep or {}
    body = {
        "event_id": number,
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event_type": what.kind,
        "account_id": transfer.get("account_id"),
        "funding_account_id": FUNDING,
        "ledger_id": LEDGER,
        "transfer_id": transfer.get("id", ""),
        "origination_account_id": "",
        "transfer_type": transfer.get("type"),
        "transfer_amount": transfer.get("amount"),
        "event_amount": refund.get("amount"),
        "failure_reason": (refund or transfer or sweep).get("failure_reason"),
        "sweep_id": sweep.get("id"),
        "sweep_amount": sweep.get("amount"),
        "refund_id": refund.get("id"),
        "originator_client_id": None,
    }
    if not transfer:
        # Optional on the wire: absent, never null.
        for name in ("account_id", "transfer_type", "transfer_amount"):
            del body[name]
    if not refund:
        del body["event_amount"]
    tx.put("transfer_event", body, ident=f"{number:012}", owner=body["transfer_id"])
    subject = (refund or transfer or sweep)["id"]
    tx.effect(f"event.{what.kind}", f"{number} {subject}")
    ring(tx, world)


def sync(ask: Ask) -> Doc:
    """Events after a number, oldest first."""
    after = ask.body.get("after_id")
    if type(after) is not int or after < 0:
        raise refuse("INVALID_FIELD", "after_id must be a whole number of at least 0")
    count = ask.count(default=100, most=PAGE_MAX)
    rows = ask.tx.query(
        "SELECT body FROM object WHERE type = 'transfer_event' AND id > ? ORDER BY id LIMIT ?",
        f"{after:012}",
        count + 1,
    )
    found = [json.loads(row[0]) for row in rows]
    return {"transfer_events": found[:count], "has_more": len(found) > count}


def listed(ask: Ask) -> Doc:
    """Events by what they are about, newest first."""
    count, offset = ask.count(default=25, most=LIST_MAX), int(ask.body.get("offset") or 0)
    kinds = ask.body.get("event_types")
    since, until = ask.body.get("start_date") or "", ask.body.get("end_date") or "~"
    found = [
        row
        for row in ask.tx.all("transfer_event", owner=ask.body.get("transfer_id"), newest=True)
        if since <= row["timestamp"] <= until
        and (not kinds or row["event_type"] in kinds)
        and _is(row, ask.body, "account_id")
        and _is(row, ask.body, "transfer_type")
        and _is(row, ask.body, "sweep_id")
    ]
    page = found[offset : offset + count]
    return {"transfer_events": page, "has_more": offset + count < len(found)}


def _is(row: Doc, wanted: Any, name: str) -> bool:  # noqa: ANN401 - a value of JSON
    return wanted.get(name) in {None, "", row.get(name)}
