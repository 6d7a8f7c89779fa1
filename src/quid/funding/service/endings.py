"""Timed work on sources: what was not proven in time, cards past their month, what is to end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from quid.funding.errors import ExternalServiceError, ProviderError
from quid.funding.ports import Rails
from quid.funding.queries import linked as queries
from quid.funding.service.asking import rails
from quid.funding.service.saving import save
from quid.funding.store import sources as store
from quid.funding.store.sources import Ending
from quid.funding.types import SourceState
from quid.kit import db, runtime, telemetry

_AT_ONCE: Final = 100
_CALLS_AT_ONCE: Final = 20


async def expire(tx: db.Tx, *, now: datetime) -> int:
    """Part: end accounts that nobody proved in time and cards whose month is over; say how many.

    Locks: turns of people, funding.source. Emits: funding.source_changed.v1.
    """
    limits = (now, now.year, now.month, _AT_ONCE)
    found = await queries.by_ids(tx, await store.DUE_TO_EXPIRE.all(tx, *limits))
    await store.take_turns(tx, [s.user_id for s in found.values()])
    await store.lock(tx, list(found))
    # What was proven, or removed, while we waited is due no more.
    due = await store.DUE_TO_EXPIRE.all(tx, *limits)
    rows = [
        replace(s, state=SourceState.EXPIRED, amounts=None)
        for s in (await queries.by_ids(tx, [i for i in due if i in found])).values()
    ]
    await save(tx, rows, now=now)
    return len(rows)


async def end(tx: db.Tx, *, now: datetime) -> Callable[[], Awaitable[None]]:
    """Part: drop the secrets of what has left, and find what providers must forget: that is asked
    of them after the commit. What a crash or a provider leaves undone is tried again.

    Locks: funding.source, funding.ending.
    """
    gone = (await queries.by_ids(tx, await store.DUE_TO_SHRED.all(tx, _AT_ONCE))).values()
    items = [s.item_ref for s in gone if s.item_ref is not None]
    used = set(await store.SHARED_ITEMS.all(tx, items)) if items else set()
    things = {
        s.item_ref or s.method_ref: (s.user_id, thing)
        for s in gone
        if s.item_ref not in used and (thing := store.token_of(s) or s.method_ref)
    }
    await store.add_endings(tx, list(things.values()), now=now)
    await store.SHRED.run(tx, [s.id for s in gone], now)
    due = await store.TAKE_ENDINGS.all(tx, now, _CALLS_AT_ONCE)

    async def ask() -> None:
        for ending in due:
            await _forget(ending)

    return ask


async def _forget(ending: Ending) -> None:
    """Let a provider forget one thing; the row goes when it has."""
    try:
        await _call(rails(), ending)
    except (ProviderError, ExternalServiceError) as e:
        telemetry.log.warning("funding.not_forgotten", code=e.code)
        return
    async with runtime.part(db.Database).transaction() as tx:
        await store.END_ENDING.run(tx, ending.id)


async def _call(to: Rails, ending: Ending) -> None:
    token = ending.open()
    if token is not None:
        await to.link.unlink(token)
    elif ending.method_ref is not None:
        await to.card.forget(ending.method_ref)
