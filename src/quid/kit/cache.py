"""Valkey: a helper that may be lost at any time. It never decides about money.

Concurrent calls are gathered into one pipeline (what arrives while one is in flight travels
in the next), so a busy process pays one round trip for many callers. Every key has a life.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Final

import redis.asyncio as redis
from hiredis import pack_command
from redis.asyncio.client import PubSub
from redis.asyncio.connection import AbstractConnection
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, ResponseError
from redis.retry import Retry

from quid.kit import failpoints, guards, telemetry

Argument = str | bytes | int
_PIPELINE_MAX: Final = 200
_CONNECT_SECONDS: Final = 0.25
_FAILURES_TO_OPEN: Final = 5
_OPEN_SECONDS: Final = 1.0
_SILENCE_SECONDS: Final = 10.0
_FAILURES = telemetry.counter("quid_cache_failures_total", "calls to Valkey that failed", "why")


class CacheDown(Exception):  # noqa: N818 - a state of the world, not of the caller
    """Valkey did not answer in time. The caller goes on without it."""


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua file, run by its digest."""

    text: str
    digest: str


def script(package: str, name: str) -> Script:
    """Load `<package>/lua/<name>.lua`."""
    text = files(package).joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")
    return Script(text, sha1(text.encode()).hexdigest())  # noqa: S324 - Redis names scripts so


@dataclass(slots=True)
class _Call:
    command: tuple[Argument, ...]
    script: Script | None
    future: "asyncio.Future[object]"


def _pack(command: tuple[Argument, ...]) -> bytes:
    packed: bytes = pack_command(command)  # type: ignore[arg-type]  # its stub forgets the dots
    return packed


async def _hear(ear: PubSub) -> AsyncIterator[bytes]:
    """Give what is said, until the line is dead: it answers a ping or it is.

    Raises: redis.TimeoutError.
    """
    is_asked = False
    while True:
        heard = await ear.get_message(timeout=_SILENCE_SECONDS)
        if heard is not None:
            is_asked = False
            if heard["type"] == "message":
                yield heard["data"]
        elif is_asked:
            raise redis.TimeoutError
        else:
            await ear.ping()
            _heed_cancel()
            is_asked = True


