"""Movements that a provider tells of and no operation of ours names: asked about, then reported."""

from datetime import datetime, timedelta
from typing import Final

from quid.funding.errors import ProviderError
from quid.funding.ports import Charge, Rails, Transfer
from quid.funding.service.operations import observe
from quid.funding.service.reconcile.breaks import note
from quid.funding.service.reconcile.compare import Found, named_in
from quid.funding.store import intake as store
from quid.funding.types import Provider
from quid.kit import db, ids, runtime

WAIT: Final = timedelta(hours=1)
_MANY: Final = 50


async def look_up(provider: Provider, *, now: datetime) -> int:
    """Ask the provider about what nobody has claimed for an hour; give how many are breaks.

    One whose answer was lost on its way to us is adopted by its own id. The events stay: they are
    applied when the operation appears. Command. Emits: funding.reconciliation_break.v1.
    Raises: ProviderError, DatabaseUnavailable.
    """
    database = runtime.part(db.Database)
    async with database.read() as conn:
        old = await store.OLD_ORPHANS.all(conn, provider, ids.first_of(now - WAIT), _MANY)
    found = []
    for orphan in old:
        seen = await _look(provider, orphan.object_ref)
        if seen is not None and await observe(provider, [seen], cause="look-up", now=now):
            continue
        said = f"{seen.cents} {seen.status}" if seen is not None else "nothing by that name"
        cents = seen.cents if seen is not None else orphan.cents or 0
        op_id = named_in(seen.op_id) if seen is not None else None
        found.append(Found("missing_here", orphan.object_ref, "nothing", said, cents, op_id))
    if found:
        async with database.transaction() as tx:
            await note(tx, provider, found, now=now)
    return len(found)


async def _look(provider: Provider, ref: str) -> Transfer | Charge | None:
    rails = runtime.part(Rails)
    try:
        if provider is Provider.PLAID:
            return await rails.ach.get(ref=ref)
        return await rails.card.get(ref)
    except ProviderError as e:
        if e.outcome.value != "declined":
            raise
        return None  # a definite no: there is none
