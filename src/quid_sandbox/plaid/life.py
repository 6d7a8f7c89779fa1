"""What becomes of a transfer: pending, posted, settled, available; or it fails, or comes back.

By the Fed's calendar, or a step after each pace. Magic amounts and masks decide how it ends.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from quid_sandbox.core.calendar import SETTLES, add_banking_days, local, moment, sent_at
from quid_sandbox.core.store import Doc, Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid.events import Happened, record
from quid_sandbox.plaid.ledger import Entry, move
from quid_sandbox.plaid.notices import FACE

AVAILABLE_AT: Final = time(15, 0)
SAME_DAY_SETTLES: Final = timedelta(hours=2)
INSTANT: Final = timedelta(seconds=1)
SLOW_INSTANT: Final = timedelta(seconds=60)
SOON: Final = timedelta(hours=1)
# Every step that may follow a status.
NEXT: Final = {
    "pending": {"posted", "failed", "cancelled"},
    "posted": {"settled", "failed", "returned"},
    "settled": {"funds_available", "returned"},
    "funds_available": {"returned"},
}
RETURNS: Final = {
    "R01": "Insufficient funds",
    "R02": "Account closed",
    "R03": "No account or unable to locate account",
    "R04": "Invalid account number",
    "R05": "Unauthorized debit to consumer account",
    "R07": "Authorization revoked by customer",
    "R08": "Payment stopped",
    "R09": "Uncollected funds",
    "R10": "Customer advises not authorized",
    "R11": "Customer advises entry not in accordance with the terms",
    "R16": "Account frozen",
    "R20": "Non-transaction account",
    "R23": "Credit entry refused by receiver",
    "R24": "Duplicate entry",
    "R29": "Corporate customer advises not authorized",
    "RTP_REJECTED": "Rejected by the receiving bank",
}
MAGIC_BASE: Final = 700_000
MAGIC_ACCOUNT: Final = "Returns Checking"
AFTER: Final = {1: "posted", 2: "settled", 3: "funds_available"}
LAST_DAY: Final = 59
INSTANT_MASKS: Final[Mapping[str, Doc]] = {
    "0404": {"end": "failed", "code": "RTP_REJECTED", "after": "pending"},
    "0408": {"slow": True},
}


def plan(tx: Tx, transfer: Doc, account: Doc) -> Doc:
    """How this transfer will end: by a rule, by its amount, by its account; {} for well."""
    for rule in tx.all("rule"):
        if rule.get("end") and matches(rule, transfer, account):
            return {key: rule[key] for key in ("end", "code", "after", "seconds") if key in rule}
    if transfer["network"] == "rtp":
        return dict(INSTANT_MASKS.get(account["mask"], {}))
    return _magic(transfer, account) if transfer["type"] == "debit" else {}


def _magic(transfer: Doc, account: Doc) -> Doc:
    """What $70RR.TT means, or $RR.TT on the account made for it."""
    cents = _cents(transfer) - (0 if account["name"] == MAGIC_ACCOUNT else MAGIC_BASE)
    reason, when = divmod(cents, 100)
    if not (0 < reason < 100 and 1 <= when <= LAST_DAY):
        return {}
    ended = {"end": "returned", "code": f"R{reason:02}"}
    return ended | ({"after": AFTER[when]} if when in AFTER else {"after": "day", "days": when})


def matches(rule: Doc, transfer: Doc, account: Doc) -> bool:
    """Whether a rule of the control routes means this one."""
    facts: dict[str, Any] = {
        "type": {transfer["type"]},
        "amount": {transfer["amount"]},
        "network": {transfer["network"]},
        "account": {account["id"], account["mask"], account["name"], account["numbers"]["account"]},
        "name": {transfer["user"]["legal_name"]},
    }
    return all(rule[name] in known for name, known in facts.items() if name in rule)


def begin(tx: Tx, world: World, transfer: Doc, now: datetime) -> None:
    """The transfer was created: money is set aside, the first step is on its way."""
    if transfer["type"] == "credit":
        _book(tx, now, transfer, available=-_cents(transfer))
    record(tx, world, now, Happened("pending", transfer))
    own = transfer["own"]
    if transfer["network"] == "rtp":
        at = now + INSTANT
    else:
        at = world.step(now, sent_at(now, same_day=transfer["network"] == "same-day-ach"))
    if own.get("after") == "pending":
        is_instant = transfer["network"] == "rtp"
        _later(tx, transfer, own["end"], at if is_instant else world.step(now, now + _pause(own)))
    else:
        _later(tx, transfer, "posted", at)


def on_timer(tx: Tx, world: World, timer: Timer) -> None:
    """A step is due."""
    transfer = tx.get("transfer", timer.ref)
    if transfer is not None and timer.kind in NEXT.get(transfer["status"], ()):
        advance(tx, world, transfer, timer.kind, timer.at)


def advance(tx: Tx, world: World, transfer: Doc, to: str, now: datetime) -> None:
    """Take a step, whatever asked for it, and set the next on its way."""
    before = transfer["status"]
    transfer["status"], transfer["cancellable"] = to, False
    if to in {"failed", "returned"}:
        transfer["failure_reason"] = failure(transfer["own"].get("code", "R01"))
    tx.put("transfer", transfer)
    _money(tx, now, transfer, before, to)
    tx.effect(f"transfer.{to}", transfer["id"])
    record(tx, world, now, Happened(to, transfer))
    if to == "posted":
        _after_posted(tx, world, transfer, now)
    elif to == "settled":
        _after_settled(tx, world, transfer, now)
    elif to == "funds_available" and transfer["own"].get("after") == "funds_available":
        _end(tx, world, transfer, now)


def failure(code: str) -> Doc:
    """Why, as the wire has it."""
    is_return = len(code) == 3 and code.startswith("R")
    return {
        "failure_code": code,
        "ach_return_code": code if is_return else None,
        "description": RETURNS.get(code, "Returned by the receiving bank"),
    }


def settles_at(world: World, posted: datetime, network: str) -> datetime:
    """When what was sent at a window settles."""
    if network == "rtp":
        return posted + INSTANT
    if network == "same-day-ach":
        return world.step(posted, posted + SAME_DAY_SETTLES)
    day = add_banking_days(local(posted).date(), 1)
    return world.step(posted, moment(day, SETTLES))


def available_at(world: World, settled: datetime) -> datetime:
    """When what was pulled may be used."""
    day = add_banking_days(local(settled).date(), world.hold_days)
    return world.step(settled, moment(day, AVAILABLE_AT))


def _after_posted(tx: Tx, world: World, transfer: Doc, now: datetime) -> None:
    if transfer["own"].get("after") == "posted":
        _end(tx, world, transfer, now)
        return
    at = settles_at(world, now, transfer["network"])
    if transfer["own"].get("slow"):
        at = world.step(now, now + SLOW_INSTANT)
    _later(tx, transfer, "settled", at)


def _after_settled(tx: Tx, world: World, transfer: Doc, now: datetime) -> None:
    own = transfer["own"]
    if own.get("after") == "settled":
        _end(tx, world, transfer, now)
        return
    if own.get("after") == "day":
        late = now + timedelta(days=own["days"])
        if world.pace is not None:
            late = now + timedelta(seconds=world.pace * own["days"])
        _later(tx, transfer, own["end"], late)
    if transfer["type"] == "debit":
        _later(tx, transfer, "funds_available", available_at(world, now))


def _end(tx: Tx, world: World, transfer: Doc, now: datetime) -> None:
    own = transfer["own"]
    _later(tx, transfer, own["end"], world.step(now, now + _pause(own)))


def _pause(own: Doc) -> timedelta:
    return timedelta(seconds=own["seconds"]) if "seconds" in own else SOON


def _later(tx: Tx, transfer: Doc, to: str, at: datetime) -> None:
    tx.later(at, FACE, to, transfer["id"])


def _money(tx: Tx, now: datetime, transfer: Doc, before: str, to: str) -> None:
    """What a step does to the provider's book."""
    cents = _cents(transfer)
    if transfer["type"] == "credit":
        if to in {"failed", "returned", "cancelled"}:
            _book(tx, now, transfer, available=cents)
    elif to == "settled":
        _book(tx, now, transfer, pending=cents)
    elif to == "funds_available":
        _book(tx, now, transfer, available=cents, pending=-cents)
    elif to == "returned" and before == "settled":
        _book(tx, now, transfer, pending=-cents)
    elif to == "returned" and before == "funds_available":
        _book(tx, now, transfer, available=-cents)


def _book(tx: Tx, now: datetime, transfer: Doc, *, available: int = 0, pending: int = 0) -> None:
    words = f"{transfer['type']} {transfer['status']}"
    move(tx, now, Entry("transfer", words, available, pending, transfer_id=transfer["id"]))


def _cents(transfer: Doc) -> int:
    return int(transfer["amount"].replace(".", ""))
