"""The refusals of payments, with the titles and texts people read."""

from quid.kit.errors import Refusal


class InvalidAmount(Refusal):
    """The amount is not a whole number of cents from 1 to 500,000."""

    code = "INVALID_AMOUNT"
    category = "invalid"
    title = "Check the amount"
    text = "Enter an amount between $0.01 and $5,000, as whole cents. Nothing was sent."


class InvalidRecipient(Refusal):
    """Payer and payee are the same person."""

    code = "INVALID_RECIPIENT"
    category = "invalid"
    title = "Choose someone else"
    text = "You cannot pay yourself. Nothing was sent."


class RecipientNotFound(Refusal):
    """There is no such payee, or not for this payer."""

    code = "RECIPIENT_NOT_FOUND"
    category = "not_found"
    title = "User Not Found"
    text = "We could not find that person. Nothing was sent."


class AccountFrozen(Refusal):
    """The payer may not send."""

    code = "ACCOUNT_FROZEN"
    category = "forbidden"
    title = "Account on hold"
    text = "Sending is on hold for your account. Nothing was sent."


class InsufficientFunds(Refusal):
    """The balance does not cover the amount."""

    code = "INSUFFICIENT_FUNDS"
    category = "refused"
    title = "Not Enough Balance"
    text = "Not enough balance. Nothing was sent."


class AnotherWay(InsufficientFunds):
    """Not by the way that was tried: from the balance in a lane, or from a bank or card beside it.

    Only who asked for any way is told so, and tries the other.
    """


class DailyLimitExceeded(Refusal):
    """The payer's limit of the last 24 hours."""

    code = "DAILY_LIMIT_EXCEEDED"
    category = "refused"
    title = "Limit Reached"
    text = "This is more than you can send in 24 hours. Nothing was sent. Send less, or later."


class WeeklyLimitExceeded(Refusal):
    """The payer's limit of the last 7 days."""

    code = "WEEKLY_LIMIT_EXCEEDED"
    category = "refused"
    title = "Limit Reached"
    text = "This is more than you can send in 7 days. Nothing was sent. Send less, or later."


class PaymentMethodInvalid(Refusal):
    """The funding source named cannot be used."""

    code = "PAYMENT_METHOD_INVALID"
    category = "refused"
    title = "This bank or card cannot be used"
    text = "Your bank or card could not be used. Nothing was taken. Choose another."


class PaymentMethodDeclined(Refusal):
    """The bank or the card said no; nothing was taken."""

    code = "PAYMENT_METHOD_DECLINED"
    category = "refused"
    title = "This bank or card cannot be used"
    text = "Your bank or card did not allow it. Nothing was taken. Choose another bank or card."


class ExternalServiceError(Refusal):
    """The bank or the card could not do it; nothing was taken, or it is back."""

    code = "EXTERNAL_SERVICE_ERROR"
    category = "upstream"
    title = "Connection Issue"
    text = "The bank connection is unavailable. Nothing was sent. Choose another bank or card."


class QuoteExpired(Refusal):
    """What was shown to the payer holds no more."""

    code = "QUOTE_EXPIRED"
    category = "conflict"
    title = "The cost changed"
    text = "What was shown for this payment holds no more. Nothing was sent. Check and confirm."


class QuoteChanged(Refusal):
    """It would be paid otherwise than the payer has seen; `fee` and `total` as they are now."""

    code = "QUOTE_CHANGED"
    category = "conflict"
    title = "The cost changed"


class PaymentRefusedByBooks(Refusal):
    """The ledger did not take the transfer for a reason that is a defect of ours."""

    code = "INTERNAL_ERROR"
    category = "internal"
    title = "Something went wrong on our side"
    text = "The payment could not be recorded. Nothing was sent."


class StateConflict(Refusal):
    """The payment is not where this act begins; `state` says where it is."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"


class ChallengeExpired(Refusal):
    """The time for the proof is over; the money is free again."""

    code = "CHALLENGE_EXPIRED"
    category = "gone"
    title = "Time ran out"
    text = "The time to confirm this payment is over. Nothing was sent, and your money is back."


class PaymentRejected(Refusal):
    """Our checks stopped the payment; the money is free again."""

    code = "PAYMENT_REJECTED"
    category = "refused"
    title = "We could not send this"
    text = "Our checks stopped this payment. Nothing was sent, and your money is back."


class AlreadySpent(Refusal):
    """A reversal finds less in the payee's wallet than it is to take back."""

    code = "INSUFFICIENT_FUNDS"
    category = "refused"
    title = "Not Enough Balance"
    text = "The payee has spent this money: their balance does not cover it. Nothing moved."
