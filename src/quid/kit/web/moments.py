"""Times that people write into an address: spelled out, with their time zone."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BeforeValidator

from quid.kit.errors import ValidationFailed

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _spelled_out(value: object) -> object:
    """Refuse what pydantic would read as seconds since 1970."""
    if isinstance(value, str) and not _DATE.match(value):
        raise ValueError("a time, as in 2026-03-02T12:00Z")
    return value


Moment = Annotated[datetime, BeforeValidator(_spelled_out)]


def in_utc(at: datetime | None, *, field: str) -> datetime | None:
    """Give a time in UTC. Raises: ValidationFailed without a zone, or outside the years we have."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValidationFailed(f"{field}: add the time zone, as in 2026-03-02T12:00Z.", field=field)
    try:
        return at.astimezone(UTC)
    except OverflowError as e:
        raise ValidationFailed(f"{field}: from year 1 to 9999 in UTC.", field=field) from e
