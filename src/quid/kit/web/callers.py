"""Who is calling: sessions by cookie or bearer token, their origin, their share of requests."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final, Literal
from uuid import UUID

from fastapi import Request
from fastapi.requests import HTTPConnection
from fastapi.responses import Response

from quid.kit import ids, ratelimit, runtime, telemetry
from quid.kit.config import Core
from quid.kit.errors import Forbidden, NotFound, ValidationFailed
from quid.kit.web.problems import SAFE

_FORWARDED: Final = "x-forwarded-for"
CONSOLE: Final = "quid-console"
READS: Final = 6  # a page asks for up to nine things
# Given twice, one of them would be ours and the other that of whoever stands between.
_ONCE: Final = (b"authorization", b"idempotency-key", b"host", b"origin", b"content-type")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, by which session, and how the session was shown."""

    user_id: UUID
    session_id: UUID
    via: Literal["cookie", "bearer"]
    is_operator: bool = False


class Authenticator(ABC):
    """Finds the caller of a request (a part of the runtime, given by the identity slice)."""

    @abstractmethod
    async def authenticate(self, *, authorization: str | None, cookie: str | None) -> Caller:
        """Name the caller. Raises: SignInRequired."""

    @abstractmethod
    async def require_step_up(self, caller: Caller) -> None:
        """Make sure that the session has proven lately who holds it. Raises: StepUpRequired."""


def cookie_name(scheme: str, *, is_operator: bool = False) -> str:
    """Name the session cookie: bound to the host on HTTPS, plain on local HTTP.

    The console has a name of its own, so that an operator can be signed in as a person too.
    """
    name = "quid_ops" if is_operator else "quid_session"
    return f"__Host-{name}" if scheme == "https" else name


def set_session_cookie(
    request: Request,
    response: Response,
    token: str,
    *,
    max_age: int | None,
    is_operator: bool = False,
) -> None:
    """Give the browser its session; `max_age` in seconds, None = until the browser closes."""
    scheme = request.url.scheme
    response.set_cookie(
        cookie_name(scheme, is_operator=is_operator),
        token,
        max_age=max_age,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(
    request: Request, response: Response, *, is_operator: bool = False
) -> None:
    """Take the session from the browser."""
    scheme = request.url.scheme
    name = cookie_name(scheme, is_operator=is_operator)
    response.delete_cookie(name, path="/", secure=scheme == "https", httponly=True, samesite="lax")


def require_same_origin(*, origin: str | None, scheme: str, host: str | None) -> None:
    """Refuse a cookie request that another site has started. Raises: Forbidden."""
    if origin != f"{scheme}://{host}":
        raise Forbidden("A request with a session cookie must come from our own pages.")


async def signed_in(request: Request) -> Caller:
    """Dependency of private routes: name the caller, who is a person, and count the request.

    Raises: SignInRequired, Forbidden, RateLimited.
    """
    caller = await anybody_signed_in(request)
    if caller.is_operator:
        raise Forbidden("Operators act under /v1/ops alone. Nothing changed.")
    return caller


async def anybody_signed_in(request: Request) -> Caller:
    """Dependency of the routes of access, which operators use too: name the caller.

    The console says by a header that it means its own cookie.
    Raises: SignInRequired, Forbidden, RateLimited.
    """
    headers = request.headers
    telemetry.came_from(client_address(request))
    name = cookie_name(request.url.scheme, is_operator=headers.get(CONSOLE) == "1")
    caller = await runtime.part(Authenticator).authenticate(  # type: ignore[type-abstract]  # wiring gives one
        authorization=headers.get("authorization"), cookie=request.cookies.get(name)
    )
    if caller.via == "cookie" and request.method not in SAFE:
        require_same_origin(
            origin=headers.get("origin"), scheme=request.url.scheme, host=headers.get("host")
        )
    if request.method in SAFE:
        await count_read(caller.user_id)
    else:
        await count_request(caller.user_id)
    return caller


async def stepped_up(request: Request) -> Caller:
    """Dependency of acts of people that want a fresh proof: name the caller, who has given one.

    Raises: SignInRequired, StepUpRequired, Forbidden, RateLimited.
    """
    return await _with_proof(await signed_in(request))


async def anybody_stepped_up(request: Request) -> Caller:
    """Dependency of acts on one's own access that want a fresh proof.

    Raises: SignInRequired, StepUpRequired, Forbidden, RateLimited.
    """
    return await _with_proof(await anybody_signed_in(request))


async def _with_proof(caller: Caller) -> Caller:
    await runtime.part(Authenticator).require_step_up(caller)  # type: ignore[type-abstract]  # as above
    return caller


def client_address(request: HTTPConnection) -> str:
    """Give the network address of the client; empty where there is none to believe.

    Each trusted proxy adds the address it was called from to X-Forwarded-For, so the client's own
    stands as many places from the right as there are proxies; further left is the client's word.
    """
    peer = request.client.host if request.client else ""
    return address_of(peer, ",".join(request.headers.getlist(_FORWARDED)))


def address_of(peer: str, forwarded: str) -> str:
    """Give the address of a client by who called us and what the proxies told, as above."""
    proxies = runtime.part(Core).trusted_proxies
    if not proxies:
        return _address(peer)
    told = [part.strip() for part in forwarded.split(",")]
    return _address(told[-proxies] if len(told) >= proxies else peer)


@lru_cache(maxsize=1000)
def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


async def count_address(request: Request) -> None:
    """Take one of the network address's tries to enter of this minute.

    A quarter of a person's requests; all of them on this very machine, where every client has one
    address. Closed when Valkey is away: an open gate would let guesses through.
    Raises: RateLimited.
    """
    address = client_address(request)
    telemetry.came_from(address)
    whole = ip_address(address) if address else None
    # A household holds 2^64 addresses of version 6: they count as one.
    name = str(ip_network((whole, 64), strict=False)) if whole and whole.version == 6 else address
    whole_share = runtime.part(Core).rate_limit_per_minute
    per_minute = whole_share if whole and whole.is_loopback else max(1, whole_share // 4)
    await ratelimit.take(f"a:{name}", per_minute=per_minute, is_closed_when_down=True)


def ask_to_count(user_id: UUID) -> ratelimit.Share:
    """Ask for one of the person's requests of this minute; `ratelimit.settle` waits for it."""
    return ratelimit.ask(f"u:{user_id.hex}", per_minute=runtime.part(Core).rate_limit_per_minute)


async def count_request(user_id: UUID) -> None:
    """Take one of the person's requests of this minute. Raises: RateLimited."""
    await ratelimit.settle(ask_to_count(user_id))


async def count_read(user_id: UUID) -> None:
    """Take one of the person's reads of this minute: six for each request (ADR 57).

    Raises: RateLimited.
    """
    per_minute = runtime.part(Core).rate_limit_per_minute * READS
    await ratelimit.take(f"g:{user_id.hex}", per_minute=per_minute)


def refuse_doubles(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse a request whose headers could be read in two ways. Raises: ValidationFailed."""
    names = [name for name, _ in headers]
    for name in _ONCE:
        if names.count(name) > 1:
            shown = name.decode().title()
            raise ValidationFailed(f"{shown}: given twice. Nothing was sent.", field=shown)


def id_from_path(prefix: str, text: str) -> UUID:
    """Read an id of a path. Raises: NotFound, also for an id of another kind."""
    value = ids.read(prefix, text)
    if value is None:
        raise NotFound
    return value
