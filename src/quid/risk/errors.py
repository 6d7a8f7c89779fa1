"""The refusals of this slice."""

from quid.kit.errors import Refusal


class VerificationRequired(Refusal):
    """A higher tier may send this much in one payment; the person's own may not."""

    code = "VERIFICATION_REQUIRED"
    category = "forbidden"
    title = "Verify your identity first"


class PaymentTooLarge(Refusal):
    """No tier may send this much in one payment."""

    code = "INVALID_AMOUNT"
    category = "invalid"
    title = "Check the amount"


class CurrencyNotOffered(Refusal):
    """There is no policy in this currency; another currency's numbers never stand in."""

    code = "VALIDATION_ERROR"
    category = "invalid"
    title = "Check the form"
    text = "currency: not offered here. Nothing was sent."
