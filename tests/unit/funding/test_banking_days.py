"""Banking days as the Federal Reserve publishes them, and around cut-offs and nights."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.rules import banking_days as days

# Days on which FedACH is closed, weekends aside: as the Federal Reserve publishes them.
CLOSED = {
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25",
    2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
    2030: "01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2031: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
}
ANY_TIME = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - made aware by the strategy
    max_value=datetime(2031, 11, 30),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@pytest.mark.parametrize("year", CLOSED)
def test_the_year_is_the_one_of_the_federal_reserve(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in CLOSED[year].split()}
    assert {d for d in days.closed_days(year) if d.weekday() < 5} == expected


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2026-07-03", True),  # the fourth is a Saturday: not moved
        ("2027-07-05", False),  # the fourth is a Sunday: moved
        ("2027-06-18", True),
        ("2027-12-24", True),
        ("2028-11-10", True),
        ("2026-11-27", True),
    ],
)
def test_a_saturdays_holiday_is_not_moved_a_sundays_is(day: str, is_open: bool) -> None:
    assert days.is_banking_day(date.fromisoformat(day)) is is_open


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=days.NEW_YORK)


@pytest.mark.parametrize(
    ("at", "same_day", "sent", "settles", "is_late"),
    [
        ("2026-11-18T14:44", True, "2026-11-18", "2026-11-18", False),
        ("2026-11-18T14:45", True, "2026-11-18", "2026-11-19", True),
        ("2026-11-18T20:14", False, "2026-11-18", "2026-11-19", False),
        ("2026-11-18T20:15", False, "2026-11-19", "2026-11-20", False),
        ("2026-11-25T21:00", False, "2026-11-27", "2026-11-30", False),  # before Thanksgiving
        ("2026-11-21T12:00", True, "2026-11-23", "2026-11-24", True),  # a Saturday
        ("2026-12-31T20:30", False, "2027-01-04", "2027-01-05", False),
        ("2026-03-08T01:59", False, "2026-03-09", "2026-03-10", False),  # clocks go forward
        ("2026-11-01T01:30", False, "2026-11-02", "2026-11-03", False),  # clocks go back
    ],
)
def test_cut_offs(at: str, same_day: bool, sent: str, settles: str, is_late: bool) -> None:
    found = days.expected(_at(at), same_day=same_day)
    assert (found.sent_on.isoformat(), found.settle_on.isoformat()) == (sent, settles)
    assert found.is_late is is_late


@given(ANY_TIME, st.booleans())
def test_what_is_sent_settles_on_banking_days_in_order(at: datetime, same_day: bool) -> None:
    found = days.expected(at, same_day=same_day)
    today = at.astimezone(days.NEW_YORK).date()
    assert today <= found.sent_on <= found.settle_on <= today + timedelta(days=7)
    assert days.is_banking_day(found.sent_on)
    assert days.is_banking_day(found.settle_on)
    assert (found.sent_on == found.settle_on) <= (same_day and not found.is_late)


@given(st.dates(date(2024, 1, 1), date(2031, 11, 1)), st.integers(0, 12), st.integers(0, 12))
def test_counting_in_two_parts_is_counting(day: date, some: int, more: int) -> None:
    assert days.after(days.after(day, some), more) == days.after(day, some + more)


@given(st.dates(date(2024, 1, 1), date(2031, 12, 1)))
def test_a_day_is_over_at_midnight_in_new_york(day: date) -> None:
    end = days.end_of(day).astimezone(days.NEW_YORK)
    assert (end.date(), end.time()) == (day + timedelta(days=1), time())
