"""What each operation may be told, and how it is read; anything else is `parameter_unknown`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from quid_sandbox.stripe.desk import Desk
from quid_sandbox.stripe.errors import Doc, StripeError, invalid
from quid_sandbox.stripe.form import Value

Reader = Callable[[str, Value], Any]
Fields = Mapping[str, "Reader | Fields"]

AMOUNT_MAX: Final = 99_999_999
TEXT_MAX: Final = 5000
# 22 on the statement, less our name, an asterisk and a space.
SUFFIX_MAX: Final = 16


class Op(NamedTuple):
    """One operation: where it is, what it reads, who does it."""

    method: str
    path: str
    handler: Callable[[Desk, Doc], Doc]
    fields: Fields
    required: tuple[str, ...] = ()


def text(name: str, value: Value) -> str:
    """Any text that says something; an empty one unsets, as Stripe has it."""
    if not isinstance(value, str):
        raise invalid("Invalid string: expected one value", name)
    if len(value) > TEXT_MAX:
        raise invalid(f"Invalid string: {name} is too long", name, "parameter_invalid_string")
    return value


def link(name: str, value: Value) -> str:
    """Where a browser or a hook may be sent."""
    url = text(name, value)
    if not re.fullmatch(r"https?://[^\s]+", url):
        raise invalid("Not a valid URL", name, "url_invalid")
    return url


def integer(name: str, value: Value) -> int:
    """A whole number."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        shown = value if isinstance(value, str) else "a list"
        raise invalid(f"Invalid integer: {shown}", name, "parameter_invalid_integer")
    return int(value)


def amount(name: str, value: Value) -> int:
    """Cents, at least one."""
    cents = integer(name, value)
    if cents < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", name, "parameter_invalid_integer"
        )
    if cents > AMOUNT_MAX:
        raise invalid("Amount must be no more than $999,999.99", name, "amount_too_large")
    return cents


def boolean(name: str, value: Value) -> bool:
    """True or false."""
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value!s:.40}", name)
    return value == "true"


def currency(name: str, value: Value) -> str:
    """US dollars; nothing else is settled here."""
    if not isinstance(value, str) or value.lower() != "usd":
        raise invalid(f"Invalid currency: {value!s:.20}. Only usd is settled here.", name)
    return "usd"


def suffix(name: str, value: Value) -> str:
    """What stands on a card's statement after our name."""
    said = text(name, value)
    if len(said) > SUFFIX_MAX or not re.search("[A-Za-z]", said) or re.search(r"[<>\\'\"*]", said):
        raise invalid(
            f"The statement descriptor suffix must have a letter, none of < > \\ ' \" *, and at"
            f" most {SUFFIX_MAX} characters.",
            name,
        )
    return said


def choice(*allowed: str) -> Reader:
    """One of these words."""

    def read(name: str, value: Value) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}", name)
        return value

    return read


def texts(name: str, value: Value) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid("Invalid array", name)
    return [text(name, item) for item in value]


def expand(name: str, value: Value) -> list[str]:
    """Paths to expand, four steps deep at most."""
    paths = texts(name, value)
    for path in paths:
        if path.count(".") >= 4:
            raise invalid(
                f"You cannot expand more than 4 levels of a property. Property: {path}", name
            )
    return paths


def metadata(name: str, value: Value) -> dict[str, str]:
    """At most 50 names of 40 characters with 500 each."""
    if value == "":
        return {}
    if not isinstance(value, dict) or len(value) > 50:
        raise invalid("Invalid metadata: a map of at most 50 keys", name)
    for key, item in value.items():
        if len(key) > 40 or not isinstance(item, str) or len(item) > 500:
            raise invalid("Invalid metadata: keys of 40, values of 500", f"{name}[{key}]")
    return {key: str(item) for key, item in value.items()}


def free(name: str, value: Value) -> Value:
    """Whatever is said; the operation looks."""
    del name
    return value


def when(name: str, value: Value) -> dict[str, int]:
    """A time, or bounds of one: `created[gte]`."""
    if isinstance(value, dict):
        return {
            choice("gt", "gte", "lt", "lte")(name, bound): integer(f"{name}[{bound}]", at)
            for bound, at in value.items()
        }
    return {"eq": integer(name, value)}


def limit(name: str, value: Value) -> int:
    """How many: 1 to 100."""
    count = integer(name, value)
    if not 1 <= count <= 100:
        raise invalid("Invalid limit: from 1 to 100", name, "parameter_invalid_integer")
    return count


LISTED: Final[Fields] = {
    "limit": limit,
    "starting_after": text,
    "ending_before": text,
    "expand": expand,
}
DATED: Final[Fields] = {**LISTED, "created": when}
ONE: Final[Fields] = {"expand": expand}


def read(op: Op, tree: Mapping[str, Value]) -> Doc:
    """Read what an operation was told.

    Raises:
        StripeError: unknown, missing or malformed.
    """
    args = _read(op.fields, tree, "")
    for name in op.required:
        if args.get(name) in (None, "", []):
            raise StripeError(
                400, f"Missing required param: {name}.", code="parameter_missing", param=name
            )
    return args


def _read(fields: Fields, tree: Mapping[str, Value], inside: str) -> Doc:
    args: Doc = {}
    for name, value in tree.items():
        shown = f"{inside}[{name}]" if inside else name
        field = fields.get(name)
        if field is None:
            raise invalid(f"Received unknown parameter: {shown}", shown, "parameter_unknown")
        if not isinstance(field, Mapping):
            args[name] = field(shown, value)
        elif isinstance(value, dict):
            args[name] = _read(field, value, shown)
        else:
            raise invalid("Invalid object", shown)
    return args
