"""What our adapters have sent, read by the official packages' own models of requests.

`python requests_of_ours.py < messages.json`: a list of {face, method, path, request}. A field that
the package does not know, or of another type than it allows, is an error.
"""

import json
import sys
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import plaid
from plaid.model_utils import ModelNormal, validate_and_convert_types
from stripe import params

# The method and path of a call -> the package's name for its parameters.
FORMS = {
    ("POST", "customers"): "CustomerCreateParams",
    ("POST", "checkout/sessions"): "checkout.SessionCreateParams",
    ("GET", "checkout/sessions/*"): "checkout.SessionRetrieveParams",
    ("POST", "payment_intents"): "PaymentIntentCreateParams",
    ("POST", "payment_intents/*/confirm"): "PaymentIntentConfirmParams",
    ("POST", "payment_intents/*/cancel"): "PaymentIntentCancelParams",
    ("GET", "payment_intents/*"): "PaymentIntentRetrieveParams",
    ("GET", "payment_intents"): "PaymentIntentListParams",
    ("POST", "refunds"): "RefundCreateParams",
    ("GET", "refunds"): "RefundListParams",
    ("GET", "disputes"): "DisputeListParams",
    ("POST", "payment_methods/*/detach"): "PaymentMethodDetachParams",
    ("GET", "payment_methods/*"): "PaymentMethodRetrieveParams",
    ("GET", "balance"): "BalanceRetrieveParams",
    ("GET", "balance_transactions"): "BalanceTransactionListParams",
    ("GET", "events"): "EventListParams",
}


def bank(message: dict[str, Any]) -> None:
    """Read a body of Plaid's."""
    name = message["path"].strip("/").replace("/", "_")
    module = import_module(f"plaid.model.{name}_request")
    wanted = f"{name.replace('_', '')}request"
    [kind] = [value for key, value in vars(module).items() if key.lower() == wanted]
    body = json.loads(message["request"])
    read = validate_and_convert_types(
        body, (kind,), ["body"], True, True, configuration=plaid.Configuration()
    )
    known(read, message["path"])


def known(model: object, where: str) -> None:
    """Require that the package knows each field, in all depths."""
    if not isinstance(model, ModelNormal) or not model.openapi_types:  # a map of any names
        return
    for name, value in model._data_store.items():
        assert name in model.openapi_types, f"{where}: {name} is no field of {type(model).__name__}"
        for inner in value if isinstance(value, list) else [value]:
            known(inner, f"{where}.{name}")


def card(message: dict[str, Any]) -> None:
    """Read a form of Stripe's, or a query."""
    path, _, query = message["path"].partition("?")
    steps = path.removeprefix("/v1/").split("/")
    named = [
        "*" if step[:1].isalpha() and any(c.isdigit() for c in step) else step for step in steps
    ]
    kind: Any = params
    for part in FORMS[message["method"], "/".join(named)].split("."):
        kind = getattr(kind, part)
    fields = {k for base in kind.__mro__ for k in getattr(base, "__annotations__", {})}
    for name, _ in parse_qsl(query or message["request"], keep_blank_values=True):
        top = name.partition("[")[0]
        assert top in fields, f"{path}: {name} is no field of {kind.__name__}"


def main() -> None:
    """Read all; a failure is an exception."""
    messages = json.load(sys.stdin)
    for message in messages:
        (bank if message["face"] == "plaid" else card)(message)
    calls = {(m["method"], m["path"].partition("?")[0]) for m in messages}
    sys.stdout.write(f"{len(messages)} requests, {len(calls)} paths")


if __name__ == "__main__":
    main()