def _heed_cancel() -> None:
    """Raise a cancel that the library has swallowed: while it sends, it goes on regardless."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _answer(connection: AbstractConnection) -> object:
    try:
        return await connection.read_response()
    except ResponseError as e:
        return e


def _ignore(sent: "asyncio.Future[object]") -> None:
    if not sent.cancelled():
        sent.exception()


class Cache:
    """One connection pool; calls are pipelined together.

    Units: times in seconds. Raises: CacheDown from every call when Valkey is away, slow or full.
    """

    def __init__(self, url: str, *, read_timeout: float = 0.1, prefix: str = "") -> None:
        # One time-out for a whole pipeline, set here: the client's own would be set anew for each
        # answer, which costs more than reading it.
        self._url = url
        self._pool = redis.ConnectionPool.from_url(
            url, retry=Retry(NoBackoff(), 0), max_connections=8, protocol=2, socket_timeout=None
        )
        self._read_timeout = read_timeout
        self._prefix = prefix
        self._waiting: deque[_Call] = deque()
        self._pumping: asyncio.Task[None] | None = None
        self._failures = 0
        self._open_until = 0.0

    async def call(self, what: Script, *, key: str, args: tuple[Argument, ...]) -> object:
        """Run a script on one key."""
        return await self.begin(what, key=key, args=args)

    def begin(
        self, what: Script, *, key: str, args: tuple[Argument, ...]
    ) -> "asyncio.Future[object]":
        """Run a script on one key, and wait for it later."""
        return self._enqueue(("EVALSHA", what.digest, 1, self._prefix + key, *args), what)

    async def get(self, key: str) -> bytes | None:
        """Read a key."""
        value = await self._ask(("GET", self._prefix + key), None)
        return value if isinstance(value, bytes) else None

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Read keys of one hash tag, in order."""
        values = await self._ask(("MGET", *(self._prefix + k for k in keys)), None)
        found = values if isinstance(values, list) else [None] * len(keys)
        return [v if isinstance(v, bytes) else None for v in found]

    async def set(self, key: str, value: bytes, *, life_seconds: int) -> None:
        """Write a key with its life."""
        await self._ask(("SET", self._prefix + key, value, "EX", life_seconds), None)

    async def set_all(self, values: Mapping[str, bytes], *, life_seconds: int) -> None:
        """Write keys with their life, in one pipeline; they may lie on several nodes."""
        sent = [
            self._enqueue(("SET", self._prefix + key, value, "EX", life_seconds), None)
            for key, value in values.items()
        ]
        await asyncio.gather(*sent)

    async def claim(self, key: str, value: bytes, *, life_ms: int) -> bytes | None:
        """Write a key unless it is there; give what is there, None when this call has written it.

        One plain command that Valkey carries out as one step: cheaper than a script.
        """
        command = ("SET", self._prefix + key, value, "NX", "GET", "PX", life_ms)
        held = await self._ask(command, None)
        return held if isinstance(held, bytes) else None

    def set_soon(self, key: str, value: bytes, *, life_seconds: int) -> None:
        """Write a key with its life, without waiting and without a word if it fails."""
        try:
            sent = self._enqueue(("SET", self._prefix + key, value, "EX", life_seconds), None)
        except CacheDown:
            return
        sent.add_done_callback(_ignore)

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever follows a channel just now. It may be lost on the way, for anybody."""
        await self._ask(("PUBLISH", self._prefix + channel, message), None)

    async def follow(self, channel: str) -> AsyncGenerator[bytes | None, None]:
        """Hear what is published on a channel, for ever, on a line of its own.

        Gives None whenever the line is made, or made again: what was said before is lost.
        """
        while True:
            line = redis.Redis.from_url(self._url, protocol=2, retry=Retry(NoBackoff(), 0))
            ear = line.pubsub(ignore_subscribe_messages=True)
            try:
                await ear.subscribe(self._prefix + channel)
                _heed_cancel()
                yield None
                async for message in _hear(ear):
                    yield message
            except (redis.RedisError, OSError) as e:
                _FAILURES.labels(type(e).__name__).inc()
                await asyncio.sleep(_OPEN_SECONDS)
            finally:
                await ear.aclose()  # type: ignore[no-untyped-call]  # theirs
                await line.aclose()

    async def ping(self) -> None:
        """Ask whether it is there."""
        await self._ask(("PING",), None)

    async def close(self) -> None:
        """Drop the connections; what still waits is told that the cache is down."""
        if self._pumping is not None:
            self._pumping.cancel()
            await asyncio.wait({self._pumping})
        self._answer_all(self._waiting, "closing")
        self._waiting.clear()
        await self._pool.aclose()

    async def _ask(self, command: tuple[Argument, ...], what: Script | None) -> object:
        return await self._enqueue(command, what)

    def _enqueue(
        self, command: tuple[Argument, ...], what: Script | None
    ) -> "asyncio.Future[object]":
        guards.forbid_in_transaction("a call to Valkey")
        loop = asyncio.get_running_loop()
        if loop.time() < self._open_until:
            raise CacheDown("the breaker is open")
        call = _Call(command, what, loop.create_future())
        self._waiting.append(call)
        # A task that ended is asked, not remembered by its callback: that runs only after the
        # callers whom its last answers woke, and their next calls would wait for ever.
        if self._pumping is None or self._pumping.done():
            self._pumping = loop.create_task(self._pump(), name="cache-pump")
        return call.future

    async def _pump(self) -> None:
        # The task ends only with nothing waiting; both facts change without an await between.
        while self._waiting:
            many = min(len(self._waiting), _PIPELINE_MAX)
            calls = [self._waiting.popleft() for _ in range(many)]
            try:
                await self._send(calls)
            except asyncio.CancelledError:
                self._answer_all(calls, "closing")
                raise
            except Exception as e:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                self._fail(calls, e)
            else:
                self._failures = 0

    async def _send(self, calls: list[_Call]) -> None:
        packed = b"".join([_pack(c.command) for c in calls])
        failpoints.reach("cache.before")
        answers = await self._exchange(packed, len(calls))
        failpoints.reach("cache.after")
        again: list[_Call] = []
        for call, answer in zip(calls, answers, strict=True):
            if call.future.done():
                continue
            if isinstance(answer, NoScriptError) and call.script is not None:
                call.command = ("EVAL", call.script.text, *call.command[2:])
                call.script = None
                again.append(call)
            elif isinstance(answer, Exception):
                _FAILURES.labels("answer").inc()
                call.future.set_exception(CacheDown(str(answer)))
            else:
                call.future.set_result(answer)
        if again:
            await self._send(again)

    async def _exchange(self, packed: bytes, count: int) -> list[object]:
        """Send commands in one write, read their answers; an error of the server is an answer."""
        async with asyncio.timeout(_CONNECT_SECONDS):
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]  # theirs
        try:
            async with asyncio.timeout(self._read_timeout):
                await connection.send_packed_command(packed, check_health=False)
                return [await _answer(connection) for _ in range(count)]
        except BaseException:
            # What was sent may still be answered; nobody may read that as the answer to his call.
            await connection.disconnect(nowait=True)
            raise
        finally:
            await self._pool.release(connection)

    def _fail(self, calls: list[_Call], error: Exception) -> None:
        _FAILURES.labels(type(error).__name__).inc()
        self._answer_all(calls, repr(error))
        self._failures += 1
        if self._failures >= _FAILURES_TO_OPEN:  # until an answer comes, one more is enough
            self._open_until = asyncio.get_running_loop().time() + _OPEN_SECONDS
            # Each of them would wait for a time-out of its own.
            self._answer_all(self._waiting, "the breaker opens")
            self._waiting.clear()

    @staticmethod
    def _answer_all(calls: Iterable[_Call], why: str) -> None:
        for call in calls:
            if not call.future.done():
                call.future.set_exception(CacheDown(why))
