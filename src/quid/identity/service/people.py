"""People: they join."""

from datetime import datetime

from quid.identity import events, rules, store
from quid.identity.errors import DuplicateEntry
from quid.identity.store import profile
from quid.identity.types import NewPerson, Person
from quid.kit import db, outbox


async def add_person(tx: db.Tx, new: NewPerson, *, now: datetime) -> Person:
    """Add a person, who joins `now` unless it says when.

    An operator is not found by words and joins nothing.

    Raises: DuplicateEntry naming the field. Emits: identity.person_joined.v1.
    Locks: the e-mail (advisory).
    """
    joined_at = new.joined_at or now
    folded = rules.fold(rules.read_handle(new.handle))
    await store.lock_email(tx, new.email)
    index = store.email_index(new.email)
    added = await store.ADD_PERSON.run(
        tx, new.id, new.handle, folded, new.display_name,
        store.contacts.seal("email", new.id, new.email), index, new.password_hash, new.tier,
        new.default_visibility, new.show_amount, new.locale, new.timezone, joined_at,
        new.is_operator,
    )  # fmt: skip
    if not added:
        taken = await store.TAKEN.one(tx, folded, index, new.id)
        if taken.is_handle:
            raise DuplicateEntry(
                "This handle is taken, or looks like one that is. Choose another.", field="handle"
            )
        raise DuplicateEntry("This e-mail belongs to somebody. Sign in instead.", field="email")
    if not new.is_operator:
        await profile.set_words(tx, [profile.Named(new.id, new.handle, new.display_name)])
        await outbox.append(tx, [events.person_joined(new.id, tier=new.tier, at=now)])
    return Person(
        new.id, new.handle, new.display_name, new.email, None, new.tier, new.default_visibility,
        new.show_amount, new.locale, new.timezone, joined_at,
    )  # fmt: skip
