"""When American banks move money: days, cut-offs, and the windows in which it may come back.

FedACH rests on weekends and on the holidays of the Federal Reserve; one that falls on a Saturday is
not moved, one on a Sunday moves to Monday. Hours are those of New York. Source: rails.md 11.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import holidays

NEW_YORK: Final = ZoneInfo("America/New_York")
# A quarter of an hour before the provider's own: 15:00 and 20:30.
SAME_DAY_CUT_OFF: Final = time(14, 45)
CUT_OFF: Final = time(20, 15)
STANDARD_WINDOW: Final = 3
UNAUTHORIZED_WINDOW: Final = 65
_SUNDAY: Final = 6
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class Expected(NamedTuple):
    """What to tell a person. `is_late`: asked for the same day, and it is too late for that."""

    sent_on: date
    settle_on: date
    is_late: bool = False


@lru_cache(maxsize=64)
def closed_days(year: int) -> frozenset[date]:
    """List the holidays of the Federal Reserve in a year."""
    named = [
        day
        for of_year in (year - 1, year)
        for day in holidays.country_holidays("US", years=of_year, observed=False)
    ]
    moved = [day + _DAY if day.weekday() == _SUNDAY else day for day in named]
    return frozenset(d for d in moved if d.year == year and d.weekday() != _SATURDAY)


def is_banking_day(day: date) -> bool:
    """Whether FedACH settles on that day."""
    return day.weekday() < _SATURDAY and day not in closed_days(day.year)


def after(day: date, days: int) -> date:
    """Give the banking day that is so many banking days after a day; 0 = that one or the next."""
    found = day
    while not is_banking_day(found):
        found += _DAY
    for _ in range(days):
        found += _DAY
        while not is_banking_day(found):
            found += _DAY
    return found


def expected(at: datetime, *, same_day: bool = False) -> Expected:
    """Say when what is asked for at an instant is sent and settles."""
    local = at.astimezone(NEW_YORK)
    today = local.date()
    sent_on = (
        after(today, 0 if local.time() < CUT_OFF else 1)
        if is_banking_day(today)
        else (after(today, 0))
    )
    is_late = same_day and (sent_on != today or local.time() >= SAME_DAY_CUT_OFF)
    if same_day and not is_late:
        return Expected(sent_on, sent_on)
    return Expected(sent_on, after(sent_on, 1), is_late)


def end_of(day: date) -> datetime:
    """Give the instant at which a day is over in New York."""
    return datetime.combine(day + _DAY, time(), NEW_YORK).astimezone(UTC)
