"""The newest of each viewer's timeline, kept in Valkey for a while: ids, which prove nothing.

A head counts only beside the generation under which it was read, and dropping it is a new
generation: so a head that was read before something came, and written after, is never believed.
Whatever is lost here costs a read, or shows a new item minutes later; who may see what is judged
elsewhere.
"""

import asyncio
import os
import struct
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from quid.kit import runtime
from quid.kit.cache import Cache, CacheDown
from quid.social.ports import TimelineStore
from quid.social.types import NEWEST, Position

HEAD: Final = 200
LIFE_SECONDS: Final = 300
# A head lives from its writing, a generation from its own: whoever was slower than the difference
# does not write, or the head would outlive the generation that ended it.
_GENERATION_SECONDS: Final = 310
_SLOWEST_SECONDS: Final = 5.0
_FIRST: Final = bytes(8)
_DROPS_AT_ONCE: Final = 1_000
_POSITION: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest positions of a timeline, newest first. `is_whole`: there are no others."""

    positions: list[Position]
    is_whole: bool


async def read(viewer_id: UUID) -> Head:
    """Give the head of a timeline, from Valkey where it has one."""
    cache, loop = runtime.part(Cache), asyncio.get_running_loop()
    began, generation_name, head_name = loop.time(), _generation(viewer_id), _head(viewer_id)
    try:
        generation, kept = await cache.get_many([generation_name, head_name])
    except CacheDown:
        return await _from_store(viewer_id)
    generation = generation or _FIRST
    if kept is not None and kept.startswith(generation):
        return _unpacked(kept[len(_FIRST) :])
    head = await _from_store(viewer_id)
    if loop.time() - began < _SLOWEST_SECONDS:
        packed = b"".join(_packed(p) for p in head.positions)
        cache.set_soon(head_name, generation + packed, life_seconds=LIFE_SECONDS)
    return head


async def drop(viewer_ids: Collection[UUID]) -> None:
    """Let no head of these people count that was read until now. Raises: CacheDown."""
    cache, left = runtime.part(Cache), iter(viewer_ids)
    while some := list(islice(left, _DROPS_AT_ONCE)):
        new = os.urandom(len(_FIRST))
        generations = {_generation(v): new for v in some}
        await cache.set_all(generations, life_seconds=_GENERATION_SECONDS)


def _head(viewer_id: UUID) -> str:
    return f"tl:{{u:{viewer_id.hex}}}:head"


def _generation(viewer_id: UUID) -> str:
    return f"tl:{{u:{viewer_id.hex}}}:gen"


async def _from_store(viewer_id: UUID) -> Head:
    store = runtime.part(TimelineStore)  # type: ignore[type-abstract]  # a port
    positions = await store.page(viewer_id, before=NEWEST, limit=HEAD)
    return Head(positions, is_whole=len(positions) < HEAD)


def _packed(position: Position) -> bytes:
    return _POSITION.pack((position.at - _EPOCH) // _MICROSECOND, position.id.bytes)


def _unpacked(packed: bytes) -> Head:
    positions = [
        Position(_EPOCH + micros * _MICROSECOND, UUID(bytes=payment))
        for micros, payment in _POSITION.iter_unpack(packed)
    ]
    return Head(positions, is_whole=len(positions) < HEAD)
