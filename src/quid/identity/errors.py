"""The refusals of this slice."""

from quid.kit.errors import Refusal


class SignInFailed(Refusal):
    """Wrong identifier or wrong password: nobody is told which."""

    code = "SIGN_IN_FAILED"
    category = "unauthenticated"
    title = "Those details don't match"
    text = "Check your e-mail or handle and your password."


class ChallengeFailed(Refusal):
    """A wrong code; the detail says how many tries are left."""

    code = "CHALLENGE_FAILED"
    category = "refused"
    title = "That code did not work"


class ChallengeExpired(Refusal):
    """The code or ticket was used, is too old, or has no tries left."""

    code = "CHALLENGE_EXPIRED"
    category = "gone"
    title = "Time ran out"
    text = "Ask for a new code."


class AccountLocked(Refusal):
    """The person has locked their account: nobody enters before its recovery."""

    code = "ACCOUNT_FROZEN"
    category = "forbidden"
    title = "Account on hold"
    text = "You have locked this account. Open it again by recovery. Nothing was sent."


class FactorMissing(Refusal):
    """There is no second factor that this act could be about."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"


class DuplicateEntry(Refusal):
    """The handle (or one that looks like it) or the e-mail belongs to somebody."""

    code = "DUPLICATE_ENTRY"
    category = "conflict"
    title = "Already taken"


class PersonNotFound(Refusal):
    """Nobody of that id or handle, or somebody who is not there for the caller."""

    code = "NOT_FOUND"
    category = "not_found"
    title = "User Not Found"
    text = "We could not find that person."


class AlreadyDone(Refusal):
    """The freeze stands already, or there is none to lift."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"


class NotYet(Refusal):
    """An act that must rest for a while, or has come to its bound; the detail says until when."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not yet"
