"""Writes to payments' own tables, many rows a statement."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.kit import db
from quid.payments.types import (
    Kind,
    OutsideRow,
    PaymentRow,
    ReversalRow,
    State,
    Visibility,
    WaitingRow,
)

_SQL = db.sql(__package__, "store")
_RECORD = _SQL.command("record")
_ADD_ACTIVITY = _SQL.command("add_activity")
_WAITING = db.sql(__package__, "waiting")
_HOLD = _WAITING.command("hold")
_LOCK = _WAITING.values("lock", UUID)
_LOCK_DUE = _WAITING.values("lock_due", UUID)
_END = _WAITING.command("end")
_ADD_RETURNED = _WAITING.command("add_returned")
_REVERSE = _WAITING.command("reverse")
_SHOW_TO = _WAITING.command("show_to")


class Kept(NamedTuple):
    """A payment to write down, and what each party then had (None: nothing moved)."""

    row: PaymentRow
    payer_after: int | None
    payee_after: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of activity to write. Amounts in minor units, unsigned."""

    user_id: UUID
    at: datetime
    id: UUID
    kind: Kind
    is_incoming: bool
    state: State
    amount_minor: int
    currency: str
    counterparty_id: UUID | None
    note: str
    balance_after_minor: int | None


async def record(tx: db.Tx, kept: list[Kept], *, authorized_at: datetime) -> None:
    """Insert payments, with the path of their states, and the lines of activity of their parties.

    Locks: nothing but the new rows.
    """
    if not kept:
        return
    rows = [k.row for k in kept]
    await _RECORD.run(
        tx,
        [r.id for r in rows],
        [r.payer_id for r in rows],
        [r.payee_id for r in rows],
        [r.amount_minor for r in rows],
        [r.currency for r in rows],
        [r.note for r in rows],
        [r.payer_visibility for r in rows],
        [r.payee_visibility for r in rows],
        [r.payer_show_amount for r in rows],
        [r.payee_show_amount for r in rows],
        [r.times[0] for r in rows],
        authorized_at,
        [r.times[-1] for r in rows],
        [r.refusal_code for r in rows],
        [k.payer_after for k in kept],
        [k.payee_after for k in kept],
        [r.request_id for r in rows],
    )


async def add_activity(tx: db.Tx, lines: list[Line]) -> None:
    """Insert lines of activity. Locks: nothing but the new rows."""
    if not lines:
        return
    await _ADD_ACTIVITY.run(
        tx,
        [x.user_id for x in lines],
        [x.at for x in lines],
        [x.id for x in lines],
        [x.kind for x in lines],
        [x.is_incoming for x in lines],
        [x.state for x in lines],
        [x.amount_minor for x in lines],
        [x.currency for x in lines],
        [x.counterparty_id for x in lines],
        [x.note for x in lines],
        [x.balance_after_minor for x in lines],
    )


# --- waiting -----------------------------------------------------------------------------------


class HeldBack(NamedTuple):
    """A payment that waits, what it waits for, and what its payer can then spend (minor units)."""

    row: PaymentRow
    waiting: WaitingRow
    payer_after: int | None


class Ended(NamedTuple):
    """When the waiting of a payment ended: after its posting."""

    payment_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of a payment that came back: a line of activity. Amounts in minor units, unsigned."""

    user_id: UUID
    at: datetime
    id: UUID
    kind: Kind
    is_incoming: bool
    state: State
    amount_minor: int
    currency: str
    counterparty_id: UUID | None
    balance_after_minor: int | None
    payment_id: UUID


async def hold(tx: db.Tx, held: list[HeldBack]) -> None:
    """Insert payments that wait, with their payers' lines. Locks: nothing but the new rows."""
    if not held:
        return
    rows, waits = [h.row for h in held], [h.waiting for h in held]
    await _HOLD.run(
        tx,
        [r.id for r in rows],
        [r.payer_id for r in rows],
        [r.payee_id for r in rows],
        [r.amount_minor for r in rows],
        [r.currency for r in rows],
        [r.note for r in rows],
        [r.payer_visibility for r in rows],
        [r.payee_visibility for r in rows],
        [r.payer_show_amount for r in rows],
        [r.payee_show_amount for r in rows],
        [r.times[0] for r in rows],
        [w.since for w in waits],
        [w.until for w in waits],
        [w.state for w in waits],
        [w.reason for w in waits],
        [",".join(w.methods) for w in waits],
        [h.payer_after for h in held],
        [r.request_id for r in rows],
    )


