"""Days and hours of the Fed: two calendars that share no line are one. Row 18 of the failures."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from quid.funding.rules import banking_days
from quid_sandbox.core import calendar

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
# What we send, we send so much before their hour.
EARLIER = timedelta(minutes=15)


def settled(at: datetime, *, same_day: bool) -> date:
    """When the provider settles what it is given now."""
    here = calendar.local(at)
    sent = calendar.local(calendar.sent_at(at, same_day=same_day)).date()
    is_today = calendar.is_banking_day(here.date()) and here.time() < calendar.SAME_DAY_CUT_OFF
    return sent if same_day and is_today else calendar.add_banking_days(sent, 1)


@settings(deadline=None)
@given(DAYS, st.integers(0, 70))
def test_row_18_the_providers_banking_days_are_ours(day: date, many: int) -> None:
    assert banking_days.is_banking_day(day) is calendar.is_banking_day(day)
    open_day = calendar.add_banking_days(day, 0)
    assert banking_days.after(open_day, many) == calendar.add_banking_days(open_day, many)


@settings(deadline=None, max_examples=500)
@given(DAYS, st.times(), st.booleans())
def test_row_18_a_day_we_tell_is_kept(day: date, at: time, same_day: bool) -> None:
    asked = datetime.combine(day, at, UTC)
    told = banking_days.expected(asked, same_day=same_day).settle_on
    first = settled(asked, same_day=same_day)
    # What is asked for on a closed day is late, even a moment before an open one begins.
    last = max(first, settled(asked + EARLIER, same_day=same_day))
    assert first <= told <= last
