"""A desk: one account's objects in one transaction, at one virtual time.

Documents are kept as Stripe shows them, with ids where an object stands unexpanded; names that
begin with `_` are ours and never leave.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from quid_sandbox.core.calendar import add_banking_days
from quid_sandbox.core.store import Tx
from quid_sandbox.core.world import World
from quid_sandbox.stripe.errors import Doc, invalid, missing

FACE: Final = "stripe"
PLATFORM: Final = "platform"
VERSION: Final = "2026-10-28.endive"
EVENTS_KEPT: Final = timedelta(days=30)
BOUNDS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}

# What an endpoint of ours asks for; the rest happens too, and stands in the list of events.
WANTED: Final = frozenset(
    {
        "checkout.session.completed", "checkout.session.expired",
        "setup_intent.succeeded", "setup_intent.setup_failed",
        "payment_method.automatically_updated", "payment_method.detached",
        "payment_intent.succeeded", "payment_intent.processing",
        "payment_intent.requires_action", "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.refunded", "refund.updated", "refund.failed",
        "charge.dispute.created", "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated", "charge.dispute.updated", "charge.dispute.closed",
        "radar.early_fraud_warning.created", "balance.available",
        "payout.paid", "payout.failed", "transfer.reversed", "account.updated",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler works with."""

    tx: Tx
    world: World
    now: datetime
    account: str = PLATFORM
    request: str | None = None
    key: str | None = None

    # ------------------------------------------------------------------ time

    @property
    def seconds(self) -> int:
        """Now, as Stripe writes it."""
        return int(self.now.timestamp())

    def soon(self) -> datetime:
        """When a bank or a network answers: after the pace, else in a minute."""
        return self.world.step(self.now, self.now + timedelta(minutes=1))

    def banking_days(self, days: int) -> datetime:
        """The start of a banking day, so many from now; after the pace, if there is one."""
        day = add_banking_days(self.now.astimezone(UTC).date(), days)
        return self.world.step(self.now, datetime.combine(day, time(), UTC))

    def later(self, at: datetime, kind: str, ref: str, **body: object) -> None:
        """Let something happen to an object of this account."""
        self.tx.later(at, FACE, kind, ref, {"account": self.account, **body})

    # ------------------------------------------------------------------ objects

    def new(self, prefix: str) -> str:
        """A new id."""
        return self.tx.new_id(f"{prefix}_")

    def at(self, account: str) -> "Desk":
        """The same moment at another account."""
        return replace(self, account=account)

    def put(self, doc: Doc) -> Doc:
        """Write an object of this account."""
        doc["_account"] = self.account
        return self.tx.put(f"{FACE}.{doc['object']}", doc, owner=self.account)

    def get(self, kind: str, ident: str) -> Doc | None:
        """An object of this account."""
        doc = self.tx.get(f"{FACE}.{kind}", ident)
        return doc if doc is not None and doc["_account"] == self.account else None

    def need(self, kind: str, ident: str, param: str) -> Doc:
        """An object that a parameter names.

        Raises:
            StripeError: it is not there.
        """
        doc = self.get(kind, ident)
        if doc is None:
            raise missing(kind.replace(".", "_"), ident, param)
        return doc

    def open(self, kind: str, args: Doc, param: str = "id") -> Doc:
        """The object that the path names.

        Raises:
            StripeError: it is not there, 404.
        """
        doc = self.get(kind, args[param])
        if doc is None:
            raise missing(kind.replace(".", "_"), args[param], param, status=404)
        return doc

    def listed(self, kind: str, args: Doc, url: str, filters: Mapping[str, object]) -> Doc:
        """A page of a list, newest first.

        Raises:
            StripeError: the cursor names nothing.
        """
        where, values = ["type = ?", "owner = ?"], [f"{FACE}.{kind}", self.account]
        for name, value in filters.items():
            if value is not None:
                where.append(f"json_extract(body, '$.{name}') = ?")
                values.append(value)  # type: ignore[arg-type]  # SQLite takes numbers too
        for bound, at in args.get("created", {}).items():
            where.append(f"json_extract(body, '$.created') {BOUNDS[bound]} ?")
            values.append(at)
        return self.page(where, values, args, url)

    def page(self, where: list[str], values: list[Any], args: Doc, url: str) -> Doc:
        """Rows of objects, cut by the cursors.

        Raises:
            StripeError: the cursor names nothing.
        """
        limit = args.get("limit", 10)
        backwards = "ending_before" in args
        for name, sign in (("starting_after", "<"), ("ending_before", ">")):
            if name in args:
                found = self.tx.query(
                    "SELECT seq FROM object WHERE type = ? AND id = ?", values[0], args[name]
                )
                if not found:
                    raise invalid(f"No such object: '{args[name]}'", name, "resource_missing")
                where.append(f"seq {sign} ?")
                values.append(found[0][0])
        rows = self.tx.query(
            f"SELECT body FROM object WHERE {' AND '.join(where)}"  # noqa: S608 - texts of this slice
            f" ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?",
            *values,
            limit + 1,
        )
        docs = [json.loads(row[0]) for row in rows[:limit]]
        return as_list(docs[::-1] if backwards else docs, url, has_more=len(rows) > limit)

    def all(self, kind: str, **filters: str) -> list[Doc]:
        """All objects of this account that say so, newest first."""
        page = self.listed(kind, {"limit": 1_000_000}, "", filters)
        found: list[Doc] = page["data"]
        return found


def as_list(docs: list[Doc], url: str, *, has_more: bool = False) -> Doc:
    """A list as Stripe gives it."""
    return {"object": "list", "data": docs, "has_more": has_more, "url": url}


def meta(doc: Doc, args: Doc) -> None:
    """Merge what is said of metadata: an empty value takes a name away."""
    if "metadata" in args:
        merged = {**doc["metadata"], **args["metadata"]} if args["metadata"] else {}
        doc["metadata"] = {name: text for name, text in merged.items() if text != ""}
