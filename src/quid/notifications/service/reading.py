"""What a person does with their inbox: marks it as read, and says what they wish to hear."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.cache import CacheDown
from quid.kit.errors import NotFound, ValidationFailed
from quid.notifications import rules
from quid.notifications.queries import inbox as queries
from quid.notifications.service import frames
from quid.notifications.service.frames import NewFrame
from quid.notifications.store import inbox as store
from quid.notifications.types import Chosen, Preference

GIVEN_BACK: Final = 200


class Marked(NamedTuple):
    """What is unread now, and which were marked by time: the newest 200, to be able to undo it."""

    unread: int
    changed: Sequence[UUID]


async def mark(
    user_id: UUID, notice_ids: Sequence[UUID], *, is_read: bool, now: datetime
) -> Marked:
    """Mark notices as read, or as unread again; all of them or, if one is not theirs, none.

    Raises: NotFound. Locks: notifications.notification, by id; the person's stream.
    """
    wanted = sorted(set(notice_ids))
    async with runtime.part(db.Database).transaction() as tx:
        if len(await store.LOCK_OWN.all(tx, user_id, wanted)) != len(wanted):
            raise NotFound
        changed = await store.MARK.run(tx, wanted, now if is_read else None)
        if changed:
            await audit.record(tx, [_entry("read" if is_read else "unread", user_id, now)])
        unread = (await queries.unread(tx, [user_id]))[user_id]
        ringing = await _tell(tx, user_id, now) if changed else set()
    await _ring(ringing)
    return Marked(unread, wanted)


async def mark_before(user_id: UUID, before: datetime, *, now: datetime) -> Marked:
    """Mark as read what had come by `before`.

    Locks: notifications.notification, by id; the person's stream.
    """
    async with runtime.part(db.Database).transaction() as tx:
        changed = await store.MARK_BEFORE.all(tx, user_id, before, now)
        if changed:
            await audit.record(tx, [_entry("read", user_id, now)])
        unread = (await queries.unread(tx, [user_id]))[user_id]
        ringing = await _tell(tx, user_id, now) if changed else set()
    await _ring(ringing)
    return Marked(unread, sorted(changed, reverse=True)[:GIVEN_BACK])


async def _tell(tx: db.Tx, user_id: UUID, now: datetime) -> set[UUID]:
    """Tell all devices of the person how much is unread now. Locks: notifications.stream, one."""
    return await frames.number(tx, [NewFrame(user_id, "notifications_read", None, now)])


async def _ring(user_ids: set[UUID]) -> None:
    with suppress(CacheDown):  # the sweep finds it
        await frames.ring(user_ids)


async def prefer(user_id: UUID, wanted: Sequence[Chosen], *, now: datetime) -> list[Preference]:
    """Take what a person wishes to hear, all of it or nothing; what is left out stays.

    Raises: ValidationFailed for what is not theirs to choose, by its place in `wanted`.
    """
    for place, wish in enumerate(wanted):
        _require_choice(wish, place)
    async with runtime.part(db.Database).transaction() as tx:
        present = {(p.topic, p.way): p.is_on for p in await queries.preferences(tx, user_id)}
        chosen = {(w.topic, w.way): w.is_on for w in wanted if rules.may_choose(w.topic, w.way)}
        new = sorted((t, w, is_on) for (t, w), is_on in chosen.items() if is_on != present[(t, w)])
        if not new:
            return await queries.preferences(tx, user_id)
        topics, ways, are_on = zip(*new, strict=True)
        await store.PREFER.run(tx, user_id, topics, ways, are_on, now)
        details = {f"{topic}.{way}": is_on for topic, way, is_on in new}
        await audit.record(tx, [_entry("preferences", user_id, now, details)])
        return await queries.preferences(tx, user_id)


def _require_choice(wish: Chosen, place: int) -> None:
    """Let through what may be chosen, and what says no more than is so anyway."""
    if rules.may_choose(wish.topic, wish.way):
        return
    is_never = rules.cell_of(wish.topic, wish.way) is rules.Cell.NEVER
    if wish.is_on is is_never:
        why = "is never sent" if is_never else "cannot be switched off"
        field = f"items.{place}.is_on"
        raise ValidationFailed(f"{field}: this {why}. Nothing changed.", field=field)


def _entry(
    act: str, user_id: UUID, now: datetime, details: dict[str, bool] | None = None
) -> audit.Entry:
    who = ids.show("usr", user_id)
    return audit.Entry(
        actor=who,
        actor_type="person",
        action=f"notifications.{act}",
        resource_type="inbox",
        resource_id=who,
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details=dict(details or {}),
    )
