"""What a face is: a provider's routes, what it does by itself, and how it signs.

A face keeps no state of its own: everything stands in the store, so that a reset, a snapshot and a
restart are one thing each.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from quid_sandbox.core.calls import Call, Reply
from quid_sandbox.core.store import Timer, Tx
from quid_sandbox.core.world import World


class Route(NamedTuple):
    """A handler under a method and a path with {names}. It runs in one transaction."""

    method: str
    path: str
    handler: Callable[[Call], Reply]


class Marks(NamedTuple):
    """By what a request is found again, by faults and in the journal."""

    key: str = ""
    account: str = ""


class Forgery(NamedTuple):
    """How a signature is spoiled on purpose.

    Units: `shift` seconds are added to the time in the signature.
    """

    shift: int = 0
    bad: bool = False
    other_key: bool = False


class Face(Protocol):
    """One provider."""

    name: str

    def routes(self) -> list[Route]:
        """All handlers, the hosted pages too."""
        ...

    def seed(self, tx: Tx, world: World, now: datetime) -> None:
        """What stands there from the beginning and after a reset."""
        ...

    def act(self, tx: Tx, world: World, timer: Timer) -> None:
        """A timer of this face is due; its time is now."""
        ...

    def marks(self, call: Call) -> Marks:
        """Key and account of a request, before its handler ran."""
        ...

    def busy(self, call: Call) -> Reply | None:
        """The answer while a request of the same key is in flight; None lets it through."""
        ...

    def unknown(self, call: Call) -> Reply:
        """The answer where no route is."""
        ...

    def broken(self, status: int) -> Reply:
        """The provider's error of this status: 429, 500, 503."""
        ...

    def retry(self, tries: int) -> float | None:
        """Real seconds until a hook is tried again after so many tries; None gives up."""
        ...

    def sign(self, tx: Tx, world: World, raw: bytes, forgery: Forgery) -> Mapping[str, str]:
        """Headers of a hook that leaves now, at wall time."""
        ...
