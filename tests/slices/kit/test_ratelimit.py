"""Rate limits: GCRA on Valkey against the same rule in Python."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import redis.asyncio as redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quid.kit import ratelimit
from quid.kit import runtime as kit_runtime
from quid.kit.cache import Cache
from quid.kit.errors import RateLimited
from quid.kit.runtime import Runtime


@dataclass(slots=True)
class Model:
    """The rule: a bucket of `burst`, refilled by one each `interval`. Units: microseconds."""

    interval: int
    burst: int
    full_at: int = 0  # when the bucket is full again

    def take(self, now: int) -> int:
        """Give 0, or how long to wait."""
        full_at = max(self.full_at, now) + self.interval
        wait = full_at - now - self.interval * self.burst
        if wait > 0:
            return wait
        self.full_at = full_at
        return 0


async def agree(url: str, interval: int, burst: int, pauses: list[int]) -> None:
    """Take after each pause, on both. A pause is made by moving Valkey's stored time back.

    The clock of Valkey goes on meanwhile, so its answer may be shorter by what has really passed.
    """
    name = f"model:{uuid4().hex}"
    cache = Cache(url, read_timeout=5)
    async with redis.Redis.from_url(url) as client:

        async def clock() -> int:
            seconds, micro = await client.time()
            return int(seconds) * 1_000_000 + int(micro)

        model = Model(interval, burst)
        started, virtual = await clock(), 0
        for pause in pauses:
            virtual += pause
            held = await client.get(name)
            if held is not None:
                await client.set(name, str(int(held) - pause), px=3_600_000)
            real = await clock() - started
            said = await cache.call(ratelimit._TAKE, key=name, args=(interval, burst))
            slack = await clock() - started
            assert isinstance(said, int)
            at_most = Model(interval, burst, model.full_at).take(virtual)
            at_least = Model(interval, burst, model.full_at).take(virtual + slack)
            if (said > 0) != (at_most > 0):  # the moment fell between: believe Valkey
                assert at_least <= 0 <= at_most <= slack
            assert at_least <= said <= at_most
            if said == 0:
                model.full_at = max(model.full_at, virtual + real) + interval
                assert await client.pttl(name) > 0
    await cache.close()


PAUSES = st.lists(st.integers(0, 400_000_000), max_size=25)


@given(per_minute=st.sampled_from([1, 5, 7, 100]), burst=st.integers(1, 12), pauses=PAUSES)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_valkey_and_the_model_agree(
    valkey_url: str, per_minute: int, burst: int, pauses: list[int]
) -> None:
    asyncio.run(agree(valkey_url, 60_000_000 // per_minute, burst, pauses))


async def test_the_hundredth_passes_and_the_next_waits(runtime: Runtime) -> None:
    assert runtime.part(Cache) is not None
    for _ in range(5):
        await ratelimit.take("ann", per_minute=5)
    with pytest.raises(RateLimited) as refused:
        await ratelimit.take("ann", per_minute=5)
    assert refused.value.retry_after in (11, 12)
    assert refused.value.money_moved == "no"
    await ratelimit.take("ben", per_minute=5)


async def test_a_burst_is_less_than_a_minute(runtime: Runtime) -> None:
    assert runtime.part(Cache) is not None
    for _ in range(2):
        await ratelimit.take("ann", per_minute=60, burst=2)
    with pytest.raises(RateLimited) as refused:
        await ratelimit.take("ann", per_minute=60, burst=2)
    assert refused.value.retry_after == 1


async def test_a_refusal_takes_nothing(runtime: Runtime) -> None:
    assert runtime.part(Cache) is not None
    await ratelimit.take("ann", per_minute=1)
    waits = []
    for _ in range(5):
        with pytest.raises(RateLimited) as refused:
            await ratelimit.take("ann", per_minute=1)
        waits.append(refused.value.retry_after or 0)
    assert max(waits) <= 60


async def test_without_valkey_people_pay_and_guesses_wait(tmp_path: Path) -> None:
    rt = Runtime()
    rt.put(Cache(f"unix://{tmp_path}/nobody.sock"))
    with kit_runtime.use(rt):
        for _ in range(10):
            await ratelimit.take("ann", per_minute=1)
            with pytest.raises(RateLimited) as refused:
                await ratelimit.take("code:ann", per_minute=1, is_closed_when_down=True)
            assert refused.value.retry_after == 5
