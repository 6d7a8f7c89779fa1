"""Banking days of the Federal Reserve, and its windows, in New York's time.

A holiday on a Saturday is not moved; one on a Sunday moves to Monday.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
SAME_DAY_CUT_OFF: Final = time(15, 0)
STANDARD_CUT_OFF: Final = time(20, 30)
WINDOWS: Final = (time(10, 30), time(14, 45), time(16, 45))
SETTLES: Final = time(8, 30)
SATURDAY: Final = 5


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The days of a year on which no money moves, beside weekends."""
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11)]
    fixed.append(date(year, 12, 25))
    moved = [day + timedelta(days=1) if day.weekday() == SATURDAY + 1 else day for day in fixed]
    last_of_may = date(year, 5, 31)
    return frozenset(
        [
            *moved,
            _nth(year, 1, 0, 3),
            _nth(year, 2, 0, 3),
            last_of_may - timedelta(days=last_of_may.weekday()),
            _nth(year, 9, 0, 1),
            _nth(year, 10, 0, 2),
            _nth(year, 11, 3, 4),
        ]
    )


def is_banking_day(day: date) -> bool:
    """Whether the Fed is open."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def add_banking_days(day: date, count: int) -> date:
    """The banking day `count` after; for 0 the day itself or the next that is one."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_banking_day(day):
            day += timedelta(days=1)
    return day


def local(at: datetime) -> datetime:
    """A time as a clock in New York shows it."""
    return at.astimezone(NEW_YORK)


def moment(day: date, at: time) -> datetime:
    """That hour of that day in New York, in UTC."""
    return datetime.combine(day, at, NEW_YORK).astimezone(UTC)


def sent_at(at: datetime, *, same_day: bool) -> datetime:
    """When what is asked for at `at` goes to the Fed: the window of its day, else of the next.

    A same-day request after its cut-off goes as a standard one.
    """
    here = local(at)
    if not is_banking_day(here.date()):
        return moment(add_banking_days(here.date(), 0), WINDOWS[0])
    if same_day and here.time() < SAME_DAY_CUT_OFF:
        window = next(w for w in WINDOWS if here.time() < w)
        return moment(here.date(), window)
    if here.time() < STANDARD_CUT_OFF:
        return moment(here.date(), STANDARD_CUT_OFF)
    return moment(add_banking_days(here.date(), 1), STANDARD_CUT_OFF)
