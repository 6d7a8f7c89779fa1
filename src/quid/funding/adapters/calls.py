"""One provider's line: places, breakers, deadlines, and what a silence means.

Reads are tried three times within their deadline; writes once, for only the operation's row knows
when the same key may go out again.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from quid.funding.errors import (
    Ambiguous,
    ContractBroken,
    ProviderError,
    RateLimited,
    Unreachable,
)
from quid.kit import telemetry
from quid.kit.breaker import Board, Breaker, Bulkhead, Call, Refused, Rule, State
from quid.kit.http import Answer, Client, NoAnswer, NotSent, Request

T = TypeVar("T")
Line = Literal["link", "read", "write", "instant"]
_RULES: Final[dict[Line, Rule]] = {
    "link": Rule(),
    "read": Rule(),
    "write": Rule(failures_in_row=3),
    "instant": Rule(failures_in_row=3),
}
_READS: Final = 3
_PAUSE: Final = (0.2, 2.0)
_CALLS = telemetry.counter(
    "quid_funding_calls_total", "calls to providers", "provider", "class", "outcome"
)
_SECONDS = telemetry.seconds("quid_funding_call_seconds", "calls to providers", "provider", "class")


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of call: whose breaker, how long, and whether it may have an effect.

    Units: seconds for the whole call, tries and waiting included.
    """

    line: Line
    seconds: float
    is_write: bool = True


LINK: Final = Kind("link", 10)
LINK_READ: Final = Kind("link", 10, is_write=False)
READ: Final = Kind("read", 15, is_write=False)
BALANCE: Final = Kind("read", 20, is_write=False)
KEY_READ: Final = Kind("read", 5, is_write=False)
WRITE: Final = Kind("write", 30)
INSTANT: Final = Kind("instant", 30)


class Wire:
    """The line to one provider: 16 calls out, 64 waiting, a breaker for each class of calls."""

    def __init__(self, provider: str, client: Client, board: Board) -> None:
        self.provider = provider
        self.host = client.host
        self._client = client
        self._places = Bulkhead()
        self._breakers = {
            line: board.breaker(f"{provider}.{line}", rule) for line, rule in _RULES.items()
        }

    async def call(self, kind: Kind, request: Request, read: Callable[[Answer], T]) -> T:
        """Send it and read the answer. Raises: ProviderError."""
        loop = asyncio.get_running_loop()
        began, outcome = loop.time(), "done"
        try:
            return await self._persist(kind, request, read, until=began + kind.seconds)
        except ProviderError as e:
            outcome = e.outcome.value
            raise
        finally:
            _CALLS.labels(self.provider, kind.line, outcome).inc()
            _SECONDS.labels(self.provider, kind.line).observe(loop.time() - began)

    async def close(self) -> None:
        """Drop the connections."""
        await self._client.close()

    async def _persist(
        self, kind: Kind, request: Request, read: Callable[[Answer], T], *, until: float
    ) -> T:
        loop = asyncio.get_running_loop()
        last = 1 if kind.is_write else _READS
        for n in range(1, last + 1):
            try:
                return await self._once(kind, request, read, seconds=until - loop.time())
            except Refused as e:
                raise Unreachable("NOT_CALLED", str(e), retry_after=e.after) from None
            except Unreachable:
                pause = random.uniform(0, min(_PAUSE[1], _PAUSE[0] * 4 ** (n - 1)))  # noqa: S311 - not a secret
                if n == last or loop.time() + pause >= until:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("a loop of at least one try ends in it")

    async def _once(
        self, kind: Kind, request: Request, read: Callable[[Answer], T], *, seconds: float
    ) -> T:
        breaker = self._breakers[kind.line]
        if breaker.state is State.OPEN:  # nobody waits for a place that he may not use
            with breaker.calling():
                pass
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        async with self._places.place(seconds=seconds):
            return await self._judged(
                breaker, replace(request, seconds=max(0.001, until - loop.time())), kind, read
            )

    async def _judged(
        self, breaker: Breaker, request: Request, kind: Kind, read: Callable[[Answer], T]
    ) -> T:
        with breaker.calling() as call:
            try:
                answer = await self._client.send(request)
            except NotSent as e:
                call.bad()
                raise Unreachable("NOT_SENT", str(e)) from None
            except NoAnswer as e:
                call.bad()
                raise (Ambiguous if kind.is_write else Unreachable)("NO_ANSWER", str(e)) from None
            return _read(answer, call, read)


def _read(answer: Answer, call: Call, read: Callable[[Answer], T]) -> T:
    """Read the answer and tell the breaker what it says of the service."""
    is_well = answer.status < 500
    try:
        what = read(answer)
    except ContractBroken:
        call.bad()
        raise
    except RateLimited:
        raise
    except ProviderError:
        call.good() if is_well else call.bad()
        raise
    call.good()
    return what
