"""Reads of deposits and withdrawals, and of what can leave a wallet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding.rules import banking_days
from quid.funding.store import operations as store
from quid.funding.types import (
    EventRow,
    Operation,
    OpKind,
    OpState,
    Purpose,
    Shown,
    Withdrawable,
)
from quid.kit import db
from quid.ledger import queries as ledger
from quid.ledger.types import Kind

_UNKNOWN_WINDOW: Final = 5
DEPOSITS: Final = (OpKind.DEPOSIT,)
WITHDRAWALS: Final = (OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL)
_SQL: Final = db.sql("quid.funding", "moves")


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Money of a pull that may still come back. Units: minor units. `until` None = unknown."""

    cents: int
    until: datetime | None


class Standing(NamedTuple):
    """What can leave a wallet, and what keeps the rest, the first to be free first."""

    left: Withdrawable
    unsafe: tuple[Unsafe, ...]


@dataclass(frozen=True, slots=True)
class _Unripe:
    user_id: UUID
    cents: int


_UNRIPE: Final = _SQL.rows("unripe", _Unripe)
_UNSAFE: Final = _SQL.rows("unsafe", Unsafe)
_PAGE: Final = _SQL.values("page", UUID)
_COURSES: Final = _SQL.rows("courses", EventRow)
_QUEUED_BEHIND: Final = _SQL.value("queued_behind", int)
_HAS_WITHDRAWN: Final = _SQL.value("has_withdrawn", bool)


async def withdrawable(
    conn: db.Conn, user_id: UUID, *, now: datetime, currency: str = store.CURRENCY
) -> Withdrawable:
    """Say what can leave a person's wallet. Units: minor units."""
    return (await standing(conn, user_id, now=now, currency=currency)).left


async def standing(
    conn: db.Conn, user_id: UUID, *, now: datetime, currency: str = store.CURRENCY
) -> Standing:
    """Say what can leave a person's wallet, and when more can. Units: minor units."""
    kinds = [Kind.WALLET, Kind.RECEIVABLE]
    nets = await ledger.nets(conn, [user_id], kinds, currency=currency)
    unsafe = await _UNSAFE.all(conn, user_id, now)
    spendable = nets.get((user_id, Kind.WALLET), 0)
    owed = -nets.get((user_id, Kind.RECEIVABLE), 0)
    free = 0 if owed else max(0, spendable - sum(u.cents for u in unsafe))
    return Standing(Withdrawable(spendable, free, owed), tuple(unsafe))


async def unripe(conn: db.Conn, user_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, int]:
    """Sum up by person what banks may still take back, in minor units; nothing is no entry."""
    return {u.user_id: u.cents for u in await _UNRIPE.all(conn, user_ids, now)}


async def queued_behind(conn: db.Conn, op: Operation) -> int:
    """Sum up what its person asked to withdraw after this and still waits, in minor units."""
    return await _QUEUED_BEHIND.get(conn, op.user_id, op.created_at, op.id)


def free_at(kept: int, unsafe: Sequence[Unsafe], *, now: datetime) -> datetime | None:
    """Say when what stays in the wallet covers all that may still come back; None = it does.

    Not by what is asked for alone: in pieces nothing leaves earlier than in one.
    """
    missing = sum(u.cents for u in unsafe) - kept
    if missing <= 0:
        return None
    at = now
    for one in unsafe:
        at = one.until or banking_days.end_of(banking_days.after(now.date(), _UNKNOWN_WINDOW))
        missing -= one.cents
        if missing <= 0:
            break
    return max(at, now)


async def move(conn: db.Conn, user_id: UUID, op_id: UUID, kinds: Sequence[OpKind]) -> Shown | None:
    """Find a deposit or withdrawal of a person's own."""
    found = await store.read(conn, [op_id])
    if not found or found[0].user_id != user_id or found[0].kind not in kinds:
        return None
    if found[0].purpose != Purpose.USER:
        return None
    return Shown(found[0], tuple(await _COURSES.all(conn, [op_id])))


async def moves(
    conn: db.Conn,
    user_id: UUID,
    kinds: Sequence[OpKind],
    *,
    before: tuple[datetime, UUID],
    limit: int,
) -> list[Shown]:
    """List a person's deposits or withdrawals, newest first."""
    listed = await _PAGE.all(conn, user_id, list(kinds), *before, limit)
    rows = {o.id: o for o in await store.read(conn, listed)}
    courses: defaultdict[UUID, list[EventRow]] = defaultdict(list)
    for event in await _COURSES.all(conn, listed):
        courses[event.operation_id].append(event)
    return [Shown(rows[i], tuple(courses[i])) for i in listed]


async def states(
    conn: db.Conn, wanted: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], str]:
    """Say where deposits and withdrawals stand, by (person, operation), each person's own alone."""
    rows = {o.id: o for o in await store.read(conn, sorted({op_id for _, op_id in wanted}))}
    return {
        (user_id, op.id): OpState(op.state).name
        for user_id, op_id in wanted
        if (op := rows.get(op_id)) is not None
        and op.user_id == user_id
        and op.purpose == Purpose.USER
    }


async def has_withdrawn(conn: db.Conn, user_id: UUID, source_id: UUID) -> bool:
    """Tell whether a person has sent money to this source before."""
    return await _HAS_WITHDRAWN.get(conn, user_id, source_id)
