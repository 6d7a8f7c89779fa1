"""Idempotency: the same request sent a thousand times has one effect and one answer.

Layer 2 is the permanent row of `kit.idempotency`, written in the transaction of the effect; it
alone decides. Layer 1 is Valkey: it joins requests of several processes and answers replays
without the database, and may be lost at any time.
Scope: (user, operation, key). A key never expires into execution.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import db, failpoints, ids, runtime, telemetry
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.crypto import digest16
from quid.kit.errors import Refusal, ValidationFailed
from quid.kit.once import Answer, Key

_SQL = db.sql("quid.kit", "idempotency")
_RELEASE: Final = script("quid.kit", "release")
_CLAIM_MS: Final = 30_000
_HASH: Final = 16
_KEEP_SECONDS: Final = 24 * 3600
_WAIT_SECONDS: Final = 1.0
_KEY: Final = re.compile("[!-~]{1,64}")
_REPLAYS = telemetry.counter("quid_idempotent_replays_total", "answers sent again", "layer")


class IdempotencyKeyMissing(Refusal):
    """A route that moves money was called without a key."""

    code = "IDEMPOTENCY_KEY_MISSING"
    category = "invalid"
    title = "Something is off in this request"
    text = "Send an Idempotency-Key header (a UUID, new for each payment). Nothing was sent."


class IdempotencyKeyReused(Refusal):
    """The key belongs to another body. Nothing about the first request is told."""

    code = "IDEMPOTENCY_KEY_REUSED"
    category = "refused"
    title = "This is not the same payment"
    text = "This key belongs to another request. Nothing new was sent."


@dataclass(frozen=True, slots=True)
class Stored:
    """The row of a finished key: what it made, and what was answered."""

    user_id: UUID
    operation: str
    key_hash: bytes
    request_hash: bytes
    object_id: UUID | None
    status: int
    answer: bytes


_CLAIM = _SQL.rows("claim", Stored)
_LOOK_UP = _SQL.rows("look_up", Stored)
_FINISH = _SQL.command("finish")


def read_key(*, header: str | None, body: str | None) -> bytes:
    """Take the key from the header or the body; give its hash.

    Raises: IdempotencyKeyMissing, ValidationFailed.
    """
    key = header if header is not None else body
    if not key:
        raise IdempotencyKeyMissing(field="Idempotency-Key")
    if header is not None and body is not None and header != body:
        raise ValidationFailed(
            "The key in the header and the key in the body differ. Send one. Nothing was sent.",
            field="idempotency_key",
        )
    if _KEY.fullmatch(key) is None:
        raise ValidationFailed(
            "The key must be 1 to 64 visible ASCII characters. Nothing was sent.",
            field="Idempotency-Key",
        )
    return digest16(key.encode())


async def claim(tx: db.Tx, keys: list[Key]) -> list[Stored | None]:
    """Take all keys; None where this transaction now owns the key, else what it has made.

    The first statement of a money transaction. An owned key stays free unless `finish` is called.
    Waits for another transaction that owns one of the keys.
    Locks: an advisory lock for each key, sorted. Raises: ValueError for a key given twice.
    """
    if not keys:
        return []
    if not _are_apart(keys):  # both would own it, and both would pay
        raise ValueError("a key stands twice in one claim")
    rows = await _CLAIM.all(
        tx,
        sorted(_lock_of(k) for k in keys),
        [k.user_id for k in keys],
        [k.operation for k in keys],
        [k.key_hash for k in keys],
    )
    failpoints.reach("keys.claimed")
    known = _by_scope(rows)
    return [known.get(k.scope) for k in keys]


def _are_apart(keys: list[Key]) -> bool:
    return len({k.key_hash for k in keys}) == len(keys) or len({k.scope for k in keys}) == len(keys)


def _lock_of(key: Key) -> int:
    # Two keys of one number only take turns; the row decides.
    number = int.from_bytes(key.key_hash[:8]) ^ (key.user_id.int >> 64)
    return number - 2**63


def _by_scope(rows: list[Stored]) -> dict[tuple[UUID, str, bytes], Stored]:
    return {(r.user_id, r.operation, r.key_hash): r for r in rows}


async def look_up(conn: db.Conn, keys: list[Key]) -> dict[tuple[UUID, str, bytes], Stored]:
    """Read the rows of keys that exist."""
    rows = await _LOOK_UP.all(
        conn,
        [k.user_id for k in keys],
        [k.operation for k in keys],
        [k.key_hash for k in keys],
    )
    return _by_scope(rows)


async def finish(tx: db.Tx, done: list[tuple[Key, UUID | None, Answer]], *, now: datetime) -> None:
    """Store the answers of owned keys, in the same transaction. From its commit on they replay."""
    if done:
        await _FINISH.run(
            tx,
            [k.user_id for k, _, _ in done],
            [k.operation for k, _, _ in done],
            [k.key_hash for k, _, _ in done],
            [k.request_hash for k, _, _ in done],
            [o for _, o, _ in done],
            [a.status for _, _, a in done],
            [a.body for _, _, a in done],
            now,
        )
        failpoints.reach("keys.finished")


def replay(stored: Stored, key: Key) -> Answer:
    """Give the first answer again. Raises: IdempotencyKeyReused for another body."""
    if stored.request_hash != key.request_hash:
        raise IdempotencyKeyReused
    _REPLAYS.labels("database").inc()
    return Answer(stored.status, stored.answer)


# --- layer 1 -----------------------------------------------------------------------------------
# A value is the hash of the request, then `c` and the claim's token, or `d`, status and answer.


class Ahead(NamedTuple):
    """What layer 1 says before any work: an answer to send again, or a claim to give back."""

    answer: Answer | None
    token: str


async def ahead(key: Key) -> Ahead:
    """Ask layer 1. Valkey away or slow: go on, layer 2 decides.

    Waits up to 1 s for the same request in another process; a claim may be that of a dead one.
    Raises: IdempotencyKeyReused.
    """
    cache = runtime.part(Cache)
    token = ids.mark()
    mine = key.request_hash + b"c" + token.encode()
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    pause = 0.005
    while True:
        try:
            held = await cache.claim(key.cache_name, mine, life_ms=_CLAIM_MS)
        except CacheDown:
            return Ahead(None, "")
        if held is None:
            return Ahead(None, token)
        if held[:_HASH] != key.request_hash:
            raise IdempotencyKeyReused
        if held[_HASH:].startswith(b"d"):
            _REPLAYS.labels("cache").inc()
            answer = held[_HASH + 1 :]
            return Ahead(Answer(int(answer[:3]), answer[3:]), "")
        if asyncio.get_running_loop().time() > deadline:
            return Ahead(None, "")
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.1)


def remember(key: Key, answer: Answer) -> None:
    """Put a committed answer into layer 1 for 24 h, without waiting. Losing it costs a look-up."""
    value = key.request_hash + b"d" + str(answer.status).encode() + answer.body
    runtime.part(Cache).set_soon(key.cache_name, value, life_seconds=_KEEP_SECONDS)


async def release(key: Key, claim: Ahead) -> None:
    """Give a claim back after a request that stored nothing."""
    if claim.token:
        try:
            await runtime.part(Cache).call(
                _RELEASE, key=key.cache_name, args=(key.request_hash, claim.token)
            )
        except CacheDown:
            return
