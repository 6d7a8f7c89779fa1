"""People: they join, and they refuse each other."""

from datetime import datetime
from uuid import UUID

from quid.identity import events, rules, store
from quid.identity.errors import DuplicateEntry, PersonNotFound
from quid.identity.types import NewPerson, Person
from quid.kit import audit, db, ids, outbox, runtime, telemetry
from quid.kit.errors import ValidationFailed


async def add_person(tx: db.Tx, new: NewPerson, *, now: datetime) -> Person:
    """Add a person, who joined at `now`.

    Raises: DuplicateEntry naming the field. Emits: identity.person_joined.v1.
    Locks: the e-mail (advisory).
    """
    folded = rules.fold(rules.read_handle(new.handle))
    await store.lock_email(tx, new.email)
    index = store.email_index(new.email)
    added = await store.ADD_PERSON.run(
        tx, new.id, new.handle, folded, new.display_name,
        store.contacts.seal("email", new.id, new.email), index, new.password_hash, new.tier,
        new.default_visibility, new.show_amount, new.locale, new.timezone, now,
    )  # fmt: skip
    if not added:
        taken = await store.TAKEN.one(tx, folded, index)
        if taken.is_handle:
            raise DuplicateEntry(
                "This handle is taken, or looks like one that is. Choose another.", field="handle"
            )
        raise DuplicateEntry("This e-mail belongs to somebody. Sign in instead.", field="email")
    await outbox.append(tx, [events.person_joined(new.id, tier=new.tier, at=now)])
    return Person(
        new.id, new.handle, new.display_name, new.email, None, new.tier, new.default_visibility,
        new.show_amount, new.locale, new.timezone, now,
    )  # fmt: skip


async def block(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Refuse somebody, who is not told. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound. Locks: identity.person, both.
    """
    if user_id == friend_id:
        raise ValidationFailed("You cannot block yourself.", field="user_id")
    async with runtime.part(db.Database).transaction() as tx:
        if friend_id not in await store.lock_people(tx, (user_id, friend_id)):
            raise PersonNotFound(field="user_id")
        if await store.BLOCK.run(tx, user_id, friend_id, now):
            await store.END_FRIENDSHIP.run(tx, friend_id, user_id)
            await audit.record(tx, [_edge_entry("identity.block", user_id, friend_id, now)])


async def unblock(user_id: UUID, friend_id: UUID, *, now: datetime) -> None:
    """Refuse somebody no longer; restores nothing. Doing it twice changes nothing.

    Raises: ValidationFailed for oneself, PersonNotFound. Locks: identity.person, both.
    """
    if user_id == friend_id:
        raise ValidationFailed("You cannot block yourself.", field="user_id")
    async with runtime.part(db.Database).transaction() as tx:
        if friend_id not in await store.lock_people(tx, (user_id, friend_id)):
            raise PersonNotFound(field="user_id")
        if await store.UNBLOCK.run(tx, user_id, friend_id):
            await audit.record(tx, [_edge_entry("identity.unblock", user_id, friend_id, now)])


def _edge_entry(action: str, user_id: UUID, friend_id: UUID, now: datetime) -> audit.Entry:
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
