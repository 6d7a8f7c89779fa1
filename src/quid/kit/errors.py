"""Refusals: expected answers of "no" that a door turns into problem+json.

Source: RFC 9457, and the words people read. A refusal says what happened,
whether money moved, and what to do. Anything else that is raised is a fault and is answered
as INTERNAL_ERROR with its text kept inside.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, Literal

Category = Literal[
    "invalid",
    "too_large",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "gone",
    "refused",
    "limited",
    "upstream",
    "unavailable",
    "internal",
]
STATUS: Final[dict[Category, int]] = {
    "invalid": 400,
    "too_large": 413,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
    "refused": 422,
    "limited": 429,
    "upstream": 502,
    "unavailable": 503,
    "internal": 500,
}
MoneyMoved = Literal["no", "yes", "unknown"]
Detail = str | int | bool | None | list[dict[str, str]]


class Refusal(Exception):  # noqa: N818 - the field's word; "error" would say that we failed
    """A "no" that is part of the contract. Subclasses stand in each slice's `errors.py`."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    category: ClassVar[Category] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    text: ClassVar[str] = ""
    is_retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        field: str | None = None,
        money_moved: MoneyMoved = "no",
        retry_after: int | None = None,
        extra: Mapping[str, Detail] | None = None,
    ) -> None:
        self.detail = detail or self.text
        self.field = field
        self.money_moved: MoneyMoved = money_moved
        self.retry_after = retry_after
        self.extra: Mapping[str, Detail] = extra or {}
        super().__init__(self.detail)


class ValidationFailed(Refusal):
    """One or more fields are wrong; `errors` lists each with what is needed."""

    code = "VALIDATION_ERROR"
    category = "invalid"
    title = "Check the form"
    text = "Something in this request is not as it must be. Nothing was sent."


class MissingField(ValidationFailed):
    """A field that must be there is not."""

    code = "MISSING_FIELD"


class BodyTooLarge(Refusal):
    """The body is larger than the route takes."""

    code = "BODY_TOO_LARGE"
    category = "too_large"
    title = "Check the form"
    text = "The body is larger than 64 KiB. Nothing was sent."


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    code = "NOT_FOUND"
    category = "not_found"
    title = "Not Found"
    text = "There is nothing here that you can see."


class InvalidCursor(Refusal):
    """The cursor was not made by us, for this list and this person."""

    code = "INVALID_CURSOR"
    category = "invalid"
    title = "Something is off in this request"
    text = "This cursor does not belong to this list. Start from the first page."


class Forbidden(Refusal):
    """The caller is known, and may not."""

    code = "FORBIDDEN"
    category = "forbidden"
    title = "Not allowed"
    text = "Nothing changed."


class RateLimited(Refusal):
    """More requests than the caller's share."""

    code = "RATE_LIMITED"
    category = "limited"
    title = "Slow down"
    text = "Too many requests. Nothing was sent."
    is_retryable = True


class Overloaded(Refusal):
    """A queue is full or a deadline has passed before any work was done."""

    code = "OVERLOADED"
    category = "unavailable"
    title = "Service temporarily unavailable"
    text = "We are busy. Nothing was sent. Try again with the same key."
    is_retryable = True


class DatabaseUnavailable(Refusal):
    """The database did not answer; `money_moved` says what is known of the effect."""

    code = "DATABASE_ERROR"
    category = "unavailable"
    title = "Service temporarily unavailable"
    text = "We cannot reach our books right now. Try again with the same key."
    is_retryable = True


class InternalFault(Refusal):
    """A defect of ours; the reference is the request id."""

    is_retryable = True
    text = "Something went wrong on our side. Nothing is lost. Try again with the same key."


class SignInRequired(Refusal):
    """No session, or one that has ended."""

    code = "SIGN_IN_REQUIRED"
    category = "unauthenticated"
    title = "Sign in"
    text = "Sign in first: POST /v1/auth/token gives an access token."


class StepUpRequired(Refusal):
    """The session is good, and this act wants a fresh proof of who holds it."""

    code = "STEP_UP_REQUIRED"
    category = "unauthenticated"
    title = "Confirm it is you"
    text = "Prove it is you first: POST /v1/auth/step-up. Nothing was changed."


def problem_fields(refusal: Refusal, request_id: str) -> dict[str, object]:
    """Build the members of a problem document."""
    body: dict[str, object] = {
        "type": f"urn:quid:error:{refusal.code}",
        "title": refusal.title,
        "status": STATUS[refusal.category],
        "detail": refusal.detail,
        "code": refusal.code,
        "retryable": refusal.is_retryable,
        "money_moved": refusal.money_moved,
        "request_id": request_id,
    }
    if refusal.field is not None:
        body["field"] = refusal.field
    if refusal.retry_after is not None:
        body["retry_after"] = refusal.retry_after
    return body | dict(refusal.extra)
