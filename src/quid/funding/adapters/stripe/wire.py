"""Requests to Stripe, and what its errors mean for money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

import msgspec
from pydantic import ValidationError

from quid.funding.adapters.calls import Kind, Wire
from quid.funding.adapters.reading import Read, Shown, bounded, loads, read, read_raw
from quid.funding.adapters.stripe.form import Form, encode, pairs
from quid.funding.errors import (
    Ambiguous,
    ContractBroken,
    Declined,
    InsufficientFloat,
    InvalidRequest,
    KeyConflict,
    Misconfigured,
    ProviderError,
    RateLimited,
    Unreachable,
)
from quid.funding.ports import ProviderKey
from quid.kit.crypto import Secret
from quid.kit.http import Answer, Request, is_loopback

M = TypeVar("M", bound=Read)
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
VERSION: Final = "2026-10-28.endive"
PAGE_HOSTS: Final = frozenset({"checkout.stripe.com", "hooks.stripe.com"})
NOT_THERE: Final = "resource_missing"
_NO: Final = frozenset(
    {"charge_already_refunded", "charge_disputed", "refund_disputed_payment", NOT_THERE}
)
_TYPES: Final[Mapping[str, type[ProviderError]]] = {
    "card_error": Declined,
    "idempotency_error": KeyConflict,
    "unreadable": ContractBroken,
}
_IN_FLIGHT_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 60.0


class _Words(Read):
    type: str
    code: Shown | None = None
    decline_code: Shown | None = None


class _Fault(Read):
    error: _Words


@dataclass(frozen=True, slots=True)
class Post:
    """What to post. `path` is a template that `parts` fill in; without a key only what may be
    done twice.
    """

    path: str
    form: Form
    key: ProviderKey | None
    parts: Mapping[str, str] = field(default_factory=dict)


class StripeWire:
    """A line with Stripe's credentials. `page_hosts`: where its hosted pages may stand."""

    def __init__(self, wire: Wire, url: str, *, key: Secret) -> None:
        self._wire = wire
        self._headers = {
            "authorization": f"Bearer {key.reveal()}",
            "stripe-version": VERSION,
        }
        self.page_hosts = frozenset({wire.host}) if is_loopback(url) else PAGE_HOSTS

    async def get(self, kind: Kind, path: str, query: Form, model: type[M], **parts: str) -> M:
        """Read an object or a page of a list. Raises: ProviderError."""
        return await self._get(kind, path, query, partial(read, model), parts)

    async def get_raw(self, kind: Kind, path: str, query: Form, shape: type[S]) -> S:
        """Read a page whose items are left as they came. Raises: ProviderError."""
        return await self._get(kind, path, query, partial(read_raw, shape), {})

    async def post(
        self,
        kind: Kind,
        post: Post,
        model: type[M],
        *,
        on_no: Callable[[Answer], M | None] = lambda _: None,
    ) -> M:
        """Post a form under its key. `on_no` may read an answer out of a refusal.

        Raises: ProviderError.
        """
        headers = {**self._headers, "content-type": "application/x-www-form-urlencoded"}
        if post.key is not None:
            headers["idempotency-key"] = bounded(post.key)
        request = Request(
            "POST",
            post.path,
            kind.seconds,
            parts=post.parts,
            headers=headers,
            content=encode(post.form),
        )

        def understand(answer: Answer) -> M:
            if 200 <= answer.status < 300:
                return read(model, answer.content)
            said = on_no(answer) if answer.status < 500 else None
            if said is None:
                raise _fault(answer, is_write=kind.is_write)
            return said

        return await self._wire.call(kind, request, understand)

    async def close(self) -> None:
        """Drop the connections."""
        await self._wire.close()

    async def _get(
        self,
        kind: Kind,
        path: str,
        query: Form,
        read_as: Callable[[bytes], T],
        parts: Mapping[str, str],
    ) -> T:
        request = Request(
            "GET", path, kind.seconds, parts=parts, query=pairs(query), headers=self._headers
        )

        def understand(answer: Answer) -> T:
            if not 200 <= answer.status < 300:
                raise _fault(answer, is_write=False)
            return read_as(answer.content)

        return await self._wire.call(kind, request, understand)


def _fault(answer: Answer, *, is_write: bool) -> ProviderError:
    """Say what an error means. Its own words are left out: they may quote what was sent."""
    about = f"status {answer.status}, request {answer.headers.get('request-id', '')[:60]}"
    try:
        said = _Fault.model_validate(loads(answer.content)).error
    except (ValidationError, ValueError, RecursionError):
        said = _Words(type="unreadable")
    code = said.decline_code or said.code or said.type
    if answer.status == 429:
        return RateLimited(code, about, retry_after=_RETRY_SECONDS)
    if answer.status == 409:  # the first request with this key is still being worked on
        return Ambiguous(code, about, retry_after=_IN_FLIGHT_SECONDS)
    if answer.status >= 500:
        return (Ambiguous if is_write else Unreachable)(code, about)
    if answer.status in (401, 403):
        return Misconfigured(code, about)
    return _no(said)(code, about)


def _no(said: _Words) -> type[ProviderError]:
    """Say what a refusal means, from its own type and code."""
    if said.type in _TYPES:
        return _TYPES[said.type]
    if said.code == "balance_insufficient":
        return InsufficientFloat
    return Declined if said.code in _NO else InvalidRequest
