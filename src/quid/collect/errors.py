"""The refusals of requests, with the titles and texts people read."""

from quid.kit.errors import Refusal


class InvalidAmount(Refusal):
    """The amount is not a whole number of cents from 1 to 500,000."""

    code = "INVALID_AMOUNT"
    category = "invalid"
    title = "Check the amount"
    text = "Enter an amount between $0.01 and $5,000, as whole cents. Nothing was sent."


class InvalidRecipient(Refusal):
    """Requester and requestee are the same person."""

    code = "INVALID_RECIPIENT"
    category = "invalid"
    title = "Choose someone else"
    text = "You cannot ask yourself for money. Nothing was sent."


class RecipientNotFound(Refusal):
    """There is nobody to ask, or not for this requester."""

    code = "RECIPIENT_NOT_FOUND"
    category = "not_found"
    title = "User Not Found"
    text = "We could not find that person. Nothing was sent."


class AccountFrozen(Refusal):
    """The requester's account is on hold for everything; asking for money is, too."""

    code = "ACCOUNT_FROZEN"
    category = "forbidden"
    title = "Account on hold"
    text = "Your account is on hold. Nothing was sent."


class NotWelcome(Refusal):
    """The requestee wishes no requests from this person."""

    code = "FORBIDDEN"
    category = "forbidden"
    title = "Not allowed"


class RequestClosed(Refusal):
    """The request has ended; `state` says how, `ended_at` when."""

    code = "REQUEST_CLOSED"
    category = "conflict"
    title = "Already done"


class BeingPaid(Refusal):
    """A payment that waits, or is on its way, has the request; until it ends nothing else may."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"
    text = "This request is being paid. Nothing changed. Look again when that payment has ended."


class NotYet(Refusal):
    """A bound of reminders or of open requests; the detail says which."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not yet"
