"""What the ledger raises. Refusals of single transfers are values: `types.Outcome`."""

from quid.kit.errors import Refusal


class ClockApart(Refusal):
    """The caller's clock and the database's differ by more than 60 s: nothing is posted."""

    code = "CLOCK_APART"
    category = "unavailable"
    title = "Not right now"
    text = "Our clocks disagree. Nothing was moved. Try again in a moment."
    is_retryable = True


class AccountUnknown(Refusal):
    """There is no such account."""

    code = "ACCOUNT_UNKNOWN"
    category = "not_found"
    title = "Not found"
    text = "There is no such account."


class AccountNotEmpty(Refusal):
    """An account is closed only when nothing is in it."""

    code = "ACCOUNT_NOT_EMPTY"
    category = "conflict"
    title = "Not possible now"
    text = "This account still holds money, so it cannot be closed."


class SealFault(Exception):  # noqa: N818 - it names what is wrong
    """A seal cannot be kept or read outside the database, or stands there in another form."""
