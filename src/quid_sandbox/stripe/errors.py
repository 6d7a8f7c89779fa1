"""Refusals in Stripe's words."""

from typing import Any

Doc = dict[str, Any]


class StripeError(Exception):
    """What Stripe answers instead of an object.

    A refusal undoes what its request did. One that `stays`, a declined card, keeps it: the failed
    charge is in the lists.
    """

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", **details: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stays = kind == "card_error"
        self.error: Doc = {
            "type": kind,
            "message": message,
            **{name: value for name, value in details.items() if value is not None},
        }


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that cannot be followed: 400."""
    return StripeError(400, message, param=param, code=code)


def missing(noun: str, ident: str, param: str, *, status: int = 400) -> StripeError:
    """An id that names nothing here; 404 when it stands in the path."""
    return StripeError(status, f"No such {noun}: '{ident}'", param=param, code="resource_missing")


def unexpected(intent: Doc, name: str, message: str) -> StripeError:
    """An intent whose status does not allow this."""
    error = invalid(message, code=f"{name}_unexpected_state")
    error.error[name] = intent
    return error
