"""The one object that wiring builds: pools, lanes and settings, reached by type.

Slices ask for what they need by its class, so the cellar knows no slice:
`runtime.current().part(SendQueue)`.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


class Runtime:
    """The parts of a running process."""

    def __init__(self) -> None:
        self._parts: dict[type[object], object] = {}

    def put(self, part: object, *, kind: type[object] | None = None) -> None:
        """Add a part, found later by its class (or by `kind`, for a port)."""
        self._parts[kind or type(part)] = part

    def part(self, kind: type[T]) -> T:
        """Find a part. Raises: LookupError when wiring did not build one."""
        try:
            return self._parts[kind]  # type: ignore[return-value]  # put() keeps it true
        except KeyError:
            raise LookupError(f"this process has no {kind.__name__}") from None


_current: ContextVar[Runtime] = ContextVar("quid_runtime")


def current() -> Runtime:
    """Give the runtime of this process (of this test)."""
    return _current.get()


def part(kind: type[T]) -> T:
    """Find a part of the current runtime."""
    return _current.get().part(kind)


def install(runtime: Runtime) -> None:
    """Make it current for this task and all it starts."""
    _current.set(runtime)


@contextmanager
def use(runtime: Runtime) -> Iterator[Runtime]:
    """Make it current for a block."""
    token = _current.set(runtime)
    try:
        yield runtime
    finally:
        _current.reset(token)


def settle() -> None:
    """Spare the collector what stands now, for the life of the process: all parts are there.

    It looks less often at the rest, too: both together are a twelfth of a payment's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
