"""Form bodies as Stripe nests them: `a[b]=c`, `list[0]=x`, `list[]=x`."""

import re
from typing import Final
from urllib.parse import parse_qsl

from quid_sandbox.stripe.errors import invalid

Value = str | list["Value"] | dict[str, "Value"]

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP: Final = re.compile(r"\[([^\[\]]*)\]")
FIELDS_MAX: Final = 1000


def decode(raw: str) -> dict[str, Value]:
    """Read a body or a query.

    Raises:
        StripeError: a name is malformed, or said twice in two ways.
    """
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=FIELDS_MAX
        )
    except ValueError:
        raise invalid("Invalid request: the parameters cannot be read") from None
    tree: dict[str, Value] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            raise invalid(f"Invalid parameter name: {name[:80]}", name[:80])
        _put(tree, [match[1], *_STEP.findall(match[2])], value, name)
    return {name: _lists(value) for name, value in tree.items()}


def _put(tree: dict[str, Value], path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(below, dict):
            raise invalid(f"Invalid parameter: {name} is said in two ways", name)
        tree = below
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is said in two ways", name)
    tree[last] = value


def _lists(value: Value) -> Value:
    """Make lists of what has numbers for names."""
    if not isinstance(value, dict):
        return value
    read = {name: _lists(below) for name, below in value.items()}
    if read and all(name.isascii() and name.isdigit() and len(name) < 6 for name in read):
        return [read[name] for name in sorted(read, key=int)]
    return read
