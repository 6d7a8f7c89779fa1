"""Requests to Plaid, and what its errors mean for money."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

import msgspec
from pydantic import ValidationError

from quid.funding.adapters.calls import Kind, Wire
from quid.funding.adapters.reading import Read, loads, read, read_raw
from quid.funding.errors import (
    ActionRequired,
    Ambiguous,
    ContractBroken,
    Declined,
    InvalidRequest,
    Misconfigured,
    ProviderError,
    RateLimited,
    Unreachable,
)
from quid.kit.crypto import Secret
from quid.kit.http import Answer, Request, is_loopback

M = TypeVar("M", bound=Read)
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
VERSION: Final = "2020-09-14"
PAGE_HOSTS: Final = frozenset({"hosted.plaid.com", "secure.plaid.com"})
_SIGN_IN: Final = frozenset({"ITEM_LOGIN_REQUIRED", "ITEM_LOCKED", "PENDING_EXPIRATION"})
_NO: Final = frozenset(
    {
        "ACCESS_NOT_GRANTED",
        "INVALID_ACCESS_TOKEN",
        "INVALID_ACCOUNT_ID",
        "INVALID_LINK_TOKEN",
        "INVALID_PUBLIC_TOKEN",
        "ITEM_NOT_FOUND",
        "NO_AUTH_ACCOUNTS",
        "TRANSFER_ACCOUNT_BLOCKED",
        "TRANSFER_LIMIT_REACHED",
        "TRANSFER_NOT_CANCELLABLE",
        "TRANSFER_UNSUPPORTED_ACCOUNT_TYPE",
    }
)
_OURS: Final = frozenset(
    {"INCOMPLETE_CUSTOMER_ONBOARDING", "INVALID_API_KEYS", "UNAUTHORIZED_ACCESS"}
)
_AWAY: Final = frozenset({"INSTITUTION_DOWN", "INSTITUTION_NOT_RESPONDING", "PRODUCT_NOT_READY"})
_RETRY_SECONDS: Final = 60.0


class _Fault(Read):
    error_type: str
    error_code: str
    request_id: str | None = None


class PlaidWire:
    """A line with Plaid's credentials. `page_hosts`: where its hosted pages may stand."""

    def __init__(self, wire: Wire, url: str, *, client_id: str, secret: Secret) -> None:
        self._wire = wire
        self._headers = {
            "content-type": "application/json",
            "plaid-version": VERSION,
            "plaid-client-id": client_id,
            "plaid-secret": secret.reveal(),
        }
        self.page_hosts = frozenset({wire.host}) if is_loopback(url) else PAGE_HOSTS

    async def ask(self, kind: Kind, path: str, body: Mapping[str, object], model: type[M]) -> M:
        """Post a body and read the answer. Raises: ProviderError."""
        return await self._post(kind, path, body, partial(read, model))

    async def ask_raw(self, kind: Kind, path: str, body: Mapping[str, object], shape: type[S]) -> S:
        """Post a body and read the answer, parts of it left as they came. Raises: ProviderError."""
        return await self._post(kind, path, body, partial(read_raw, shape))

    async def _post(
        self, kind: Kind, path: str, body: Mapping[str, object], take: Callable[[bytes], T]
    ) -> T:
        request = Request(
            "POST", path, kind.seconds, headers=self._headers, content=msgspec.json.encode(body)
        )

        def understand(answer: Answer) -> T:
            if not 200 <= answer.status < 300:
                raise _fault(answer, is_write=kind.is_write)
            return take(answer.content)

        return await self._wire.call(kind, request, understand)

    async def close(self) -> None:
        """Drop the connections."""
        await self._wire.close()


def _fault(answer: Answer, *, is_write: bool) -> ProviderError:  # noqa: PLR0911 - one line an error
    """Say what an error means. Its own words are left out: they may name people."""
    try:
        said = _Fault.model_validate(loads(answer.content))
    except (ValidationError, ValueError, RecursionError):
        said = _Fault(error_type="UNREADABLE", error_code=f"HTTP_{answer.status}")
    code, about = said.error_code, f"{said.error_type}, request {said.request_id}"
    unsure = Ambiguous if is_write else Unreachable
    if answer.status == 429 or said.error_type == "RATE_LIMIT_EXCEEDED":
        return RateLimited(code, about, retry_after=_after(answer))
    if code in _OURS or answer.status in (401, 403):
        return Misconfigured(code, about)
    if answer.status >= 500 or said.error_type == "API_ERROR":
        return unsure(code, about)
    if said.error_type == "UNREADABLE":
        return ContractBroken(code, about)
    if code in _SIGN_IN:
        return ActionRequired(code, about)
    if code in _NO:
        return Declined(code, about)
    if code in _AWAY:
        return Unreachable(code, about)
    return InvalidRequest(code, about)


def _after(answer: Answer) -> float:
    """Read how long to wait; a date, nothing and nonsense are a minute."""
    text = answer.headers.get("retry-after", "")
    return min(float(text), 3600.0) if text.isdecimal() and len(text) < 6 else _RETRY_SECONDS
