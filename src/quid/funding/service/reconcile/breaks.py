"""Differences are written down, told upstairs, and end by themselves or by two persons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from quid.funding.events import ReconciliationBreak
from quid.funding.service.reconcile.compare import Found
from quid.funding.store import reconcile as store
from quid.funding.types import Provider
from quid.kit import db, ids, outbox
from quid.kit.events import Event

_NO_BUCKET: Final = 0


async def note(
    tx: db.Tx, provider: Provider, found: Sequence[Found], *, now: datetime
) -> list[store.Seen]:
    """Part: write differences down; one that may be a matter of time waits for a second look.

    Emits: funding.reconciliation_break.v1 for each that is a break from now on.
    Locks: funding.break. Idempotent: one row a difference while it lasts.
    """
    if not found:
        return []
    # Two of one name in a run would be one row: the first tells of it.
    by_name = {(f.kind, f.object_ref): f for f in reversed(found)}
    each = [by_name[name] for name in sorted(by_name)]
    seen = await store.SEE.all(
        tx,
        [ids.new(_NO_BUCKET, now) for _ in each],
        provider,
        [f.kind for f in each],
        [f.object_ref[:200] for f in each],
        [f.operation_id for f in each],
        [f.currency[:3] for f in each],
        [f.ours[:200] for f in each],
        [f.theirs[:200] for f in each],
        [f.amount_minor for f in each],
        [None if f.may_be_time else now for f in each],
        now,
    )
    await outbox.append(tx, [_event(provider, s, now) for s in seen if s.is_new])
    return seen


def _event(provider: Provider, seen: store.Seen, now: datetime) -> Event:
    fact = ReconciliationBreak(
        break_id=ids.show("brk", seen.id),
        provider=provider.name.lower(),
        kind=seen.kind,
        object_ref=seen.object_ref,
        amount=seen.amount_minor,
        currency=seen.currency,
    )
    return Event("funding", fact.TYPE, ("brk", seen.id), seen.id, now, fact)
