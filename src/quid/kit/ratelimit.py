"""Rate limits: GCRA in one round trip.

Valkey down → open (people can still pay), but for sign-in and code checks, which close: there
an open gate would let guesses through.
"""

from typing import Final

from quid.kit import runtime
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.errors import RateLimited

_TAKE: Final = script("quid.kit", "take")
_MINUTE_US: Final = 60_000_000


async def take(
    name: str, *, per_minute: int, burst: int | None = None, is_closed_when_down: bool = False
) -> None:
    """Take one of `per_minute` shares of `name`; at most `burst` (the whole minute) at once.

    Raises: RateLimited with `retry_after` in seconds.
    """
    try:
        wait_us = await runtime.part(Cache).call(
            _TAKE,
            key=f"rate:{{{name}}}",
            args=(_MINUTE_US // per_minute, burst or per_minute),
        )
    except CacheDown as e:
        if is_closed_when_down:
            raise RateLimited(retry_after=5) from e
        return
    if isinstance(wait_us, int) and wait_us > 0:
        raise RateLimited(retry_after=max(1, -(-wait_us // 1_000_000)))
