"""What a person says of themselves, and what others may see of them."""

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from quid.identity import queries, rules
from quid.identity.errors import DuplicateEntry, NotYet, PersonNotFound
from quid.identity.queries import people
from quid.identity.store import graph, profile
from quid.identity.types import Person, Privacy, PrivacyChange, ProfileChange
from quid.kit import audit, clock, db, ids, runtime, telemetry
from quid.kit.errors import MissingField


async def change_profile(user_id: UUID, cmd: ProfileChange, *, now: datetime) -> Person:
    """Change names, language and zone; the handle once in 30 days. What is equal stays.

    Raises: MissingField for nothing at all, ValidationFailed, DuplicateEntry, NotYet,
    PersonNotFound. Locks: identity.person, identity.handle_claim.
    """
    wanted = _read(cmd)
    if not wanted:
        raise MissingField("Say what to change.", field="display_name")
    async with runtime.part(db.Database).transaction() as tx:
        await graph.lock_people(tx, [user_id])
        known = await queries.person(tx, user_id)
        if known is None:
            raise PersonNotFound
        person = replace(known, **wanted)  # type: ignore[arg-type]  # four texts, by their names
        if person == known:
            return known
        if person.handle != known.handle:
            await _change_handle(tx, person, now=now)
        await profile.CHANGE_PROFILE.run(
            tx, user_id, person.display_name, person.locale, person.timezone
        )
        await profile.set_words(tx, [profile.Named(user_id, person.handle, person.display_name)])
        await audit.record(tx, [_entry("identity.profile_changed", user_id, sorted(wanted), now)])
    return person


def _read(cmd: ProfileChange) -> dict[str, str]:
    """Give what is to be changed, each checked. Raises: ValidationFailed."""
    read = {
        "display_name": rules.read_name,
        "handle": rules.read_handle,
        "locale": rules.read_locale,
        "timezone": rules.read_timezone,
    }
    return {name: read[name](typed) for name, typed in asdict(cmd).items() if typed is not None}


async def _change_handle(tx: db.Tx, person: Person, *, now: datetime) -> None:
    changed_at = await profile.HANDLE_CHANGED_AT.maybe(tx, person.id)
    if changed_at is not None and now < changed_at + rules.HANDLE_PAUSE:
        again = clock.text(changed_at + rules.HANDLE_PAUSE)
        raise NotYet(f"A handle changes once in 30 days. You can change it from {again}.")
    folded = rules.fold(person.handle)
    if not await profile.claim_handle(tx, folded, person.id):
        raise DuplicateEntry(
            "This handle is taken, or looks like one that is. Choose another.", field="handle"
        )
    await profile.CHANGE_HANDLE.run(tx, person.id, person.handle, folded, now)


async def change_privacy(user_id: UUID, cmd: PrivacyChange, *, now: datetime) -> Privacy:
    """Change what others may see and ask; holds from their next look. What is equal stays.

    Raises: MissingField for nothing at all, PersonNotFound. Locks: identity.person.
    """
    wanted = {name: value for name, value in asdict(cmd).items() if value is not None}
    if not wanted:
        raise MissingField("Say what to change.", field="default_visibility")
    async with runtime.part(db.Database).transaction() as tx:
        await graph.lock_people(tx, [user_id])
        known = await people.privacy(tx, user_id)
        if known is None:
            raise PersonNotFound
        privacy = replace(known, **wanted)
        if privacy != known:
            await profile.change_privacy(tx, user_id, privacy)
            entry = _entry("identity.privacy_changed", user_id, sorted(wanted), now)
            await audit.record(tx, [entry])
    return privacy


def _entry(action: str, user_id: UUID, fields: list[str], now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="person",
        resource_id=ids.show("usr", user_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={"fields": " ".join(fields)},
    )
