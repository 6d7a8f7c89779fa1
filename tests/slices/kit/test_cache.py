"""Valkey as the product calls it: gathered calls, and a loss that is only a miss."""

import asyncio
from pathlib import Path

import pytest

from quid.kit import guards
from quid.kit.cache import Cache, CacheDown


async def test_a_call_after_another_is_answered(cache: Cache) -> None:
    # Once the second call joined a queue whose task had just ended, and waited for ever.
    async with asyncio.timeout(5):
        for n in range(50):
            await cache.set("key", str(n).encode(), life_seconds=60)
            assert await cache.get("key") == str(n).encode()


async def test_many_calls_at_once_get_their_own_answers(cache: Cache) -> None:
    await asyncio.gather(
        *(cache.set(f"key:{n}", str(n).encode(), life_seconds=60) for n in range(500))
    )
    answers = await asyncio.gather(*(cache.get(f"key:{n}") for n in range(500)))
    assert answers == [str(n).encode() for n in range(500)]


async def test_a_cancelled_call_leaves_the_answers_of_others_in_place(cache: Cache) -> None:
    # Older clients handed the cancelled command's reply to the next caller.
    await cache.set("other", b"other", life_seconds=60)
    for n in range(50):
        await cache.set("mine", str(n).encode(), life_seconds=60)
        given_up = asyncio.create_task(cache.get("other"))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await cache.get("mine") == str(n).encode()


async def test_a_lost_valkey_is_a_miss_that_says_so(tmp_path: Path) -> None:
    lost = Cache(f"unix://{tmp_path}/nobody.sock")
    for _ in range(7):
        with pytest.raises(CacheDown):
            await lost.get("key")
    await lost.close()


async def test_a_call_inside_a_transaction_is_a_defect(cache: Cache) -> None:
    with guards.transaction(), pytest.raises(guards.BrokenRule):
        await cache.get("key")
