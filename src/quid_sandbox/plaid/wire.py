"""The words of the wire: JSON in, JSON out, errors, money and times."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from quid_sandbox.core.calls import Call, RefusedError, Reply
from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.core.world import World

AMOUNT: Final = re.compile(r"(0|[1-9]\d{0,9})\.\d\d")
# Every code this face answers with: its type, its status, its words.
ERRORS: Final[Mapping[str, tuple[str, int, str]]] = {
    "INVALID_API_KEYS": ("INVALID_INPUT", 400, "invalid client_id or secret provided"),
    "MISSING_FIELDS": ("INVALID_REQUEST", 400, "required fields are missing"),
    "INVALID_FIELD": ("INVALID_REQUEST", 400, "a field is malformed"),
    "INVALID_BODY": ("INVALID_REQUEST", 400, "body could not be parsed as JSON"),
    "NOT_FOUND": ("INVALID_REQUEST", 404, "not found"),
    "INVALID_ACCESS_TOKEN": ("INVALID_INPUT", 400, "could not find matching access token"),
    "INVALID_PUBLIC_TOKEN": ("INVALID_INPUT", 400, "could not find matching public token"),
    "INVALID_LINK_TOKEN": ("INVALID_INPUT", 400, "could not find matching link token"),
    "INVALID_ACCOUNT_ID": ("INVALID_INPUT", 400, "failed to find requested account ID"),
    "INVALID_INSTITUTION": ("INVALID_INPUT", 400, "invalid institution_id provided"),
    "ITEM_NOT_FOUND": ("ITEM_ERROR", 400, "the Item was not found"),
    "ITEM_LOGIN_REQUIRED": ("ITEM_ERROR", 400, "the login details of this item have changed"),
    "NO_AUTH_ACCOUNTS": ("ITEM_ERROR", 400, "no accounts support this product"),
    "PRODUCT_NOT_READY": ("ITEM_ERROR", 400, "the product is not yet ready"),
    "INVALID_CREDENTIALS": ("ITEM_ERROR", 400, "the credentials were not correct"),
    "INSTITUTION_DOWN": ("INSTITUTION_ERROR", 400, "this institution is not responding"),
    "INSTITUTION_NOT_RESPONDING": ("INSTITUTION_ERROR", 400, "the institution did not answer"),
    "TRANSFER_NOT_CANCELLABLE": ("TRANSFER_ERROR", 400, "transfer is not cancellable"),
    "TRANSFER_UNSUPPORTED_ACCOUNT_TYPE": ("TRANSFER_ERROR", 400, "account type is not supported"),
    "TRANSFER_ACCOUNT_BLOCKED": ("TRANSFER_ERROR", 400, "transfer was blocked"),
    "TRANSFER_LIMIT_REACHED": ("TRANSFER_ERROR", 400, "transfer limit exceeded"),
    "RATE_LIMIT": ("RATE_LIMIT_EXCEEDED", 429, "rate limit exceeded"),
    "INTERNAL_SERVER_ERROR": ("API_ERROR", 500, "an unexpected error occurred"),
    "PLANNED_MAINTENANCE": ("API_ERROR", 503, "the system is down for maintenance"),
}


def refuse(code: str, words: str = "") -> RefusedError:
    """The refusal of a code, with words of its own where they help."""
    return RefusedError(error(code, words))


def error(code: str, words: str = "", *, request_id: str = "") -> Reply:
    """The provider's error shape; a code of our own making counts as an item's."""
    kind, status, message = ERRORS.get(code, ("ITEM_ERROR", 400, code.lower().replace("_", " ")))
    body = {
        "error_type": kind,
        "error_code": code,
        "error_message": words or message,
        "display_message": None,
        "documentation_url": "",
        "suggested_action": None,
        "request_id": request_id or "sandbox",
    }
    return Reply.json(body, status)


def read_json(call: Call) -> dict[str, Any] | None:
    """The body as an object; None when it is none."""
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


@dataclass(frozen=True, slots=True)
class Ask:
    """A request whose body was read and whose keys were right."""

    body: Mapping[str, Any]
    tx: Tx
    now: datetime
    world: World

    def need(self, name: str) -> Any:  # noqa: ANN401 - a value of JSON
        """A field that must be there. Raises: RefusedError."""
        value = self.body.get(name)
        if value in (None, ""):
            raise refuse("MISSING_FIELDS", f"the following required fields are missing: {name}")
        return value

    def text(self, name: str) -> str:
        """A text that must be there. Raises: RefusedError."""
        value = self.need(name)
        if not isinstance(value, str):
            raise refuse("INVALID_FIELD", f"{name} must be a non-empty string")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """A text out of some. Raises: RefusedError."""
        value = self.text(name)
        if value not in allowed:
            raise refuse("INVALID_FIELD", f"{name} must be one of {', '.join(allowed)}")
        return value

    def cents(self, name: str = "amount") -> int:
        """An amount as the wire has it, `12.30`. Raises: RefusedError."""
        value = self.text(name)
        if not AMOUNT.fullmatch(value) or value == "0.00":
            raise refuse("INVALID_FIELD", f"{name} must be a positive decimal with two digits")
        return int(value.replace(".", ""))

    def count(self, *, default: int, most: int) -> int:
        """How many of a page. Raises: RefusedError."""
        value = self.body.get("count", default)
        if type(value) is not int or not 1 <= value <= most:
            raise refuse("INVALID_FIELD", f"count must be between 1 and {most}")
        return value


def money(cents: int) -> str:
    """Cents as the wire has them."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def number(cents: int | None) -> float | None:
    """A balance: a JSON number."""
    return None if cents is None else cents / 100


def stamp(at: datetime) -> str:
    """A time as the wire has it, in whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """A time of the wire. Raises: RefusedError."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise refuse("INVALID_FIELD", f"{text} is no time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def item_of(ask: Ask) -> Doc:
    """The item of the access token. Raises: RefusedError."""
    item = ask.tx.find("item", ask.text("access_token"))
    if item is None:
        raise refuse("INVALID_ACCESS_TOKEN")
    if item["removed"]:
        raise refuse("ITEM_NOT_FOUND")
    return item


def account_of(ask: Ask, item: Doc) -> Doc:
    """The account named in the request, which must be of this item. Raises: RefusedError."""
    account = ask.tx.get("account", ask.text("account_id"))
    if account is None or account["item_id"] != item["id"]:
        raise refuse("INVALID_ACCOUNT_ID")
    return account
