"""Who is calling: sessions by cookie or bearer token, their origin, their share of requests."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from quid.kit import ids, ratelimit, runtime
from quid.kit.config import Core
from quid.kit.errors import Forbidden, NotFound
from quid.kit.web.problems import SAFE


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, by which session, and how the session was shown."""

    user_id: UUID
    session_id: UUID
    via: Literal["cookie", "bearer"]


class Authenticator(ABC):
    """Finds the caller of a request (a part of the runtime, given by the identity slice)."""

    @abstractmethod
    async def authenticate(self, *, authorization: str | None, cookie: str | None) -> Caller:
        """Name the caller. Raises: SignInRequired."""


def cookie_name(scheme: str) -> str:
    """Name the session cookie: bound to the host on HTTPS, plain on local HTTP."""
    return "__Host-quid_session" if scheme == "https" else "quid_session"


def set_session_cookie(
    request: Request, response: Response, token: str, *, max_age: int | None
) -> None:
    """Give the browser its session; `max_age` in seconds, None = until the browser closes."""
    scheme = request.url.scheme
    response.set_cookie(
        cookie_name(scheme),
        token,
        max_age=max_age,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    scheme = request.url.scheme
    response.delete_cookie(
        cookie_name(scheme), path="/", secure=scheme == "https", httponly=True, samesite="lax"
    )


def require_same_origin(*, origin: str | None, scheme: str, host: str | None) -> None:
    """Refuse a cookie request that another site has started. Raises: Forbidden."""
    if origin != f"{scheme}://{host}":
        raise Forbidden("A request with a session cookie must come from our own pages.")


async def signed_in(request: Request) -> Caller:
    """Dependency of private routes: name the caller and count the request.

    Raises: SignInRequired, Forbidden, RateLimited.
    """
    headers = request.headers
    caller = await runtime.part(Authenticator).authenticate(  # type: ignore[type-abstract]  # wiring gives one
        authorization=headers.get("authorization"),
        cookie=request.cookies.get(cookie_name(request.url.scheme)),
    )
    if caller.via == "cookie" and request.method not in SAFE:
        require_same_origin(
            origin=headers.get("origin"), scheme=request.url.scheme, host=headers.get("host")
        )
    await count_request(caller.user_id)
    return caller


def ask_to_count(user_id: UUID) -> ratelimit.Share:
    """Ask for one of the person's requests of this minute; `ratelimit.settle` waits for it."""
    return ratelimit.ask(f"u:{user_id.hex}", per_minute=runtime.part(Core).rate_limit_per_minute)


async def count_request(user_id: UUID) -> None:
    """Take one of the person's requests of this minute. Raises: RateLimited."""
    await ratelimit.settle(ask_to_count(user_id))


def id_from_path(prefix: str, text: str) -> UUID:
    """Read an id of a path. Raises: NotFound, also for an id of another kind."""
    value = ids.read(prefix, text)
    if value is None:
        raise NotFound
    return value
