"""What its two people do with an open request beside paying it: decline, cancel, remind.

Each locks the request and leaves PENDING by one guarded update; of two at once one wins, and the
other is told how the request has ended.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from quid.collect import events, queries, store
from quid.collect.service import judging, told
from quid.collect.service.ask import require_unfrozen
from quid.collect.types import Change, RequestRow, State
from quid.kit import audit, db, outbox, runtime
from quid.kit.errors import NotFound

_Side = Literal["requester", "requestee"]


async def decline(request_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Command: the requestee says no. No money moves, now or later.

    Raises: NotFound, RequestClosed, BeingPaid. Locks: collect.request.
    Emits: collect.request_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await _open(tx, request_id, user_id, "requestee")
        await _end(tx, row, State.DECLINED, now=now)
        await _tell(tx, row, "declined", "collect.decline", now=now)


async def cancel(request_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Command: the requester takes it back. No money moves, now or later.

    Raises: NotFound, RequestClosed, BeingPaid. Locks: collect.request.
    Emits: collect.request_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await _open(tx, request_id, user_id, "requester")
        await _end(tx, row, State.CANCELLED, now=now)
        await _tell(tx, row, "cancelled", "collect.cancel", now=now)


async def remind(request_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Command: the requester asks again; once in 24 hours, three times in all.

    Raises: NotFound, RequestClosed, BeingPaid, NotYet, AccountFrozen. Locks: collect.request.
    Emits: collect.request_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        row = await _open(tx, request_id, user_id, "requester")
        await require_unfrozen(tx, user_id)
        judging.require_reminder(row, now=now)
        if not await store.remind(tx, row.id, now=now):
            raise RuntimeError("a locked request did not take a reminder that it may take")
        await _tell(tx, row, "reminded", "collect.remind", now=now)


async def _open(tx: db.Tx, request_id: UUID, user_id: UUID, side: _Side) -> RequestRow:
    """Lock a request that this person, on this side of it, may act on, and read it then."""
    await store.lock(tx, [request_id])
    found = (await queries.requests(tx, [request_id], viewer_id=user_id)).get(request_id)
    if found is None:
        raise NotFound
    row = found.row
    if user_id != (row.requester_id if side == "requester" else row.requestee_id):
        raise NotFound
    refusal = judging.why_not(row)
    if refusal is not None:
        raise refusal
    return row


async def _end(tx: db.Tx, row: RequestRow, state: State, *, now: datetime) -> None:
    if not await store.end(tx, [row.id], state, at=now):
        raise RuntimeError("a locked request did not make a move that it may make")


async def _tell(tx: db.Tx, row: RequestRow, change: Change, action: str, *, now: datetime) -> None:
    await outbox.append(tx, [events.changed(row, change, at=now)])
    is_requester = change != "declined"
    await audit.record(tx, [told.by_person(action, row, is_requester=is_requester, now=now)])
