"""Valkey as the product calls it: gathered calls, and a loss that is only a miss."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha1
from pathlib import Path

import pytest
import redis.asyncio as redis
from redis.asyncio.client import PubSub

from quid.kit import guards
from quid.kit.cache import Cache, CacheDown, Script, script
from tests.slices.kit.proxy import Wire, until, valkey_wire

TEXT = "redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000) return redis.call('GET', KEYS[1])"
ECHO = Script(TEXT, sha1(TEXT.encode()).hexdigest())  # noqa: S324 - Valkey names scripts so


@asynccontextmanager
async def wired(url: str, *, read_timeout: float) -> AsyncIterator[tuple[Wire, Cache]]:
    async with valkey_wire(url) as (wire, address):
        cache = Cache(address, read_timeout=read_timeout)
        yield wire, cache
        await cache.close()


async def test_a_call_after_another_is_answered(cache: Cache) -> None:
    # Once the second call joined a queue whose task had just ended, and waited for ever.
    async with asyncio.timeout(5):
        for n in range(50):
            await cache.set("key", str(n).encode(), life_seconds=60)
            assert await cache.get("key") == str(n).encode()


async def test_many_calls_at_once_get_their_own_answers_in_order(cache: Cache) -> None:
    await asyncio.gather(
        *(cache.set(f"key:{n}", str(n).encode(), life_seconds=60) for n in range(500))
    )
    answers = await asyncio.gather(*(cache.get(f"key:{n}") for n in range(500)))
    assert answers == [str(n).encode() for n in range(500)]
    for n in range(500):
        cache.set_soon("last", str(n).encode(), life_seconds=60)
    assert await cache.get("last") == b"499"


async def test_every_key_has_a_life(cache: Cache, valkey_url: str) -> None:
    await cache.set("a", b"1", life_seconds=60)
    cache.set_soon("b", b"1", life_seconds=60)
    await cache.ping()
    async with redis.Redis.from_url(valkey_url) as client:
        assert [await client.ttl(k) for k in ("a", "b")] == [60, 60]


async def test_a_prefix_keeps_two_systems_apart(cache: Cache, valkey_url: str) -> None:
    other = Cache(valkey_url, read_timeout=5, prefix="other:")
    await cache.set("key", b"ours", life_seconds=60)
    await other.set("key", b"theirs", life_seconds=60)
    assert await other.call(ECHO, key="k", args=(b"x",)) == b"x"
    assert (await cache.get("key"), await other.get("key")) == (b"ours", b"theirs")
    assert await cache.get("k") is None
    await other.close()


async def test_a_cancelled_call_leaves_the_answers_of_others_in_place(cache: Cache) -> None:
    # Older clients handed the cancelled command's reply to the next caller.
    await cache.set("other", b"other", life_seconds=60)
    for n in range(50):
        await cache.set("mine", str(n).encode(), life_seconds=60)
        given_up = asyncio.create_task(cache.get("other"))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await cache.get("mine") == str(n).encode()


async def test_a_call_cancelled_in_flight_leaves_the_answers_of_others_in_place(
    valkey_url: str,
) -> None:
    async with wired(valkey_url, read_timeout=5) as (wire, cache):
        await cache.set("other", b"other", life_seconds=60)
        await cache.set("mine", b"mine", life_seconds=60)
        for _ in range(10):
            wire.is_stalled = True
            given_up = asyncio.create_task(cache.get("other"))
            await asyncio.sleep(0.01)  # the command is on its way, its answer is held back
            given_up.cancel()
            mine = asyncio.create_task(cache.get("mine"))
            await asyncio.sleep(0)
            wire.flow()
            assert await mine == b"mine"


async def test_an_answer_after_the_time_out_reaches_nobody(valkey_url: str) -> None:
    async with wired(valkey_url, read_timeout=0.05) as (wire, cache):
        await cache.set("late", b"late", life_seconds=60)
        for n in range(4):
            await cache.set("mine", str(n).encode(), life_seconds=60)
            wire.is_stalled = True
            with pytest.raises(CacheDown):
                await cache.get("late")
            wire.flow()
            assert await cache.get("mine") == str(n).encode()


async def test_a_stalled_valkey_costs_a_bounded_time_and_opens_the_breaker(
    valkey_url: str,
) -> None:
    loop = asyncio.get_running_loop()
    async with wired(valkey_url, read_timeout=0.05) as (wire, cache):
        await cache.ping()
        wire.is_stalled = True
        for _ in range(5):
            started = loop.time()
            with pytest.raises(CacheDown):
                await cache.get("key")
            assert loop.time() - started < 2
        sent = sum(len(link._held) for link in wire.links)
        with pytest.raises(CacheDown, match="breaker"):
            await cache.get("key")
        assert sum(len(link._held) for link in wire.links) == sent

        async def is_tried_again() -> bool:
            with pytest.raises(CacheDown) as down:
                await cache.get("key")
            return "breaker" not in str(down.value)

        await until(is_tried_again)
        with pytest.raises(CacheDown, match="breaker"):  # one more failure is enough
            await cache.get("key")
        wire.flow()

        async def is_back() -> bool:
            try:
                await cache.ping()
            except CacheDown:
                return False
            return True

        await until(is_back)


async def test_who_waits_when_the_breaker_opens_waits_no_longer(valkey_url: str) -> None:
    # Once each pipeline of the queue waited for a time-out of its own.
    async with wired(valkey_url, read_timeout=0.2) as (wire, cache):
        await cache.ping()
        wire.is_stalled = True
        async with asyncio.timeout(4):  # of 3000 calls, 15 pipelines of 200
            answers = await asyncio.gather(
                *(cache.get("key") for _ in range(3000)), return_exceptions=True
            )
        assert all(isinstance(a, CacheDown) for a in answers)
        assert sum("breaker" in str(a) for a in answers) == 2000


async def test_a_script_is_sent_once_and_again_after_a_flush(cache: Cache, valkey_url: str) -> None:
    async with redis.Redis.from_url(valkey_url) as client:
        for _ in range(3):
            await client.script_flush()
            answers = await asyncio.gather(
                *(cache.call(ECHO, key=f"k{n}", args=(str(n),)) for n in range(20))
            )
            assert answers == [str(n).encode() for n in range(20)]
            assert await client.script_exists(ECHO.digest) == [True]
        await client.flushdb()
        assert await cache.call(ECHO, key="k", args=(b"\x00\xff",)) == b"\x00\xff"


def test_a_script_is_named_by_the_digest_of_its_file() -> None:
    loaded = script("quid.kit", "release")
    assert loaded.digest == sha1(loaded.text.encode()).hexdigest()  # noqa: S324 - its name


async def test_an_error_of_one_command_is_its_callers_alone(cache: Cache) -> None:
    text = "return redis.call('INCR', KEYS[1])"
    count = Script(text, sha1(text.encode()).hexdigest())  # noqa: S324 - its name
    await cache.set("word", b"word", life_seconds=60)
    for _ in range(7):
        answers = await asyncio.gather(
            cache.call(count, key="word", args=()), cache.get("word"), return_exceptions=True
        )
        assert isinstance(answers[0], CacheDown)
        assert answers[1] == b"word"


async def test_a_lost_valkey_is_a_miss_that_says_so(tmp_path: Path) -> None:
    lost = Cache(f"unix://{tmp_path}/nobody.sock")
    for _ in range(7):
        with pytest.raises(CacheDown):
            await lost.get("key")
    lost.set_soon("key", b"1", life_seconds=60)  # without a word
    await lost.close()


async def test_what_is_set_soon_may_be_lost_without_a_word(tmp_path: Path) -> None:
    lost = Cache(f"unix://{tmp_path}/nobody.sock")
    lost.set_soon("key", b"1", life_seconds=60)
    with pytest.raises(CacheDown):
        await lost.ping()
    await lost.close()


async def test_closing_tells_who_waits_that_the_cache_is_down(valkey_url: str) -> None:
    # Once they were cancelled, as if their own requests had been given up.
    async with wired(valkey_url, read_timeout=5) as (wire, cache):
        await cache.ping()
        wire.is_stalled = True
        first = asyncio.create_task(cache.get("key"))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(cache.get("key"))
        await asyncio.sleep(0)
        await cache.close()
        for task in (first, second):
            with pytest.raises(CacheDown, match="closing"):
                await task


async def test_a_defect_of_the_client_leaves_nobody_waiting(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def explode(_: object) -> None:
        raise AttributeError("a defect")

    with monkeypatch.context() as broken:
        broken.setattr(cache, "_send", explode)
        async with asyncio.timeout(5):
            with pytest.raises(CacheDown, match="a defect"):
                await cache.get("key")
    assert await cache.get("key") is None


async def test_a_call_inside_a_transaction_is_a_defect(cache: Cache) -> None:
    with guards.transaction():
        with pytest.raises(guards.BrokenRule):
            await cache.get("key")
        with pytest.raises(guards.BrokenRule):
            cache.set_soon("key", b"1", life_seconds=60)


async def test_many_keys_are_read_in_one_call(cache: Cache) -> None:
    await cache.set("a:{t}", b"1", life_seconds=60)
    assert await cache.get_many(["a:{t}", "b:{t}"]) == [b"1", None]


@pytest.mark.parametrize("steps", [*range(12), 20, 40])
async def test_who_follows_a_channel_can_be_stopped_at_any_step(
    steps: int, valkey_url: str
) -> None:
    cache = Cache(valkey_url)

    async def follow() -> None:
        async for _ in cache.follow("news"):
            pass

    following = asyncio.create_task(follow())
    for _ in range(steps):
        await asyncio.sleep(0)
    following.cancel()
    _, stuck = await asyncio.wait({following}, timeout=5)
    await cache.close()
    assert not stuck


@pytest.mark.parametrize("steps", range(6))
async def test_who_follows_a_channel_can_be_stopped_while_the_line_is_tried(
    steps: int, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(valkey_url)

    async def follow() -> None:
        async for _ in cache.follow("news"):
            pass

    async def ping(ear: PubSub) -> None:
        asyncio.create_task(stop())  # noqa: RUF006 - it ends with the test
        await real(ear)

    async def stop() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        following.cancel()

    real = PubSub.ping
    monkeypatch.setattr(PubSub, "ping", ping)
    following = asyncio.create_task(follow())
    _, stuck = await asyncio.wait({following}, timeout=5)
    await cache.close()
    assert not stuck


async def test_a_channel_is_heard_again_after_its_line_was_cut(valkey_url: str) -> None:
    async with wired(valkey_url, read_timeout=5) as (wire, cache):
        heard = cache.follow("news")
        async with asyncio.timeout(20):
            assert await anext(heard) is None
            await cache.publish("news", b"one")
            assert await anext(heard) == b"one"
            for link in wire.links:
                link.cut()
            assert await anext(heard) is None  # what was said meanwhile is lost, and this says so
            await cache.publish("news", b"two")
            assert await anext(heard) == b"two"
        await heard.aclose()
