"""Writes to payments' own tables, many rows a statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.kit import db
from quid.payments.types import Kind, PaymentRow, State

_SQL = db.sql(__package__, "store")
_RECORD = _SQL.command("record")
_ADD_ACTIVITY = _SQL.command("add_activity")


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
