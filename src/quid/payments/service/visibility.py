"""Who may see that a payment happened: each of its people says, and the stricter wish holds."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from quid.kit import audit, db, ids, outbox, runtime, telemetry
from quid.kit.errors import NotFound
from quid.kit.events import Event
from quid.payments import events, queries, rules, store
from quid.payments.service.waiting import shown
from quid.payments.types import Payment, PaymentRow, Visibility

_PAGE: Final = 500
_NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


async def show_to(
    payment_id: UUID,
    viewer_id: UUID,
    visibility: Visibility,
    *,
    show_amount: bool | None,
    now: datetime,
) -> Payment:
    """Command: set one's own wish for one payment; None leaves `show_amount` as it is.

    What is so already is told to nobody. Raises: NotFound. Locks: payments.payment.
    Emits: payments.visibility_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await store.lock(tx, payment_id)
        before = (await queries.found(tx, [payment_id])).get(payment_id)
        done = await store.show_to(tx, payment_id, viewer_id, visibility, show_amount=show_amount)
        if before is None or not done:
            raise NotFound
        row = (await queries.found(tx, [payment_id]))[payment_id]
        if row != before:
            await audit.record(tx, [_entry("payments.visibility", viewer_id, payment_id, now)])
        if _effective(row) != _effective(before):
            await outbox.append(tx, [_changed(before, row, now)])
    return await shown(payment_id, viewer_id)


def _effective(row: PaymentRow) -> tuple[Visibility, bool]:
    return (
        rules.stricter(row.payer_visibility, row.payee_visibility),
        row.payer_show_amount and row.payee_show_amount,
    )


def _changed(before: PaymentRow, row: PaymentRow, now: datetime) -> Event:
    visibility, show_amount = _effective(row)
    event = events.VisibilityChanged(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        visibility=visibility,
        show_amount=show_amount,
        visibility_before=_effective(before)[0],
    )
    return Event("payments", event.TYPE, ("pay", row.id), row.payer_id, now, event)


async def hide_past(viewer_id: UUID, visibility: Visibility, *, now: datetime) -> int:
    """Command: let nobody see more of one's past payments than `visibility`; say how many it hid.

    A page at a time, each its own transaction: a long past locks nothing for long, and whoever
    repeats it goes on where it was cut off. Who reads a payment reads its wishes, so there is no
    event for each. Locks: payments.payment by id.
    """
    before, hidden = _NEWEST, 0
    while True:
        async with runtime.part(db.Database).transaction() as tx:
            page = await store.tighten(tx, viewer_id, before, visibility, many=_PAGE)
            hidden += page.hidden
            is_last = page.seen < _PAGE or page.last_at is None or page.last_id is None
            if is_last:
                await audit.record(tx, [_entry("payments.hide_past", viewer_id, None, now)])
        if page.last_at is None or page.last_id is None or is_last:
            return hidden
        before = (page.last_at, page.last_id)


def _entry(action: str, user_id: UUID, payment_id: UUID | None, now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="payment" if payment_id else "person",
        resource_id=ids.show("pay", payment_id) if payment_id else ids.show("usr", user_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
    )
