"""The clock of the doors. Below a door, time travels as `now=`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Read the wall clock, aware, in UTC. Called by doors and jobs only."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: `2026-03-02T12:00:00.000000Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
