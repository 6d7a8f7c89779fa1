"""Writes to requests, and their locks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.collect import rules
from quid.collect.types import Due, RequestRow, State
from quid.kit import db
from quid.payments.types import Moved


@dataclass(frozen=True, slots=True)
class Count:
    """How many requests of a person are open, and were made within a day: to one other, in all.

    `was_asked_lately`: that other was, by this person, within the hour.
    """

    open_to_one: int
    open_in_all: int
    made_to_one: int
    made_in_all: int
    was_asked_lately: bool


_SQL: Final = db.sql("quid.collect", "store")
_TAKE_TURN: Final = _SQL.values("take_turn", str)
_COUNT: Final = _SQL.rows("count", Count)
_ADD: Final = _SQL.command("add")
_LOCK: Final = _SQL.values("lock", UUID)
_LOCK_DUE: Final = _SQL.values("lock_due", UUID)
_END: Final = _SQL.command("end")
_REMIND: Final = _SQL.command("remind")
_GO_ON: Final = _SQL.command("go_on")
_LOOK_AGAIN: Final = _SQL.command("look_again")
_PAY: Final = _SQL.command("pay")
_TAKE: Final = _SQL.command("take")
_FREE: Final = _SQL.command("free")


async def count(tx: db.Tx, requester_id: UUID, requestee_id: UUID, *, now: datetime) -> Count:
    """Count the requests of a person, who makes no other until the commit.

    Locks: the requester's turn (advisory).
    """
    await _TAKE_TURN.all(tx, requester_id)
    day_ago, hour_ago = now - rules.MADE_WITHIN, now - rules.CALM
    return await _COUNT.one(tx, requester_id, requestee_id, day_ago, hour_ago)


async def add(tx: db.Tx, r: RequestRow) -> None:
    """Write a new request."""
    await _ADD.run(
        tx, r.id, r.requester_id, r.requestee_id, r.amount_minor, r.currency, r.note,
        r.requester_visibility, r.is_known, r.created_at, r.expires_at, r.is_told_expiring,
        r.due_at,
    )  # fmt: skip


async def lock(tx: db.Tx, ids: Collection[UUID]) -> None:
    """Let whoever acts on these requests take turns. Locks: collect.request by id."""
    await _LOCK.all(tx, sorted(ids))


async def lock_due(tx: db.Tx, *, now: datetime, many: int) -> list[UUID]:
    """Lock requests to which time has something to do, the longest due first; held ones are left.

    Locks: collect.request, without waiting.
    """
    return await _LOCK_DUE.all(tx, now, many)


async def end(
    tx: db.Tx, ids: Collection[UUID], state: State, *, at: datetime, is_by_block: bool = False
) -> bool:
    """Let open requests that nobody pays leave PENDING; say whether all did.

    Locks: collect.request; of several, all held already.
    """
    return await _END.run(tx, list(ids), state, at, is_by_block) == len(ids)


async def remind(tx: db.Tx, request_id: UUID, *, now: datetime) -> bool:
    """Count a reminder, if one may be sent now. Locks: collect.request."""
    before = now - rules.REMINDER_PAUSE
    return await _REMIND.run(tx, request_id, now, before, rules.REMINDERS_MAX) == 1


async def go_on(tx: db.Tx, dues: Sequence[tuple[UUID, Due]]) -> None:
    """Write what time has done to requests that stay open; the caller holds them."""
    await _GO_ON.run(
        tx,
        [i for i, _ in dues],
        [d.steps_taken for _, d in dues],
        [d.is_told_expiring for _, d in dues],
        [d.again_at for _, d in dues],
    )


async def look_again(tx: db.Tx, ids: Collection[UUID], *, now: datetime) -> None:
    """Let time look at requests that are being paid as soon as they are free; the caller holds
    them.
    """
    await _LOOK_AGAIN.run(tx, list(ids), now)


async def follow(
    tx: db.Tx, *, paid: Sequence[Moved], at_it: Sequence[Moved], ended: Sequence[Moved]
) -> bool:
    """Write where payments have come to; the caller holds their requests.

    False where a payment has come to a request that is not its own.
    """
    counts = 0
    if paid:
        counts += await _PAY.run(
            tx, [m.request_id for m in paid], [m.payment_id for m in paid], [m.at for m in paid]
        )
    if at_it:
        counts += await _TAKE.run(tx, [m.request_id for m in at_it], [m.payment_id for m in at_it])
    if ended:
        await _FREE.run(tx, [m.request_id for m in ended], [m.payment_id for m in ended])
    return counts == len(paid) + len(at_it)
