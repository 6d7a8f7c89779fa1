"""The refusals of funding, and the four things that can become of a call to a provider."""

from collections.abc import Mapping
from enum import Enum
from typing import ClassVar, Final

from quid.kit.errors import Refusal

# --- what people are answered ------------------------------------------------------------------


class InvalidAmount(Refusal):
    """The amount is not a whole number of cents within the bounds."""

    code = "INVALID_AMOUNT"
    category = "invalid"
    title = "Check the amount"
    text = "Enter an amount as whole cents, more than zero. Nothing was moved."


class AccountFrozen(Refusal):
    """The person may not move money; `extra.reason` says why, `owed` with what they owe."""

    code = "ACCOUNT_FROZEN"
    category = "forbidden"
    title = "Account on hold"
    text = "Moving money is on hold for your account. Nothing was moved."


class InsufficientFunds(Refusal):
    """More than can leave; `extra` gives `spendable` and `withdrawable`."""

    code = "INSUFFICIENT_FUNDS"
    category = "refused"
    title = "Not Enough Balance"
    text = "Not enough balance. Nothing was moved."


class DailyLimitExceeded(Refusal):
    """A limit of the tier within a day."""

    code = "DAILY_LIMIT_EXCEEDED"
    category = "refused"
    title = "Limit Reached"


class WeeklyLimitExceeded(Refusal):
    """A limit of the tier within seven days."""

    code = "WEEKLY_LIMIT_EXCEEDED"
    category = "refused"
    title = "Limit Reached"


class VerificationRequired(Refusal):
    """Only a higher tier may do this."""

    code = "VERIFICATION_REQUIRED"
    category = "forbidden"
    title = "Verify your identity"


class PaymentMethodInvalid(Refusal):
    """A source that cannot do this; `extra.needs` says what would make it able."""

    code = "PAYMENT_METHOD_INVALID"
    category = "refused"
    title = "This bank or card cannot be used"
    text = "This source cannot be used for that. Nothing was taken."


def needed(what: str) -> str:
    """Say what would make a source able, for PAYMENT_METHOD_INVALID with this `needs`."""
    return f"{_NEEDED.get(what, _NEEDED['another'])} Nothing was taken."


_NEEDED: Final[Mapping[str, str]] = {
    "repair": "This bank wants you to sign in again. Repair it, or choose another.",
    "amounts": "First enter the two amounts that we sent to this account.",
    "code": "First enter the code of the small deposit, on the bank's page.",
    "wait": "We are still making sure of this account. Try again later, or choose another.",
    "review": "We are checking whose account this is. Choose another meanwhile.",
    "bank": "A card cannot do this. Choose a bank.",
    "rtp": "This bank takes no instant transfers. Choose standard, or another bank.",
    "limit": "This is more than may come from your bank within seven days. Choose another.",
    "amount": "A card pays 50 cents or more. Choose another.",
    "another": "This bank or card cannot be used for that. Choose another.",
}


class SourceInUse(Refusal):
    """A source with an open operation cannot be removed."""

    code = "SOURCE_IN_USE"
    category = "conflict"
    title = "Still in use"
    text = "A transfer on it is still open. Remove it when that has ended."


class ChallengeFailed(Refusal):
    """Wrong micro-deposit amounts; `extra.tries_left` says how many are left."""

    code = "CHALLENGE_FAILED"
    category = "refused"
    title = "Those amounts do not match"


class StateConflict(Refusal):
    """It is not in a state for that; `extra.state` says where it stands."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not now"


class AlreadyDone(StateConflict):
    """It is as it was asked for, or somebody has said so already."""

    title = "Already done"


class TooLate(StateConflict):
    """It has gone on, or come to its end."""

    title = "Too late"


class ExternalServiceError(Refusal):
    """A bank or card processor did not do it; `money_moved` says what is known."""

    code = "EXTERNAL_SERVICE_ERROR"
    category = "upstream"
    title = "The bank did not answer"
    text = "We could not reach the bank. Nothing was moved. Try again in a minute."
    is_retryable = True


class WebhookForged(Refusal):
    """A webhook whose signature, age or body is not its provider's."""

    code = "SIGNATURE_INVALID"
    category = "unauthenticated"
    title = "Signature does not match"
    text = "This is not signed by the provider. Nothing was stored."


class HookNotChecked(Refusal):
    """The provider's keys cannot be had just now: it sends its webhook again."""

    code = "EXTERNAL_SERVICE_ERROR"
    category = "unavailable"
    title = "Service temporarily unavailable"
    text = "We cannot check the signature right now. Nothing was stored. Send it again."
    is_retryable = True


class BreakOver(AlreadyDone):
    """A difference that was resolved, or is gone."""

    text = "This difference is over. Nothing changed."


class NothingToReplay(AlreadyDone):
    """An event that was applied, or is not one to act on."""

    text = "This event is not waiting for anybody. Nothing changed."


# --- what becomes of a call --------------------------------------------------------------------


class Outcome(Enum):
    """What is known after a call. Source: rails.md 5 of the blueprint.

    DECLINED: a definite no; effects are undone. NOT_DONE: provably nothing happened; the same
    step again. UNKNOWN: may have happened; looked up, or the same key again, and never undone
    before that is known. What succeeded returns and raises nothing.
    """

    DECLINED = "declined"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class ProviderError(Exception):
    """A call that did not return an answer to use. `code` is the provider's, for operators."""

    outcome: ClassVar[Outcome] = Outcome.UNKNOWN
    is_our_fault: ClassVar[bool] = False

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Declined(ProviderError):  # noqa: N818 - what became of a call
    """The provider, the bank or the network says no."""

    outcome = Outcome.DECLINED


class ActionRequired(ProviderError):  # noqa: N818 - what became of a call
    """The person must do something first: sign in at the bank again, or approve."""

    outcome = Outcome.DECLINED


class InvalidRequest(ProviderError):  # noqa: N818 - what became of a call
    """The provider does not take the request as it stands: our fault, alarm."""

    outcome = Outcome.DECLINED
    is_our_fault = True


class Misconfigured(ProviderError):  # noqa: N818 - what became of a call
    """Keys or contract are not in order: our fault, alarm."""

    outcome = Outcome.NOT_DONE
    is_our_fault = True


class RateLimited(ProviderError):  # noqa: N818 - what became of a call
    """Too many calls; nothing happened. `retry_after` in seconds."""

    outcome = Outcome.NOT_DONE


class InsufficientFloat(ProviderError):  # noqa: N818 - what became of a call
    """Our balance at the provider does not cover it: it waits."""

    outcome = Outcome.NOT_DONE


class Unreachable(ProviderError):  # noqa: N818 - what became of a call
    """Refused, unresolved, connect time-out, breaker open, bulkhead full: nothing was sent."""

    outcome = Outcome.NOT_DONE


class Ambiguous(ProviderError):  # noqa: N818 - what became of a call
    """Read time-out, reset, 5xx on a write: it may have happened."""


class ContractBroken(ProviderError):  # noqa: N818 - what became of a call
    """An answer that cannot be read: on a write it may have happened. Alarm."""

    is_our_fault = True


class KeyConflict(ProviderError):  # noqa: N818 - what became of a call
    """The provider knows this key with another body: the operation stops, a person is paged."""

    is_our_fault = True
