"""Likes and comments: only by who sees the payment, each once, and taken back as easily."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.collect.service import require_unfrozen
from quid.identity.queries import graph
from quid.kit import audit, db, idempotency, ids, outbox, runtime, telemetry
from quid.kit.errors import Forbidden, NotFound
from quid.kit.once import Answer
from quid.payments import queries as payments
from quid.social import events, queries, rules
from quid.social.queries import talk
from quid.social.store import talk as store
from quid.social.types import NewComment, Talk, Written

# Its text is not kept a second time: the answer is made anew from the comment, while it stands.
_MADE: Final = Answer(201, b"")


async def like(payment_id: UUID, user_id: UUID, *, now: datetime) -> Talk:
    """Command: like a payment. Doing it twice changes nothing.

    Of somebody who takes it back and likes it again, the two of the payment do not hear again.
    Raises: NotFound for who does not see it, AccountFrozen. Emits: social.liked.v1, the first time.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await _require_seen(tx, payment_id, user_id)
        await require_unfrozen(tx, user_id)
        is_first = await store.like(tx, payment_id, user_id, at=now)
        if is_first:
            await outbox.append(tx, [events.liked(payment_id, user_id, at=now)])
        if is_first is not None:
            await audit.record(tx, [_entry("social.like", user_id, ("pay", payment_id), now)])
        return await _talk(tx, payment_id, user_id)


async def unlike(payment_id: UUID, user_id: UUID, *, now: datetime) -> Talk:
    """Command: like it no more. Doing it twice changes nothing.

    Also a payment that one sees no more, of which nothing else is told then.
    Raises: NotFound for who does not see it, and does not like it.
    """
    async with runtime.part(db.Database).transaction() as tx:
        is_gone = await store.unlike(tx, payment_id, user_id, at=now)
        if is_gone:
            await audit.record(tx, [_entry("social.unlike", user_id, ("pay", payment_id), now)])
        if await queries.may_see(tx, user_id, payment_id) is not None:
            return await _talk(tx, payment_id, user_id)
        if not is_gone:
            raise NotFound
        return rules.NOTHING_SAID


async def comment(cmd: NewComment, *, now: datetime) -> Written:
    """Command: write under a payment.

    Raises: NotFound for who does not see it, now as under this key before; IdempotencyKeyReused,
    AccountFrozen.
    Locks: the key, if there is one. Emits: social.commented.v1. Idempotent: the key.
    """
    author_id = cmd.author_id
    async with runtime.part(db.Database).transaction() as tx:
        if cmd.key is not None:
            [stored] = await idempotency.claim(tx, [cmd.key])
            if stored is not None and stored.object_id is not None:
                idempotency.replay(stored, cmd.key)
                await _require_seen(tx, cmd.payment_id, author_id)
                return Written(stored.object_id, is_replayed=True)
        await _require_seen(tx, cmd.payment_id, author_id)
        await require_unfrozen(tx, author_id)
        await store.write(tx, cmd, at=now)
        told = events.commented(cmd.payment_id, cmd.id, author_id, at=now)
        await outbox.append(tx, [told])
        await audit.record(tx, [_entry("social.comment", author_id, ("cmt", cmd.id), now)])
        if cmd.key is not None:
            await idempotency.finish(tx, [(cmd.key, cmd.id, _MADE)], now=now)
    return Written(cmd.id, is_replayed=False)


async def remove_comment(
    comment_id: UUID, payment_id: UUID, user_id: UUID, *, now: datetime
) -> None:
    """Command: delete a comment: one's own, wherever it stands, or any under one's own payment.

    Raises: Forbidden for others who can read it, NotFound.
    """
    async with runtime.part(db.Database).transaction() as tx:
        found = await talk.comment(tx, comment_id, payment_id)
        if found is None:
            raise NotFound
        if found.author_id != user_id:
            await _require_own(tx, payment_id, user_id, author_id=found.author_id)
        if not await store.remove(tx, comment_id, payment_id):
            raise NotFound
        entry = _entry("social.remove_comment", user_id, ("cmt", comment_id), now)
        await audit.record(tx, [entry])


async def _require_own(tx: db.Tx, payment_id: UUID, user_id: UUID, *, author_id: UUID) -> None:
    story = (await payments.stories(tx, [payment_id])).get(payment_id)
    if story is not None and rules.is_party(user_id, story):
        return
    await _require_seen(tx, payment_id, user_id)
    if author_id in await graph.blocked_with(tx, user_id):
        raise NotFound
    raise Forbidden("Only its author and the two of the payment can delete it. Nothing changed.")


async def _require_seen(tx: db.Tx, payment_id: UUID, user_id: UUID) -> None:
    if await queries.may_see(tx, user_id, payment_id) is None:
        raise NotFound


async def _talk(tx: db.Tx, payment_id: UUID, user_id: UUID) -> Talk:
    blocked = await graph.blocked_with(tx, user_id)
    return (await talk.counts(tx, user_id, [payment_id], blocked=blocked))[payment_id]


def _entry(action: str, user_id: UUID, what: tuple[str, UUID], now: datetime) -> audit.Entry:
    prefix, subject = what
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="payment" if prefix == "pay" else "comment",
        resource_id=ids.show(prefix, subject),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
    )
