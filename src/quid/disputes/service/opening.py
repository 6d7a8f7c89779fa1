"""Opening: a person reports a payment, or appeals against what the house decided."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.disputes import errors, events, queries, rules, store
from quid.disputes.queries import About
from quid.disputes.service import told
from quid.disputes.types import DisputeRow, Open, Promise, State
from quid.funding import queries as funding
from quid.identity import queries as identity
from quid.kit import audit, db, idempotency, ids, outbox, runtime
from quid.kit.errors import NotFound
from quid.kit.once import Answer
from quid.payments import queries as payments

OPERATION: Final = "disputes.open"
_OPENED: Final = Answer(201, b"")


class Opened(NamedTuple):
    """The dispute of a key; `is_replayed`: it had been opened before."""

    dispute_id: UUID
    is_replayed: bool


async def open_dispute(cmd: Open, *, now: datetime) -> Opened:
    """Command: report a payment, or appeal against a hold or a payment that we stopped.

    Nobody but its person and operators is told. Raises: NotFound, NotDisputable, AlreadyOpen,
    IdempotencyKeyReused. Locks: the key. Emits: disputes.dispute_changed.v1.
    Idempotent: (person, "disputes.open", key).
    """
    async with runtime.part(db.Database).transaction() as tx:
        [stored] = await idempotency.claim(tx, [cmd.key])
        if stored is not None and stored.object_id is not None:
            idempotency.replay(stored, cmd.key)
            return Opened(stored.object_id, is_replayed=True)
        await _require_subject(tx, cmd, now=now)
        row = _row(cmd, await _promise(tx, cmd, now=now), now=now)
        if not await store.add(tx, row):
            raise await _why_not(tx, row)
        await store.say(tx, told.message(row, "user", cmd.text, now=now))
        await outbox.append(tx, [events.changed(row, "opened", at=now)])
        await audit.record(tx, [told.by_person("disputes.open", row, now=now)])
        await idempotency.finish(tx, [(cmd.key, cmd.id, _OPENED)], now=now)
    return Opened(cmd.id, is_replayed=False)


async def _require_subject(tx: db.Tx, cmd: Open, *, now: datetime) -> None:
    """Make sure that it is about something of this person. Raises: NotFound, NotDisputable."""
    if cmd.claim == "hold":
        holds = await identity.freezes(tx, cmd.opened_by)
        hold = next((h for h in holds if h.id == cmd.subject_id), None)
        if hold is None:
            raise NotFound
        if hold.is_own:
            raise errors.NotDisputable(
                "You have locked your account yourself: nobody but you can open it. Nothing "
                "changed. Recover your account, or wait until the lock ends."
            )
        return
    payment = await payments.payment(tx, cmd.subject_id, viewer_id=cmd.opened_by)
    if payment is None:
        raise NotFound
    if cmd.claim == "rejected":
        rules.require_rejected(payment.row)
    else:
        rules.require_reportable(payment.row, now=now)


async def _promise(tx: db.Tx, cmd: Open, *, now: datetime) -> Promise:
    """Say by when it is answered. Of a new account banks and we need longer (Regulation E)."""
    if cmd.claim in rules.APPEALS:
        return Promise(funding.banking_day_after(now, rules.APPEAL_DAYS), None)
    card = (await identity.cards(tx, [cmd.opened_by])).get(cmd.opened_by)
    is_new = card is not None and now - card.created_at < rules.NEW_ACCOUNT
    days = rules.ANSWER_DAYS_OF_NEW if is_new else rules.ANSWER_DAYS
    at_latest = rules.AT_LATEST_OF_NEW if is_new else rules.AT_LATEST
    return Promise(funding.banking_day_after(now, days), funding.day_after(now, at_latest))


async def _why_not(tx: db.Tx, row: DisputeRow) -> errors.AlreadyOpen:
    """Name the dispute that stands in the way of another one."""
    about = About(row.payment_id, row.freeze_id)
    [found] = await queries.of_person(tx, row.opened_by, about, before=queries.NEWEST, limit=1)
    shown = ids.show("dsp", found.row.id)
    state = State(found.row.state).name
    return errors.AlreadyOpen(
        "You have told us about this already. Nothing changed. See what became of it.",
        extra={"dispute_id": shown, "state": state},
    )


def _row(cmd: Open, promise: Promise, *, now: datetime) -> DisputeRow:
    is_hold = cmd.claim == "hold"
    return DisputeRow(
        id=cmd.id,
        opened_by=cmd.opened_by,
        claim=cmd.claim,
        payment_id=None if is_hold else cmd.subject_id,
        freeze_id=cmd.subject_id if is_hold else None,
        state=State.OPEN,
        opened_at=now,
        answer_on=promise.answer_on,
        at_latest_on=promise.at_latest_on,
        ended_at=None,
    )
