"""Form bodies as Stripe reads them: `a[b]=c`, `list[0]=x`."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

Value = str | int | bool | Mapping[str, "Value"] | Sequence["Value"]
Form = Mapping[str, Value]


def pairs(form: Form) -> tuple[tuple[str, str], ...]:
    """Flatten a form into names and texts, in its order."""
    return tuple(pair for name, value in form.items() for pair in _pairs(name, value))


def encode(form: Form) -> bytes:
    """Write a form as a body."""
    return urlencode(pairs(form)).encode()


def _pairs(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, str | int):
        yield name, str(value)
    elif isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _pairs(f"{name}[{part}]", inner)
    else:
        for n, inner in enumerate(value):
            yield from _pairs(f"{name}[{n}]", inner)
