"""Payments by id or key, each with its two people and what more there is to it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from quid.funding import queries as funding
from quid.identity import queries as people
from quid.kit import db, idempotency
from quid.kit.once import Key
from quid.payments import rules
from quid.payments.types import (
    Action,
    OutsideRow,
    Party,
    Payment,
    PaymentRow,
    ReversalRow,
    State,
    WaitingRow,
)

_SQL = db.sql("quid.payments", "queries")
_PAYMENT = _SQL.rows("payment", PaymentRow)
_LATEST = _SQL.rows("latest", PaymentRow)
_WAITING = db.sql("quid.payments", "waiting")
_WAITING_OF = _WAITING.rows("waiting", WaitingRow)
_FOUND = _WAITING.rows("found", PaymentRow)
_REVERSALS = _WAITING.rows("reversals", ReversalRow)
_OUTSIDE = db.sql("quid.payments", "outside").rows("outside", OutsideRow)
_GONE: Final = ("", "Someone")


async def payment(conn: db.Conn, payment_id: UUID, *, viewer_id: UUID) -> Payment | None:
    """Find a payment of which the viewer is a party; a DECLINED one is the payer's alone."""
    row = await _PAYMENT.maybe(conn, payment_id, viewer_id)
    return (await with_people(conn, [row]))[0] if row else None


async def views(
    conn: db.Conn, wanted: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Payment]:
    """Find payments for many viewers, by (viewer, payment), as `payment` finds one."""
    rows = await found(conn, sorted({payment_id for _, payment_id in wanted}))
    theirs = [
        (viewer_id, payment_id)
        for viewer_id, payment_id in wanted
        if payment_id in rows and rules.is_shown_to(rows[payment_id], viewer_id)
    ]
    shown = await with_people(conn, [rows[i] for i in {payment_id for _, payment_id in theirs}])
    payments = {p.row.id: p for p in shown}
    return {pair: payments[pair[1]] for pair in theirs}


async def payment_of_key(conn: db.Conn, key: Key) -> Payment | None:
    """Find what a key has made, for a payer whose answer was lost."""
    stored = (await idempotency.look_up(conn, [key])).get(key.scope)
    if stored is None or stored.object_id is None:
        return None
    return await payment(conn, stored.object_id, viewer_id=key.user_id)


async def latest(conn: db.Conn, *, limit: int) -> list[Payment]:
    """List the latest completed payments of everybody (the live page of demo mode)."""
    return await with_people(conn, await _LATEST.all(conn, limit))


async def with_people(conn: db.Conn, rows: list[PaymentRow]) -> list[Payment]:
    """Add to each payment its two people, what it waits for, and what was taken back of it."""
    parties = await parties_of(conn, {p for r in rows for p in (r.payer_id, r.payee_id)})
    waits = await waiting(conn, [r.id for r in rows if r.state in rules.WAITING])
    paid = await outside(conn, [r.id for r in rows if _may_be_outside(r)])
    asked = [paid[r.id] for r in rows if r.state is State.REDIRECTED and r.id in paid]
    actions = await _actions(conn, asked)
    back: defaultdict[UUID, list[ReversalRow]] = defaultdict(list)
    if reversed_ids := [r.id for r in rows if r.reversed_minor]:
        for found in await _REVERSALS.all(conn, reversed_ids):
            back[found.payment_id].append(found)
    return [
        Payment(
            r,
            parties[r.payer_id],
            parties[r.payee_id],
            waits.get(r.id),
            tuple(back[r.id]),
            paid.get(r.id),
            actions.get(r.id),
        )
        for r in rows
    ]


def _may_be_outside(row: PaymentRow) -> bool:
    """Whether a bank or card may be paying: almost every payment has a path that says no."""
    return row.states[1] in rules.WAITING or State.PROCESSING in row.states


async def outside(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, OutsideRow]:
    """Tell who pays what of payments that a bank or card pays for; any other is left out."""
    if not payment_ids:
        return {}
    return {o.payment_id: o for o in await _OUTSIDE.all(conn, payment_ids)}


async def _actions(conn: db.Conn, asked: list[OutsideRow]) -> dict[UUID, Action]:
    """Give the pages that payers must open at their banks."""
    if not asked:
        return {}
    found = await funding.operations(conn, [o.operation_id for o in asked])
    at = {o.id: o for o in found}
    return {
        o.payment_id: Action(url, op.deadline)
        for o in asked
        if (op := at.get(o.operation_id)) is not None and (url := op.action_url)
    }


async def waiting(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, WaitingRow]:
    """Tell what payments wait for; one that waits no more is left out."""
    if not payment_ids:
        return {}
    return {w.payment_id: w for w in await _WAITING_OF.all(conn, payment_ids)}


async def found(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, PaymentRow]:
    """Read payments by id, whoever asks: for those who act on them, not to be shown."""
    return {r.id: r for r in await _FOUND.all(conn, payment_ids)}


async def for_operators(conn: db.Conn, payment_ids: list[UUID]) -> list[Payment]:
    """Read payments of anybody, in the order asked for; one that is not there is left out."""
    rows = await found(conn, payment_ids)
    return await with_people(conn, [rows[i] for i in payment_ids if i in rows])


async def parties_of(conn: db.Conn, user_ids: set[UUID]) -> dict[UUID, Party]:
    """Show people as payments show them; who is gone reads as "Someone"."""
    cards = await people.cards(conn, sorted(user_ids)) if user_ids else {}
    found = {u: (c.handle, c.display_name) for u, c in cards.items()}
    return {u: Party(u, *found.get(u, _GONE)) for u in user_ids}
