"""What happens to requests without their people: time passes, or a block comes between them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.collect import events, queries, rules, store
from quid.collect.service import told
from quid.collect.types import Change, Due, RequestRow, State
from quid.identity import queries as identity
from quid.identity.queries import people
from quid.identity.types import FreezeScope
from quid.kit import audit, db, outbox

DUE_AT_ONCE: Final = 500


async def tend_due(tx: db.Tx, *, now: datetime) -> int:
    """Part: let time do its work on open requests, the longest due first; say on how many.

    One expires, or its coming end is told, or it is reminded of. Between two of whom one refuses
    the other it ends as by the block itself, which may have come while it was made or paid.
    Locks: collect.request, those that nobody holds. Emits: collect.request_changed.v1.
    """
    due_ids = await store.lock_due(tx, now=now, many=DUE_AT_ONCE)
    if not due_ids:
        return 0
    found = await queries.found(tx, due_ids)
    rows = [found[i] for i in due_ids]
    standings = await identity.standings(
        tx,
        payer_ids=[r.requester_id for r in rows],
        session_ids=[None] * len(rows),
        payee_ids=[r.requestee_id for r in rows],
        now=now,
    )
    reached = list(zip(rows, standings, strict=True))
    await _end_blocked(tx, [r for r, s in reached if s.is_blocked], now=now)
    on_hold = {r.id for r, s in reached if s.payer_freeze_scope == FreezeScope.ALL}
    dues = [(r, rules.due_of(r, now=now)) for r, s in reached if not s.is_blocked]
    await _pass(tx, dues, on_hold, now=now)
    return len(rows)


async def _pass(
    tx: db.Tx, dues: Sequence[tuple[RequestRow, Due]], on_hold: set[UUID], *, now: datetime
) -> None:
    """Write what time does, and tell it; who is on hold, or wishes it so, is not reminded."""
    wish = await people.reminded_among(tx, [r.requestee_id for r, d in dues if d.reminds])
    over = [r for r, d in dues if d.is_over]
    await _end(tx, over, State.EXPIRED, now=now)
    await audit.record(tx, [told.by_itself("collect.expire", r, now=now) for r in over])
    await store.go_on(tx, [(r.id, d) for r, d in dues if not d.is_over])
    changes: list[tuple[RequestRow, Change]] = []
    for row, due in dues:
        if due.is_over:
            changes.append((row, "expired"))
        elif due.tells_expiring:
            changes.append((row, "expiring"))
        elif due.reminds and row.requestee_id in wish and row.id not in on_hold:
            changes.append((row, "reminded"))
    await outbox.append(tx, [events.changed(row, change, at=now) for row, change in changes])


async def end_between(tx: db.Tx, pairs: Sequence[tuple[UUID, UUID]], *, now: datetime) -> None:
    """Part: end the open requests between the two of each pair, telling nobody.

    One that is being paid ends when its payment has ended without moving.
    Locks: collect.request by id.
    """
    between = await queries.open_between(tx, pairs)
    await store.lock(tx, between)
    rows = (await queries.found(tx, between)).values()
    open_still = [r for r in rows if r.state == State.PENDING]
    await _end_blocked(tx, [r for r in open_still if r.payment_id is None], now=now)
    await store.look_again(tx, [r.id for r in open_still if r.payment_id is not None], now=now)


async def _end_blocked(tx: db.Tx, rows: Sequence[RequestRow], *, now: datetime) -> None:
    """End locked requests between people of whom one refuses the other; neither is told why."""
    await _end(tx, rows, State.CANCELLED, now=now, is_by_block=True)
    await audit.record(tx, [told.by_itself("collect.end_blocked", r, now=now) for r in rows])


async def _end(
    tx: db.Tx,
    rows: Sequence[RequestRow],
    state: State,
    *,
    now: datetime,
    is_by_block: bool = False,
) -> None:
    if not await store.end(tx, [r.id for r in rows], state, at=now, is_by_block=is_by_block):
        raise RuntimeError("locked requests did not make a move that they may make")