async def lock(tx: db.Tx, payment_id: UUID) -> None:
    """Lock a payment before it is read. Locks: payments.payment."""
    await _LOCK.all(tx, [payment_id])


async def lock_due(tx: db.Tx, *, now: datetime, many: int) -> list[UUID]:
    """Lock waiting payments whose time is over, those aside that somebody acts on, by id.

    Locks: payments.payment.
    """
    return await _LOCK_DUE.all(tx, now, many)


async def end(
    tx: db.Tx,
    ended: list[Ended],
    moves: tuple[State, ...],
    *,
    now: datetime,
    refusal_code: str | None = None,
) -> None:
    """Let payments wait no more: states, the payer's lines, and the row of the waiting.

    Locks: payments.payment (the caller holds them).
    """
    await _END.run(
        tx,
        [e.payment_id for e in ended],
        list(moves),
        now,
        [e.at for e in ended],
        refusal_code,
    )


async def add_returned(tx: db.Tx, lines: list[Returned]) -> None:
    """Insert lines of money that came back. Locks: nothing but the new rows."""
    if not lines:
        return
    await _ADD_RETURNED.run(
        tx,
        [x.user_id for x in lines],
        [x.at for x in lines],
        [x.id for x in lines],
        [x.kind for x in lines],
        [x.is_incoming for x in lines],
        [x.state for x in lines],
        [x.amount_minor for x in lines],
        [x.currency for x in lines],
        [x.counterparty_id for x in lines],
        [x.balance_after_minor for x in lines],
        [x.payment_id for x in lines],
    )


async def reverse(tx: db.Tx, row: ReversalRow, *, approval_id: UUID) -> None:
    """Write a reversal down, on the payment too. Locks: payments.payment (the caller holds it)."""
    await _REVERSE.run(
        tx, row.id, row.payment_id, row.amount_minor, row.at, row.reason, approval_id
    )


async def show_to(
    tx: db.Tx,
    payment_id: UUID,
    viewer_id: UUID,
    visibility: Visibility,
    *,
    show_amount: bool | None,
) -> bool:
    """Set one party's wish; say whether the payment is theirs. Locks: payments.payment."""
    return await _SHOW_TO.run(tx, payment_id, viewer_id, visibility, show_amount) == 1


@dataclass(frozen=True, slots=True)
class Tightened:
    """A page of somebody's past: how many payments were looked at and hidden, and the last one."""

    seen: int
    hidden: int
    last_at: datetime | None
    last_id: UUID | None


async def tighten(
    tx: db.Tx,
    viewer_id: UUID,
    before: tuple[datetime, UUID],
    visibility: Visibility,
    *,
    many: int,
) -> Tightened:
    """Hide a page of past payments from those who may see more than `visibility`.

    Locks: payments.payment.
    """
    return await _TIGHTEN.one(tx, viewer_id, *before, many, visibility)


_TIGHTEN = _WAITING.rows("tighten", Tightened)


# --- paid for by a bank or card ----------------------------------------------------------------

_OUTSIDE = db.sql(__package__, "outside")
_ADD_PAYMENT = _OUTSIDE.command("add_payment")
_ADD_OUTSIDE = _OUTSIDE.command("add_outside")
_ADD_WAITING = _OUTSIDE.command("add_waiting")
_ADD_LINES = _OUTSIDE.command("add_lines")
_MOVE = _OUTSIDE.command("move")
_TELL = _OUTSIDE.command("tell")
_TAKE_DUE = _OUTSIDE.values("take_due", UUID)
_LOOKED = _OUTSIDE.command("looked")
_ADD_MOVES = _OUTSIDE.command("add_moves")
_SHOW_OPERATION = _OUTSIDE.command("show_operation")


