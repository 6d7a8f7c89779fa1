"""Everything the card processor keeps, held against the classes of the official `stripe` package.

A field that the package says is always there must be, and not null; with `--known`, for the pinned
version, a field of which it does not know is a slip of the pen too. After stripe_life.py made some
of everything: `python stripe_shapes.py URL KEY [--known]`; what differs goes to standard error.
"""

import importlib
import json
import sys
import typing
import urllib.request
from typing import Any

LISTS = (
    "accounts", "balance_transactions", "charges", "checkout/sessions", "customers", "disputes",
    "events", "payment_intents", "refunds", "setup_intents?expand[0]=data.latest_attempt",
    "transfers", "webhook_endpoints",
)  # fmt: skip


def classes() -> dict[str, Any]:
    """The package's classes by the name of their object, in either of its two layouts."""
    found = importlib.import_module("stripe._object_classes").OBJECT_CLASSES
    return {
        name: getattr(importlib.import_module(where[0]), where[1])
        if isinstance(where, tuple)
        else where
        for name, where in found.items()
    }


class Fit:
    """Walks documents beside the annotations."""

    def __init__(self, *, with_unknown: bool) -> None:
        self.classes = classes()
        self.base = importlib.import_module("stripe._stripe_object").StripeObject
        self.with_unknown = with_unknown
        self.faults: set[str] = set()
        self.seen: set[str] = set()

    def walk(self, hint: object, value: object, path: str) -> None:
        """Look at one value."""
        if isinstance(value, list):
            for item in value:
                self.walk(hint, item, path)
        elif isinstance(value, dict):
            kind = value.get("object")
            if kind == "list":
                self.walk(None, value["data"], path)
            elif isinstance(kind, str) and kind in self.classes:
                self.seen.add(kind)
                self.document(self.classes[kind], value, kind)
            elif len(found := self.inner(hint)) == 1:
                self.document(found[0], value, path)

    def inner(self, hint: object) -> list[Any]:
        """The classes that a hint may mean; a free map is none."""
        if isinstance(hint, type) and issubclass(hint, self.base):
            is_free = "Untyped" in hint.__name__ or hint is self.base
            return [] if is_free else [hint]
        return [found for part in typing.get_args(hint) for found in self.inner(part)]

    def document(self, kind: Any, doc: dict[str, Any], path: str) -> None:
        """Look at all fields of an object."""
        hints = {
            name: hint
            for name, hint in kind.__annotations__.items()
            if typing.get_origin(hint) is not typing.ClassVar
        }
        for name, hint in hints.items():
            if type(None) not in typing.get_args(hint) and doc.get(name) is None:
                self.faults.add(f"{path}.{name} is {'null' if name in doc else 'missing'}")
        for name, value in doc.items():
            if name in hints:
                self.walk(hints[name], value, f"{path}.{name}")
            elif self.with_unknown:
                self.faults.add(f"{path}.{name} is unknown to the package")


def main(url: str, key: str, *, with_unknown: bool) -> int:
    """Read all lists of both accounts; 1 if something differs."""

    def get(what: str, account: str = "") -> Any:
        joint = "&" if "?" in what else "?"
        headers = {"authorization": f"Bearer {key}"}
        if account:
            headers["stripe-account"] = account
        asked = urllib.request.Request(f"{url}/v1/{what}{joint}limit=100", headers=headers)  # noqa: S310 - the sandbox's own address
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - the sandbox's own address
            return json.load(answer)

    fit = Fit(with_unknown=with_unknown)
    for name in LISTS:
        fit.walk(None, get(name), name)
    for customer in get("customers")["data"]:
        fit.walk(None, get(f"customers/{customer['id']}/payment_methods"), "payment_methods")
    for account in get("accounts")["data"]:
        fit.walk(None, get("payouts", account["id"]), "payouts")
    sys.stderr.write("".join(f"{fault}\n" for fault in sorted(fit.faults)))
    assert len(fit.seen) >= 15, fit.seen
    return int(bool(fit.faults))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], with_unknown="--known" in sys.argv))
