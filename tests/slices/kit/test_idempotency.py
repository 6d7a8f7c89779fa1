"""The same request a thousand times: one effect, one answer, with Valkey or without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import asyncpg
import pytest
import redis.asyncio as redis

from quid.kit import db, idempotency, ids, runtime
from quid.kit.cache import Cache
from quid.kit.crypto import digest16
from quid.kit.errors import DatabaseUnavailable
from quid.kit.idempotency import IdempotencyKeyReused
from quid.kit.once import Answer, Key
from quid.kit.runtime import Runtime
from tests.slices.kit.proxy import valkey_wire

NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)
ANN, BEN = ids.new(1, NOW), ids.new(2, NOW)
KEY: Final = Key(ANN, "test.pay", digest16(b"key"), digest16(b"body"))
OTHER_BODY: Final = replace(KEY, request_hash=digest16(b"another body"))
MODES: Final = ("up", "flushed", "down", "slow")


@dataclass(slots=True)
class Till:
    """A command as slices write them: layer 1, then one transaction, then layer 1 again."""

    database: db.Database
    valkey_url: str
    is_flushing: bool = False

    async def pay(
        self, key: Key, *, is_refused: bool = False, fault: str = ""
    ) -> tuple[Answer, bool]:
        """Give the answer and whether it is a replay. `fault` names where the process dies."""
        if self.is_flushing:
            async with redis.Redis.from_url(self.valkey_url) as client:
                await client.flushdb()
        before = await idempotency.ahead(key)
        if before.answer is not None:
            return before.answer, True
        async with self.database.transaction() as tx:
            [known] = await idempotency.claim(tx, [key])
            if known is not None:
                return idempotency.replay(known, key), True
            if not is_refused:
                await tx.execute("insert into public.effect values ($1)", key.key_hash)
            answer = Answer(422 if is_refused else 201, b'{"n":1}')
            await idempotency.finish(tx, [(key, BEN, answer)], now=NOW)
            if fault == "before commit":
                raise ConnectionResetError
        if fault == "after commit":
            raise ConnectionResetError
        idempotency.remember(key, answer)
        return answer, False


@asynccontextmanager
async def cache_of(mode: str, url: str) -> AsyncIterator[Cache]:
    async with AsyncExitStack() as stack:
        if mode == "down":
            url = "unix:///nowhere/valkey.sock"
        if mode == "slow":
            wire, url = await stack.enter_async_context(valkey_wire(url))
            wire.is_stalled = True
        cache = Cache(url, read_timeout=0.05 if mode == "slow" else 5)
        stack.push_async_callback(cache.close)
        yield cache


@pytest.fixture(params=MODES)
async def till(
    request: pytest.FixtureRequest,
    database: db.Database,
    valkey_url: str,
    admin: asyncpg.Connection,
) -> AsyncIterator[Till]:
    await admin.execute(
        "create table public.effect (key bytea); grant insert on public.effect to quid_app"
    )
    async with cache_of(request.param, valkey_url) as cache:
        rt = Runtime()
        rt.put(cache)
        with runtime.use(rt):
            yield Till(database, valkey_url, is_flushing=request.param == "flushed")


async def effects(admin: asyncpg.Connection) -> object:
    return await admin.fetchval("select count(*) from public.effect")


async def test_the_same_request_again_has_the_same_answer(
    till: Till, admin: asyncpg.Connection
) -> None:
    first = await till.pay(KEY)
    assert first == (Answer(201, b'{"n":1}'), False)
    for _ in range(3):
        assert await till.pay(KEY) == (first[0], True)
    assert await effects(admin) == 1


async def test_a_business_refusal_is_sent_again_too(till: Till, admin: asyncpg.Connection) -> None:
    first = await till.pay(KEY, is_refused=True)
    assert first == (Answer(422, b'{"n":1}'), False)
    assert await till.pay(KEY) == (first[0], True)
    assert await effects(admin) == 0


async def test_another_body_under_the_key_is_refused(till: Till, admin: asyncpg.Connection) -> None:
    await till.pay(KEY)
    for _ in range(2):
        with pytest.raises(IdempotencyKeyReused) as refused:
            await till.pay(OTHER_BODY)
        assert b"body" not in refused.value.detail.encode()
    assert await effects(admin) == 1


@pytest.mark.parametrize("other", [replace(KEY, user_id=BEN), replace(KEY, operation="test.fund")])
async def test_another_person_or_operation_has_a_key_of_its_own(
    till: Till, admin: asyncpg.Connection, other: Key
) -> None:
    assert not (await till.pay(KEY))[1]
    assert not (await till.pay(replace(other, request_hash=digest16(b"x"))))[1]
    assert await effects(admin) == 2


async def test_many_at_once_are_one(till: Till, admin: asyncpg.Connection) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(till.pay(KEY) for _ in range(40)))
    assert {a for a, _ in answers} == {Answer(201, b'{"n":1}')}
    assert [is_replayed for _, is_replayed in answers].count(False) == 1
    assert await effects(admin) == 1


async def test_a_crash_before_the_commit_leaves_the_key_free(
    till: Till, admin: asyncpg.Connection
) -> None:
    with pytest.raises(DatabaseUnavailable):
        await till.pay(KEY, fault="before commit")
    assert await effects(admin) == 0
    async with redis.Redis.from_url(till.valkey_url) as client:
        await client.flushdb()  # the crashed process's claim ends after 30 s
    assert await till.pay(KEY) == (Answer(201, b'{"n":1}'), False)
    assert await effects(admin) == 1


async def test_a_crash_after_the_commit_is_replayed(
    till: Till, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_WAIT_SECONDS", 0.1)  # for the dead process's claim
    with pytest.raises(ConnectionResetError):
        await till.pay(KEY, fault="after commit")
    assert await till.pay(KEY) == (Answer(201, b'{"n":1}'), True)
    assert await effects(admin) == 1


# --- layer 2 -----------------------------------------------------------------------------------


async def test_a_second_transaction_waits_and_then_replays(database: db.Database) -> None:
    answer = Answer(201, b"first")

    async def second() -> list[idempotency.Stored | None]:
        async with database.transaction() as tx:
            return await idempotency.claim(tx, [KEY])

    async with database.transaction() as tx:
        assert await idempotency.claim(tx, [KEY]) == [None]
        waiting = asyncio.create_task(second(), context=Context())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await idempotency.finish(tx, [(KEY, BEN, answer)], now=NOW)
    [stored] = await waiting
    assert stored is not None
    assert stored.object_id == BEN
    assert idempotency.replay(stored, KEY) == answer
    with pytest.raises(IdempotencyKeyReused):
        idempotency.replay(stored, OTHER_BODY)


@pytest.mark.parametrize("end", ["rolled back", "not finished"])
async def test_a_key_without_an_effect_is_the_next_ones(database: db.Database, end: str) -> None:
    async def second() -> list[idempotency.Stored | None]:
        async with database.transaction() as tx:
            return await idempotency.claim(tx, [KEY])

    async def first(started: asyncio.Event) -> None:
        async with database.transaction() as tx:
            await idempotency.claim(tx, [KEY])
            started.set()
            await asyncio.sleep(0.02)
            if end == "rolled back":
                raise ValueError

    started = asyncio.Event()
    running = asyncio.create_task(first(started))
    await started.wait()
    assert await second() == [None]
    await asyncio.wait({running})
    assert (running.exception() is not None) == (end == "rolled back")


async def test_claims_of_many_tell_each_its_own(database: db.Database) -> None:
    keys = [replace(KEY, key_hash=digest16(str(n).encode())) for n in range(6)]
    async with database.transaction() as tx:
        assert await idempotency.claim(tx, keys[::2]) == [None] * 3
        done: list[tuple[Key, None, Answer]] = [
            (k, None, Answer(201, str(n).encode())) for n, k in enumerate(keys[::2])
        ]
        await idempotency.finish(tx, list(done), now=NOW)
    async with database.transaction() as tx:
        found = await idempotency.claim(tx, list(reversed(keys)))
        assert [f and f.answer for f in found] == [None, b"2", None, b"1", None, b"0"]
    async with database.read() as conn:
        known = await idempotency.look_up(conn, keys)
        assert set(known) == {k.scope for k in keys[::2]}


async def test_a_key_twice_in_one_claim_is_a_defect(database: db.Database) -> None:
    # Both would own it, and the effect would be there twice.
    with pytest.raises(ValueError, match="twice"):
        async with database.transaction() as tx:
            await idempotency.claim(tx, [KEY, OTHER_BODY])


async def test_nothing_to_do_asks_nothing(database: db.Database) -> None:
    async with database.transaction() as tx:
        assert await idempotency.claim(tx, []) == []
        await idempotency.finish(tx, [], now=NOW)


async def test_a_key_is_finished_once(database: db.Database) -> None:
    answer = Answer(201, b"first")
    async with database.transaction() as tx:
        await idempotency.claim(tx, [KEY])
        await idempotency.finish(tx, [(KEY, BEN, answer)], now=NOW)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as tx:
            await idempotency.finish(tx, [(KEY, BEN, answer)], now=NOW)
