"""Requests to the outside. What fails says whether the other side may have heard it.

One client for each host. No redirects, no retries (whoever calls knows what a second try means for
money), nothing of the environment but proxies and certificates. Never inside a transaction.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import quote, urlsplit

import httpx2

from quid.kit import guards, telemetry

ANSWER_MAX: Final = 5 * 1024 * 1024
_CONNECT_SECONDS: Final = 2.0
_IDLE_SECONDS: Final = 15.0
_CONNECTIONS: Final = 32
# What is raised before a request can have left, though a connection was asked for.
_BEFORE: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
_FAULTS: Final = (
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    TimeoutError,
    OSError,
)


class NotSent(Exception):  # noqa: N818 - what became of the request
    """Nothing of the request has left this process: it had no effect."""


class NoAnswer(Exception):  # noqa: N818 - what became of the request
    """It was sent, wholly or in part, and no whole answer came: it may have had its effect."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. Units: `seconds` until the whole answer must be there.

    `path` is a template, for it is logged; `parts` fill it in. Where the whole address is
    somebody's secret, `url` is that, and `path` only names it. Headers and content are not logged
    and not shown: they carry keys, tokens and names.
    """

    method: str
    path: str
    seconds: float
    parts: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. Names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class Client:
    """The connections to one host. `url` is its address; a path in it stands before each path.

    `http2` offers that as well: many requests then share one connection.
    """

    def __init__(self, url: str, *, answer_max: int = ANSWER_MAX, http2: bool = False) -> None:
        self._url = url.rstrip("/")
        self.host = urlsplit(url).netloc
        self._answer_max = answer_max
        # Reading all certificates takes longer than a command that never calls.
        is_plain = urlsplit(url).scheme == "http"
        self._client = httpx2.AsyncClient(
            verify=False if is_plain else _trusted(http2),
            http2=http2,
            trust_env=not is_loopback(url),
            follow_redirects=False,
            limits=httpx2.Limits(
                max_connections=_CONNECTIONS,
                max_keepalive_connections=_CONNECTIONS,
                keepalive_expiry=_IDLE_SECONDS,
            ),
            headers={"user-agent": "quid", "accept-encoding": "identity"},
        )

    async def send(self, request: Request) -> Answer:
        """Send and read the whole answer. Raises: NotSent, NoAnswer, BrokenRule."""
        guards.forbid_in_transaction("a call to another service")
        loop = asyncio.get_running_loop()
        began, trip = loop.time(), _Trip()
        outcome = "abandoned"
        try:
            answer = await self._exchange(request, trip)
            outcome = str(answer.status)
        except (
            httpx2.HTTPError,
            httpx2.StreamError,
            httpx2.InvalidURL,
            TimeoutError,
            OSError,
        ) as e:
            # The words of the error may hold an address with its query; its kind says enough.
            if not trip.has_left or isinstance(e, _BEFORE):
                outcome = "not_sent"
                raise NotSent(type(e).__name__) from None
            outcome = "no_answer"
            raise NoAnswer(type(e).__name__) from None
        except NoAnswer:
            outcome = "no_answer"
            raise
        finally:
            telemetry.log.info(
                "http.called",
                method=request.method,
                host=self.host,
                path=request.path,
                outcome=outcome,
                seconds=round(loop.time() - began, 3),
            )
        return answer

    async def close(self) -> None:
        """Drop the connections."""
        await self._client.aclose()

    async def _exchange(self, request: Request, trip: "_Trip") -> Answer:
        parts = {name: quote(part, safe="") for name, part in request.parts.items()}
        made = self._client.build_request(
            request.method,
            request.url or self._url + request.path.format_map(parts),
            params=request.query or None,
            headers=dict(request.headers),
            content=request.content or None,
            timeout=httpx2.Timeout(request.seconds, connect=_CONNECT_SECONDS),
            extensions={"trace": trip.note},
        )
        async with asyncio.timeout(request.seconds):
            response = await self._client.send(made, stream=True)
            try:
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > self._answer_max:
                        raise NoAnswer("the answer is too large")
            finally:
                await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(content))


def trusted() -> ssl.SSLContext:
    """The certificates of this machine, or those that its environment names."""
    return httpx2.create_ssl_context()


@cache
def _trusted(_http2: bool) -> ssl.SSLContext:  # noqa: FBT001 - a key of the cache
    """Read them once for each kind of client: it writes into them what it speaks."""
    return trusted()


class _Trip:
    """How far a request has come: told by the transport, so that nothing is guessed."""

    def __init__(self) -> None:
        self.has_left = False

    async def note(self, event: str, _details: object) -> None:
        """Hear of a step of the transport."""
        if event.endswith("send_request_headers.started"):
            self.has_left = True


def is_loopback(url: str) -> bool:
    """Tell whether an address is of this machine. Raises: ValueError when it is none at all."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
