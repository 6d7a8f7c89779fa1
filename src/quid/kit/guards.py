"""What the running task holds: an open transaction forbids whatever can hang.

A call to Valkey, a provider or a bus inside a money transaction would keep account rows locked
for as long as the other side likes. So those clients ask here first, and raise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open_tx: ContextVar[bool] = ContextVar("quid_open_tx", default=False)


class BrokenRule(AssertionError):  # noqa: N818 - it is a rule that is broken
    """A rule of the house was broken in code; always a defect."""


@contextmanager
def transaction() -> Iterator[None]:
    """Mark the task as holding a transaction. Raises: BrokenRule when it holds one already."""
    if _open_tx.get():
        raise BrokenRule("a command never calls a command: a transaction is already open")
    token = _open_tx.set(True)
    try:
        yield
    finally:
        _open_tx.reset(token)


def forbid_in_transaction(what: str) -> None:
    """Raise BrokenRule when the task holds a transaction."""
    if _open_tx.get():
        raise BrokenRule(f"{what} while a transaction is open")
