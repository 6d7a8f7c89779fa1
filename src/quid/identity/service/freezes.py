"""Freezes: an operator stops what a person may do, with a reason; two lift it again."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import events, store
from quid.identity.errors import AlreadyDone
from quid.identity.queries import operators
from quid.identity.types import FreezePerson, FreezeScope
from quid.kit import approvals, audit, db, ids, outbox, runtime, text
from quid.kit.approvals import Act, Approval, Matter
from quid.kit.errors import Forbidden, ValidationFailed
from quid.kit.operators import REASON_HIGH, REASON_LOW, Deed, Press, Role, by_command, pressed

# Who may stop what. That everything stops for somebody is a decision of compliance.
FREEZERS: Final[dict[FreezeScope, frozenset[Role]]] = {
    FreezeScope.SEND: frozenset({"support", "analyst", "compliance"}),
    FreezeScope.WITHDRAW: frozenset({"analyst", "compliance"}),
    FreezeScope.ALL: frozenset({"compliance"}),
}


async def freeze(cmd: FreezePerson, *, now: datetime) -> None:
    """Stop a person from what `scope` says, from the command line or by a rule.

    Raises: PersonNotFound, ValidationFailed for a reason or text too short, AlreadyDone.
    Emits: identity.frozen.v1.
    """
    reason = text.clean(cmd.reason, field="reason", low=REASON_LOW, high=REASON_HIGH)
    async with runtime.part(db.Database).transaction() as tx:
        await _freeze(tx, cmd, now=now)
        details = {"scope": cmd.scope.value, "class": cmd.reason_class.value, "reason": reason}
        deed = Deed("identity.freeze", "person", ids.show("usr", cmd.user_id), details)
        await audit.record(tx, [by_command(cmd.by, deed, now=now)])


async def freeze_by(cmd: FreezePerson, press: Press, *, now: datetime) -> UUID:
    """Stop a person from what `scope` says, from the next request on; give the freeze.

    Raises: PersonNotFound, ValidationFailed, AlreadyDone, Forbidden for the role, for oneself and
    for a friend. Locks: the key (advisory). Emits: identity.frozen.v1.
    """
    if press.operator.role not in FREEZERS[cmd.scope]:
        raise Forbidden(f"Your role may not freeze for {cmd.scope.value}. Nothing changed.")
    async with pressed(press, people=[cmd.user_id], now=now) as once:
        if once.done is not None:
            return once.done
        freeze_id = await _freeze(once.tx, cmd, now=now)
        details = {"scope": cmd.scope.value, "class": cmd.reason_class.value}
        shown = ids.show("usr", cmd.user_id)
        return once.finish(freeze_id, Deed("identity.freeze", "person", shown, details))


async def unfreeze(
    user_id: UUID, scope: FreezeScope, *, by: str, reason: str, now: datetime
) -> None:
    """Lift a freeze from the command line; the row stays as history.

    Raises: PersonNotFound, ValidationFailed for a reason too short, AlreadyDone.
    Emits: identity.unfrozen.v1.
    """
    why = text.clean(reason, field="reason", low=REASON_LOW, high=REASON_HIGH)
    async with runtime.part(db.Database).transaction() as tx:
        await _unfreeze(tx, user_id, scope, by=by, now=now)
        details = {"scope": scope.value, "reason": why}
        deed = Deed("identity.unfreeze", "person", ids.show("usr", user_id), details)
        await audit.record(tx, [by_command(by, deed, now=now)])


async def ask_unfreeze(user_id: UUID, scope: FreezeScope, press: Press, *, now: datetime) -> UUID:
    """Ask a second operator to lift a freeze; give the id of the question.

    Raises: PersonNotFound, AlreadyDone, Forbidden. Locks: the key (advisory).
    """
    act = UNFREEZE_ALL if scope is FreezeScope.ALL else UNFREEZE
    async with pressed(press, people=[user_id], now=now) as once:
        if once.done is not None:
            return once.done
        await _require_frozen(once.tx, user_id, scope)
        shown = ids.show("usr", user_id)
        matter = Matter("person", shown, {"user_id": shown, "scope": scope.value}, (user_id,))
        return await approvals.ask(once, act, matter)


async def _lift(tx: db.Tx, approval: Approval, now: datetime) -> None:
    known = approval.known()
    user_id = ids.read("usr", str(known["user_id"]))
    assert user_id is not None  # noqa: S101 - we wrote it
    by = ids.show("usr", approval.asked_by)
    await _unfreeze(tx, user_id, FreezeScope(str(known["scope"])), by=by, now=now)


UNFREEZE: Final = Act(
    "identity.unfreeze", ("support", "analyst", "compliance"), ("analyst", "compliance"), _lift
)
UNFREEZE_ALL: Final = Act(
    "identity.unfreeze_all", ("analyst", "compliance"), ("compliance",), _lift
)
ACTS: Final = (UNFREEZE, UNFREEZE_ALL)


async def _freeze(tx: db.Tx, cmd: FreezePerson, *, now: datetime) -> UUID:
    words = text.clean(cmd.text, field="text", low=1, high=500)
    if cmd.review_on < now.date():
        raise ValidationFailed("review_on: today or later.", field="review_on")
    await operators.subject(tx, cmd.user_id)
    freeze_id = ids.new(ids.bucket(cmd.user_id), now)
    added = await store.FREEZE.run(
        tx, freeze_id, cmd.user_id, cmd.scope.value, cmd.reason_class.value, words, cmd.review_on,
        cmd.by, now,
    )  # fmt: skip
    if not added:
        raise AlreadyDone(f"This person is frozen for {cmd.scope.value} already.")
    told = events.freeze_changed(events.FROZEN, cmd.user_id, cmd.scope.value, at=now)
    await outbox.append(tx, [told])
    return freeze_id


async def _unfreeze(
    tx: db.Tx, user_id: UUID, scope: FreezeScope, *, by: str, now: datetime
) -> None:
    await operators.subject(tx, user_id)
    if not await store.UNFREEZE.run(tx, user_id, scope.value, by, now):
        raise AlreadyDone(f"This person is not frozen for {scope.value}.")
    told = events.freeze_changed(events.UNFROZEN, user_id, scope.value, at=now)
    await outbox.append(tx, [told])


async def _require_frozen(tx: db.Tx, user_id: UUID, scope: FreezeScope) -> None:
    await operators.subject(tx, user_id)
    standing = await operators.all_freezes(tx, user_id)
    if not any(f.scope == scope and f.lifted_at is None and not f.is_own for f in standing):
        raise AlreadyDone(f"This person is not frozen for {scope.value}.")
