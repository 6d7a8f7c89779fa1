"""Rate limits: GCRA in one round trip.

Valkey down → open (people can still pay), but for sign-in and code checks, which close: there
an open gate would let guesses through.
"""

import asyncio
from typing import Final, NamedTuple

from quid.kit import runtime
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.errors import RateLimited

_TAKE: Final = script("quid.kit", "take")
_MINUTE_US: Final = 60_000_000


class Share(NamedTuple):
    """A share that was asked for: its answer comes from Valkey, or never (None)."""

    answer: "asyncio.Future[object] | None"


def ask(name: str, *, per_minute: int, burst: int | None = None) -> Share:
    """Ask for one of `per_minute` shares of `name`, at most `burst` (the whole minute) at once.

    Does not wait: what is asked of Valkey next travels with it. `settle` waits.
    """
    try:
        answer = runtime.part(Cache).begin(
            _TAKE,
            key=f"rate:{{{name}}}",
            args=(_MINUTE_US // per_minute, burst or per_minute),
        )
    except CacheDown:
        return Share(None)
    return Share(answer)


async def settle(share: Share, *, is_closed_when_down: bool = False) -> None:
    """Wait for a share. Raises: RateLimited with `retry_after` in seconds."""
    try:
        wait_us = await share.answer if share.answer is not None else None
    except CacheDown:
        wait_us = None
    if not isinstance(wait_us, int):
        if is_closed_when_down:
            raise RateLimited(retry_after=5)
        return
    if wait_us > 0:
        raise RateLimited(retry_after=max(1, -(-wait_us // 1_000_000)))


async def take(
    name: str, *, per_minute: int, burst: int | None = None, is_closed_when_down: bool = False
) -> None:
    """Ask and settle. Raises: RateLimited with `retry_after` in seconds."""
    share = ask(name, per_minute=per_minute, burst=burst)
    await settle(share, is_closed_when_down=is_closed_when_down)
