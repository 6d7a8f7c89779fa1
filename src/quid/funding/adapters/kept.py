"""Events that nobody can read: kept whole beside their neighbours, for an operator to look at."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from quid.funding.adapters.reading import loads
from quid.funding.ports import RailEvent

UNREADABLE: Final = "unreadable"
UNNAMED: Final = "sha256:"


def member(raw: bytes, name: str) -> object:
    """Look for one member of something that may be no object at all."""
    try:
        found = loads(raw)
    except (ValueError, RecursionError):
        return None
    return found.get(name) if isinstance(found, dict) else None


def unreadable(raw: bytes, own: str | None) -> RailEvent:
    """Keep it under its own name if it has one, else under its hash, so that it comes once."""
    return RailEvent(
        event_id=own or UNNAMED + sha256(raw).hexdigest(),
        at=datetime.fromtimestamp(0, UTC),
        kind=UNREADABLE,
        object_ref=None,
        status=None,
        cents=None,
        failure=None,
        raw=raw,
    )
