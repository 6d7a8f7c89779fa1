"""What people are to each other: friends, asked, blocked, muted.

Acts between two people lock both their rows, the smaller id first: so crossing asks find each
other, and the bounds of a day and of friends are counted exactly.
"""

from datetime import datetime
from uuid import UUID

from quid.identity import events, rules
from quid.identity.errors import NotYet, PersonNotFound
from quid.identity.store import graph
from quid.kit import audit, clock, db, ids, outbox, runtime, telemetry
from quid.kit.errors import RateLimited, ValidationFailed


async def befriend(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Ask somebody to be a friend, or accept who has asked. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound (also across a block), NotYet, RateLimited.
    Locks: identity.person, both.
    Emits: identity.friend_asked.v1 or identity.friendship_began.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        mine = await _mine(tx, user_id, friend_id)
        if mine is not None and (mine.state == "ACCEPTED" or mine.asked_by == user_id):
            return
        standing = await graph.STANDING_OF_ASKER.one(tx, user_id, friend_id, now - rules.ASK_DAY)
        if standing.friends >= rules.FRIENDS_MAX:
            raise NotYet(f"You have {rules.FRIENDS_MAX:,} friends, the most there can be.")
        if mine is not None:
            if standing.friends_of_other >= rules.FRIENDS_MAX:
                raise NotYet("They have as many friends as there can be.")
            await graph.SET_FRIENDSHIP.run(tx, user_id, friend_id, "ACCEPTED", friend_id, now)
            await _tell(tx, events.FRIENDSHIP_BEGAN, user_id, friend_id, now)
            return
        _require_rest(standing, now=now)
        await graph.SET_FRIENDSHIP.run(tx, user_id, friend_id, "PENDING", user_id, now)
        await graph.NOTE_ASK.run(tx, user_id, friend_id, now)
        await _tell(tx, events.FRIEND_ASKED, user_id, friend_id, now)


def _require_rest(standing: graph.AskerStanding, *, now: datetime) -> None:
    declined_at = standing.declined_at
    if declined_at is not None and now < declined_at + rules.ASK_PAUSE:
        again = clock.text(declined_at + rules.ASK_PAUSE)
        raise NotYet(f"You asked this person not long ago. You can ask again from {again}.")
    if len(standing.asks) >= rules.ASKS_A_DAY:
        free = standing.asks[-rules.ASKS_A_DAY] + rules.ASK_DAY
        wait = max(1, -int((now - free).total_seconds() // 1))
        raise RateLimited(f"You can ask {rules.ASKS_A_DAY} people a day.", retry_after=wait)


async def part(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """End a friendship, take an ask back, or decline one; the other is not told.

    Doing it twice changes nothing. Raises: ValidationFailed for oneself, PersonNotFound (also
    across a block).
    Locks: identity.person, both. Emits: identity.friendship_ended.v1 where there was one, or
    identity.ask_ended.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        mine = await _mine(tx, user_id, friend_id)
        if mine is None:
            return
        await graph.END_FRIENDSHIP.run(tx, user_id, friend_id)
        if mine.state == "ACCEPTED":
            await _tell(tx, events.FRIENDSHIP_ENDED, user_id, friend_id, now)
            return
        is_declined = mine.asked_by != user_id
        if is_declined:
            await graph.NOTE_DECLINE.run(tx, friend_id, user_id, now)
        name = "identity.ask_declined" if is_declined else "identity.ask_withdrawn"
        ended = events.between(events.ASK_ENDED, user_id, friend_id, at=now)
        await outbox.append(tx, [ended])
        await audit.record(tx, [_entry(name, user_id, friend_id, now)])


async def block(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Refuse somebody, who is not told. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound. Locks: identity.person, both.
    Emits: identity.blocked.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await _require_both(tx, user_id, friend_id)
        if await graph.BLOCK.run(tx, user_id, friend_id, now):
            await graph.END_FRIENDSHIP.run(tx, user_id, friend_id)
            await outbox.append(tx, [events.between(events.BLOCKED, user_id, friend_id, at=now)])
            await audit.record(tx, [_entry("identity.block", user_id, friend_id, now)])


async def unblock(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Refuse somebody no longer; restores nothing. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound. Locks: identity.person, both.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await _require_both(tx, user_id, friend_id)
        if await graph.UNBLOCK.run(tx, user_id, friend_id):
            await audit.record(tx, [_entry("identity.unblock", user_id, friend_id, now)])


async def mute(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Hear no more of somebody, who is not told. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound (also across a block).
    Locks: identity.person, both.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await _mine(tx, user_id, friend_id)
        if await graph.MUTE.run(tx, user_id, friend_id, now):
            await audit.record(tx, [_entry("identity.mute", user_id, friend_id, now)])


async def unmute(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Hear of somebody again. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound (also across a block).
    Locks: identity.person, both.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await _mine(tx, user_id, friend_id)
        if await graph.UNMUTE.run(tx, user_id, friend_id):
            await audit.record(tx, [_entry("identity.unmute", user_id, friend_id, now)])


async def _require_both(tx: db.Tx, user_id: UUID, friend_id: UUID) -> None:
    if user_id == friend_id:
        raise ValidationFailed("This is you yourself.", field="user_id")
    if friend_id not in await graph.lock_people(tx, (user_id, friend_id)):
        raise PersonNotFound(field="user_id")


async def _mine(tx: db.Tx, user_id: UUID, friend_id: UUID) -> graph.Edge | None:
    """Lock both and give what the other is to me. Raises: ValidationFailed, PersonNotFound."""
    await _require_both(tx, user_id, friend_id)
    edges = await graph.EDGES.all(tx, user_id, friend_id)
    if any(e.state == "BLOCKED" for e in edges):
        raise PersonNotFound(field="user_id")
    return next((e for e in edges if e.user_id == user_id), None)


async def _tell(tx: db.Tx, kind: str, user_id: UUID, friend_id: UUID, now: datetime) -> None:
    await outbox.append(tx, [events.between(kind, user_id, friend_id, at=now)])
    await audit.record(tx, [_entry(kind.removesuffix(".v1"), user_id, friend_id, now)])


def _entry(action: str, user_id: UUID, friend_id: UUID, now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="person",
        resource_id=ids.show("usr", friend_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
    )
