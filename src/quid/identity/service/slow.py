"""The slow gate: whoever fails waits, twice as long each time, and learns nothing else."""

from typing import Final

from quid.kit import runtime
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.errors import RateLimited

FREE_FAILURES: Final = 5
_SLOW_DOWN: Final = script("quid.identity", "slow_down")
_WAIT_SECONDS_MAX: Final = 900
_REMEMBER_SECONDS: Final = 24 * 3600
_FIRST_WAIT_MS: Final = 1000


async def look(key: str) -> None:
    """Go on, unless this key must wait. Raises: RateLimited."""
    _refuse(await _ask("look", key))


async def forgive(key: str) -> None:
    """Forget its failures, unless some were counted meanwhile that make it wait.

    Of a thousand guesses at once, all began before the first had failed. Raises: RateLimited.
    """
    _refuse(await _ask("pass", key))


async def count(key: str) -> bool:
    """Count a failure; tell whether it is the one from which on it waits.

    Raises: RateLimited when Valkey is away.
    """
    return await _ask("fail", key) == _FIRST_WAIT_MS


async def _ask(what: str, key: str) -> int:
    """Closed when Valkey is away: an open gate would let guesses through."""
    args = (what, FREE_FAILURES, _WAIT_SECONDS_MAX, _REMEMBER_SECONDS)
    try:
        wait_ms = await runtime.part(Cache).call(_SLOW_DOWN, key=key, args=args)
    except CacheDown as e:
        raise RateLimited("Signing in is paused for a moment.", retry_after=5) from e
    return wait_ms if isinstance(wait_ms, int) else 0


def _refuse(wait_ms: int) -> None:
    if wait_ms > 0:
        wait = -(-wait_ms // 1000)
        raise RateLimited(f"Too many failures. Try again in {wait} s.", retry_after=wait)
