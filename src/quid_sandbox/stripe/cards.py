"""The published test cards and what each does. No other number is taken anywhere."""

import hashlib
from typing import Final, NamedTuple


class Decline(NamedTuple):
    """Why an issuer says no."""

    code: str
    message: str
    decline_code: str | None = None


class Card(NamedTuple):
    """A test card.

    `saves` says whether it can be saved; `decline` is what a charge meets; `asks` is 3-D Secure;
    `later` comes after a charge, `refund` is what a refund does; `withdraws` are the ways of a
    push to it, `push` why that fails.
    """

    name: str
    number: str
    brand: str = "visa"
    funding: str = "credit"
    saves: bool = True
    decline: Decline | None = None
    asks: bool = False
    later: str = ""
    refund: str = ""
    is_available: bool = False
    withdraws: tuple[str, ...] = ()
    push: str = ""

    @property
    def last4(self) -> str:
        """What may be shown."""
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        """The same for the same number, whatever it was saved for."""
        return hashlib.sha256(f"fingerprint:{self.number}".encode()).hexdigest()[:16]


_NO: Final = Decline("card_declined", "Your card was declined.", "generic_decline")
_POOR: Final = Decline("card_declined", "Your card has insufficient funds.", "insufficient_funds")
_LOST: Final = Decline("card_declined", "Your card was declined.", "lost_card")
_STOLEN: Final = Decline("card_declined", "Your card was declined.", "stolen_card")
_OLD: Final = Decline("expired_card", "Your card has expired.")
_CVC: Final = Decline("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc")
_ERROR: Final = Decline(
    "processing_error", "An error occurred while processing your card. Try again in a little bit."
)
_BOTH: Final = ("standard", "instant")

CARDS: Final = (
    Card("visa", "4242424242424242"),
    Card("visa_debit", "4000056655665556", funding="debit", withdraws=_BOTH),
    Card("mastercard", "5555555555554444", brand="mastercard"),
    Card(
        "mastercard_debit",
        "5200828282828210",
        brand="mastercard",
        funding="debit",
        withdraws=_BOTH,
    ),
    Card("mastercard_prepaid", "5105105105105100", brand="mastercard", funding="prepaid"),
    Card("amex", "378282246310005", brand="amex"),
    Card("chargeDeclined", "4000000000000002", saves=False, decline=_NO),
    Card("chargeDeclinedInsufficientFunds", "4000000000009995", saves=False, decline=_POOR),
    Card("chargeDeclinedLostCard", "4000000000009987", saves=False, decline=_LOST),
    Card("chargeDeclinedStolenCard", "4000000000009979", saves=False, decline=_STOLEN),
    Card("chargeDeclinedExpiredCard", "4000000000000069", saves=False, decline=_OLD),
    Card("chargeDeclinedIncorrectCvc", "4000000000000127", saves=False, decline=_CVC),
    Card("chargeDeclinedProcessingError", "4000000000000119", saves=False, decline=_ERROR),
    Card("chargeCustomerFail", "4000000000000341", decline=_NO),
    Card("authenticationRequired", "4000002760003184", asks=True),
    Card("createDispute", "4000000000000259", later="fraudulent"),
    Card("createDisputeProductNotReceived", "4000000000002685", later="product_not_received"),
    Card("createDisputeInquiry", "4000000000001976", later="inquiry"),
    Card("createIssuerFraudRecord", "4000000000005423", later="warning"),
    Card("bypassPending", "4000000000000077", is_available=True),
    Card("pendingRefund", "4000000000007726", refund="pending"),
    Card("refundFail", "4000000000005126", refund="fail"),
    Card(
        "visa_debit_us_transferFail",
        "4000056655665572",
        funding="debit",
        withdraws=_BOTH,
        push="could_not_process",
    ),
    Card(
        "visa_debit_us_instantPayoutUnsupported",
        "4000056755665555",
        funding="debit",
        withdraws=("standard",),
    ),
)
BY_NAME: Final = {card.name: card for card in CARDS}
BY_NUMBER: Final = {card.number: card for card in CARDS}
# The names under which a card is pushed to; two of them are one card.
TOKENS: Final = {
    **{f"tok_{card.name}": card for card in CARDS},
    "tok_visa_debit_us_transferSuccess": BY_NAME["visa_debit"],
    "tok_mastercard_debit_us_transferSuccess": BY_NAME["mastercard_debit"],
}

BANK_ROUTING: Final = "110000000"
# The published accounts and why a push to each fails.
BANK_ACCOUNTS: Final = {
    "000123456789": "",
    "000111111116": "no_account",
    "000111111113": "account_closed",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000444444440": "invalid_currency",
}


def typed(number: str) -> Card | None:
    """The test card of a number as people type it."""
    return BY_NUMBER.get("".join(number.split()))
