"""Freezes: an operator stops what a person may do, with a reason, and lifts it again."""

from datetime import datetime
from uuid import UUID

from quid.identity import queries, store
from quid.identity.errors import AlreadyDone, PersonNotFound
from quid.identity.types import FreezePerson, FreezeScope
from quid.kit import audit, db, ids, runtime, telemetry, text


async def freeze(cmd: FreezePerson, *, now: datetime) -> None:
    """Stop a person from what `scope` says, from the next request on.

    Raises: PersonNotFound, ValidationFailed without a reason or text, AlreadyDone.
    """
    words = text.clean(cmd.text, field="text", low=1, high=500)
    reason = text.clean(cmd.reason, field="reason", low=1, high=500)
    async with runtime.part(db.Database).transaction() as tx:
        if await queries.person(tx, cmd.user_id) is None:
            raise PersonNotFound(field="user_id")
        added = await store.FREEZE.run(
            tx, ids.new(ids.bucket(cmd.user_id), now), cmd.user_id, cmd.scope.value,
            cmd.reason_class.value, words, cmd.review_on, cmd.by, now,
        )  # fmt: skip
        if not added:
            raise AlreadyDone(f"This person is frozen for {cmd.scope.value} already.")
        details = {"scope": cmd.scope.value, "class": cmd.reason_class.value, "reason": reason}
        await audit.record(tx, [_entry("identity.freeze", cmd.user_id, cmd.by, details, now)])


async def unfreeze(
    user_id: UUID, scope: FreezeScope, *, by: str, reason: str, now: datetime
) -> None:
    """Lift a freeze; the row stays as history.

    Raises: PersonNotFound, ValidationFailed without a reason, AlreadyDone.
    """
    why = text.clean(reason, field="reason", low=1, high=500)
    async with runtime.part(db.Database).transaction() as tx:
        if await queries.person(tx, user_id) is None:
            raise PersonNotFound(field="user_id")
        if not await store.UNFREEZE.run(tx, user_id, scope.value, by, now):
            raise AlreadyDone(f"This person is not frozen for {scope.value}.")
        details = {"scope": scope.value, "reason": why}
        await audit.record(tx, [_entry("identity.unfreeze", user_id, by, details, now)])


def _entry(
    action: str, user_id: UUID, by: str, details: dict[str, str], now: datetime
) -> audit.Entry:
    return audit.Entry(
        actor=by,
        actor_type="operator",
        action=action,
        resource_type="person",
        resource_id=ids.show("usr", user_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details=details,
    )
