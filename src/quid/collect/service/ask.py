"""Asking: a request is written down, where its two people and the bounds allow it."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from quid.collect import errors, events, rules, store
from quid.collect.service import told
from quid.collect.types import Ask, RequestRow, State
from quid.identity import queries as identity
from quid.identity.queries import graph, people
from quid.identity.types import FreezeScope
from quid.kit import audit, db, idempotency, outbox, runtime
from quid.kit.once import Answer
from quid.payments import queries as payments

OPERATION: Final = "collect.ask"
_ASKED: Final = Answer(201, b"")


class Asked(NamedTuple):
    """The request of a key; `is_replayed`: it had been made before."""

    request_id: UUID
    is_replayed: bool


async def ask(cmd: Ask, *, now: datetime) -> Asked:
    """Command: ask somebody for money.

    Raises: InvalidRecipient, RecipientNotFound, AccountFrozen, NotWelcome, NotYet at a bound,
    IdempotencyKeyReused.
    Locks: the key, the requester's turn (advisory). Emits: collect.request_changed.v1.
    Idempotent: (requester, "collect.ask", key).
    """
    if cmd.requester_id == cmd.requestee_id:
        raise errors.InvalidRecipient(field="requestee_id")
    async with runtime.part(db.Database).transaction() as tx:
        [stored] = await idempotency.claim(tx, [cmd.key])
        if stored is not None and stored.object_id is not None:
            idempotency.replay(stored, cmd.key)
            return Asked(stored.object_id, is_replayed=True)
        row = _row(cmd, is_known=await _is_known(tx, cmd, now=now), now=now)
        so_far = await store.count(tx, cmd.requester_id, cmd.requestee_id, now=now)
        rules.require_room(to_one=so_far.open_to_one, in_all=so_far.open_in_all)
        rules.require_calm(to_one=so_far.made_to_one, in_all=so_far.made_in_all)
        await store.add(tx, row)
        asked = events.changed(row, "created", at=now, is_quiet=so_far.was_asked_lately)
        await outbox.append(tx, [asked])
        entry = told.by_person("collect.ask", row, is_requester=True, now=now)
        await audit.record(tx, [entry])
        await idempotency.finish(tx, [(cmd.key, cmd.id, _ASKED)], now=now)
    return Asked(cmd.id, is_replayed=False)


async def require_unfrozen(tx: db.Tx, user_id: UUID) -> None:
    """Make sure that the account is not on hold for everything. Raises: AccountFrozen."""
    for freeze in await identity.freezes(tx, user_id):
        if freeze.scope == FreezeScope.ALL:
            extra = {"reason": freeze.reason_class}
            raise errors.AccountFrozen(freeze.text or errors.AccountFrozen.text, extra=extra)


async def _is_known(tx: db.Tx, cmd: Ask, *, now: datetime) -> bool:
    """Judge the two people; say whether the requestee knows the requester.

    To be paid makes nobody known: a cent from a stranger would open the door.

    Raises: the refusals of `ask` that are about people.
    """
    await require_unfrozen(tx, cmd.requester_id)
    [standing] = await identity.standings(
        tx,
        payer_ids=[cmd.requester_id],
        session_ids=[None],
        payee_ids=[cmd.requestee_id],
        now=now,
    )
    wishes = await people.privacy(tx, cmd.requestee_id)
    if wishes is None or not standing.is_payee_open or standing.is_blocked:
        raise errors.RecipientNotFound(field="requestee_id")
    [tie] = await graph.ties(tx, [cmd.requester_id], [cmd.requestee_id])
    is_known = tie.is_friend or await payments.has_paid(tx, cmd.requestee_id, cmd.requester_id)
    rules.require_welcome(wishes.who_may_request, is_friend=tie.is_friend, is_known=is_known)
    return is_known


def _row(cmd: Ask, *, is_known: bool, now: datetime) -> RequestRow:
    expires_at = now + timedelta(days=cmd.expires_in_days)
    is_told = rules.is_told_at_birth(now, expires_at)
    return RequestRow(
        id=cmd.id,
        requester_id=cmd.requester_id,
        requestee_id=cmd.requestee_id,
        amount_minor=cmd.amount_minor,
        currency=cmd.currency,
        note=cmd.note,
        requester_visibility=cmd.visibility,
        is_known=is_known,
        state=State.PENDING,
        created_at=now,
        expires_at=expires_at,
        ended_at=None,
        payment_id=None,
        reminders_sent=0,
        last_reminded_at=None,
        steps_taken=0,
        is_told_expiring=is_told,
        due_at=rules.next_at(now, expires_at, 0, is_told=is_told),
    )
