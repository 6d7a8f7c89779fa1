"""Asking a provider while a person waits: what it does not answer becomes words for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from quid.funding.errors import (
    ActionRequired,
    Declined,
    ExternalServiceError,
    PaymentMethodInvalid,
    ProviderError,
)
from quid.funding.ports import Rails
from quid.kit import runtime, telemetry
from quid.kit.config import Core


def rails() -> Rails:
    """Give the providers of this installation. Raises: ExternalServiceError where none is set."""
    try:
        return runtime.part(Rails)
    except LookupError:
        raise ExternalServiceError(
            "Banks and cards are not set up here. Nothing was changed."
        ) from None


@contextmanager
def answered() -> Iterator[None]:
    """Turn what a provider did not do into a refusal; its own words stay in the log.

    Raises: PaymentMethodInvalid for a definite no, ExternalServiceError for the rest.
    """
    try:
        yield
    except ActionRequired as e:
        raise PaymentMethodInvalid(
            "Your bank wants you to sign in again. Repair the link. Nothing was changed.",
            extra={"needs": "repair"},
        ) from e
    except Declined as e:
        telemetry.log.info("funding.declined", code=e.code)
        raise PaymentMethodInvalid(
            "The bank did not take this. Nothing was changed. Try again or choose another."
        ) from e
    except ProviderError as e:
        say = telemetry.log.error if e.is_our_fault else telemetry.log.warning
        say("funding.not_answered", code=e.code, outcome=e.outcome.value)
        raise ExternalServiceError from e


def origin() -> str:
    """Say where browsers and providers reach us."""
    return runtime.part(Core).origin