async def add_outside(
    tx: db.Tx, row: PaymentRow, outside: OutsideRow, waiting: WaitingRow | None, *, after: int
) -> None:
    """Insert a payment that a bank or card pays for, and its payer's two lines.

    `after` is what the payer can then spend (minor units). Of the two lines the one of the lower
    id is listed first, so its balance is one step from there. The fee stands on the payment's.
    Locks: nothing but the new rows.
    """
    await _ADD_PAYMENT.run(
        tx, row.id, row.payer_id, row.payee_id, row.amount_minor, row.currency, row.note,
        row.payer_visibility, row.payee_visibility, row.payer_show_amount, row.payee_show_amount,
        row.states, row.times, row.request_id,
    )  # fmt: skip
    o = outside
    await _ADD_OUTSIDE.run(
        tx, o.payment_id, o.payer_id, o.operation_id, o.source_id, o.kind, o.label,
        o.balance_minor, o.outside_minor, o.fee_minor, o.lands_on, o.ip,
        o.user_agent, o.since, o.counted_at,
    )  # fmt: skip
    if waiting is not None:
        await _ADD_WAITING.run(
            tx, row.id, row.payer_id, waiting.state, waiting.since, waiting.until, waiting.reason,
            waiting.methods,
        )  # fmt: skip
    await _ADD_LINES.run(
        tx, row.payer_id, o.since, [o.operation_id, row.id], [Kind.FUNDING, Kind.PAYMENT],
        [True, False], row.state, [o.outside_minor, row.amount_minor], row.currency,
        [None, row.payee_id], [o.label, row.note], [after + row.amount_minor, after],
        [row.id, None], o.operation_id, [0, o.fee_minor],
    )  # fmt: skip


async def move_outside(
    tx: db.Tx,
    ended: list[Ended],
    moves: tuple[State, ...],
    *,
    refusal_code: str | None = None,
    is_end: bool = True,
) -> None:
    """Let payments that a bank or card pays for move on: states, and the payer's lines.

    Locks: payments.payment (the caller holds them), payments.outside.
    """
    shown = State.PROCESSING if moves[-1] is State.REDIRECTED else moves[-1]
    await _MOVE.run(
        tx, [e.payment_id for e in ended], list(moves), [e.at for e in ended], refusal_code,
        shown, is_end,
    )  # fmt: skip


async def tell(tx: db.Tx, payment_ids: list[UUID], *, now: datetime) -> None:
    """Say that something has happened at the operations of these. Locks: payments.outside."""
    await _TELL.run(tx, payment_ids, now)


async def take_due(tx: db.Tx, *, now: datetime, many: int, again: datetime) -> list[UUID]:
    """Take those that are to be looked at; due `again` unless they are. Locks: payments.outside."""
    return await _TAKE_DUE.all(tx, now, many, again)


async def looked(tx: db.Tx, payment_id: UUID) -> None:
    """Say that one was looked at. Locks: payments.outside."""
    await _LOOKED.run(tx, payment_id)


@dataclass(frozen=True, slots=True)
class Move:
    """What a bank or card did to a balance: a line of activity. Minor units, unsigned.

    Without a balance it is what the balance did not have: owed.
    """

    user_id: UUID
    at: datetime
    id: UUID
    kind: Kind
    is_incoming: bool
    state: State
    amount_minor: int
    currency: str
    note: str
    balance_after_minor: int | None
    payment_id: UUID | None
    operation_id: UUID | None
    fee_minor: int


async def add_moves(tx: db.Tx, moves: list[Move]) -> None:
    """Insert lines; one that is there stays. Locks: nothing but the new rows."""
    if moves:
        columns = zip(*(astuple(m) for m in moves), strict=True)
        await _ADD_MOVES.run(tx, *(list(c) for c in columns))


async def show_operation(
    tx: db.Tx, owner: UUID, since: datetime, operation_id: UUID, state: State
) -> None:
    """Let the line of what a bank or card did say where it stands. Locks: payments.activity."""
    await _SHOW_OPERATION.run(tx, owner, since, operation_id, state)
