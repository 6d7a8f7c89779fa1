"""The days of American banks, for those who promise something by one."""

from datetime import date, datetime, timedelta

from quid.funding.rules import banking_days


def day_after(at: datetime, later: timedelta) -> date:
    """Give the day that is so many calendar days after the day of an instant, in New York."""
    return at.astimezone(banking_days.NEW_YORK).date() + later


def banking_day_after(at: datetime, days: int) -> date:
    """Give the day that is so many banking days (1 or more) after the day of an instant, in New
    York; that day itself does not count.
    """
    today = at.astimezone(banking_days.NEW_YORK).date()
    return banking_days.after(today + timedelta(days=1), days - 1)
