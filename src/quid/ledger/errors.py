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


class FindingOver(Refusal):
    """Somebody has already said this of the finding."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"
    text = "Another operator has done this before. Nothing changed."


class FindingOpen(Refusal):
    """What doubts an account must be cleared up before the account is thawed."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not possible now"
    text = "A finding on this account is open. Resolve it first. Nothing changed."


class NotPosted(Refusal):
    """The books refuse an adjustment."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not possible now"
    text = "The books refuse this. No money was moved."
