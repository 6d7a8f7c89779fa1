"""Devices: where a person wants to be pushed to."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quid.identity import service as people
from quid.identity.types import Visit
from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.errors import NotFound, ValidationFailed
from quid.notifications.errors import TooManyDevices
from quid.notifications.ports import Channels
from quid.notifications.queries.devices import Device, Kind
from quid.notifications.rules import push as rules
from quid.notifications.store import devices as store
from quid.notifications.types.push import BrowserPush


@dataclass(frozen=True, slots=True)
class Registration:
    """A device to be told on. `name` is what its push service knows it by, `token` all it takes.

    `session_id`: the session that gives it, `address` where that comes from.
    """

    kind: Kind
    name: str = field(repr=False)
    token: str = field(repr=False)
    label: str = ""
    session_id: UUID | None = None
    address: str = ""


async def register(user_id: UUID, asked: Registration, *, now: datetime) -> Device:
    """Command: push to a device from now on. Doing it twice changes nothing but keys and label.

    A token that another person has given belongs to whoever gives it now: one phone, passed on.
    Its person hears of a new one, for a stranger may have got in and wish to read along.
    Raises: ValidationFailed, TooManyDevices. Locks: turns of the person and of the token.
    Emits: identity.security_noted.v1.
    """
    _require_known(asked)
    token_hash = store.hash_of(asked.kind, asked.name)
    notice: people.Notice | None = None
    async with runtime.part(db.Database).transaction() as tx:
        await store.take_turns(tx, user_id, token_hash)
        known = await store.STANDING.one(tx, user_id, token_hash)
        is_own = known.user_id == user_id
        if not is_own:
            if known.others >= rules.DEVICES_MAX:
                raise TooManyDevices
            if known.id is not None:
                await store.FORGET.run(tx, [known.id])
        device_id = known.id if known.id and is_own else ids.new(ids.bucket(user_id), now)
        made = store.NewDevice(
            device_id, user_id, asked.kind, asked.token, asked.label, asked.session_id
        )
        await store.put(tx, made, token_hash, now=now)
        await audit.record(
            tx, [_entry("notifications.device_added", user_id, device_id, now, asked.kind)]
        )
        if not is_own:
            where = Visit(address=asked.address)
            heard = people.Notice(user_id, "device_added", now, where, asked.session_id)
            notice = await people.note(tx, heard)
    people.tell(notice)
    since = known.created_at if known.created_at and is_own else now
    last_ok_at = known.last_ok_at if is_own else None
    return Device(device_id, user_id, asked.kind, asked.label, since, last_ok_at)


async def forget(user_id: UUID, device_id: UUID, *, now: datetime) -> None:
    """Command: push to a device no more. Raises: NotFound, also for another person's."""
    async with runtime.part(db.Database).transaction() as tx:
        if not await store.FORGET_OWN.run(tx, device_id, user_id):
            raise NotFound
        await audit.record(tx, [_entry("notifications.device_removed", user_id, device_id, now)])


def _require_known(asked: Registration) -> None:
    if asked.kind not in runtime.part(Channels).by_name:
        raise ValidationFailed("Devices of this kind are not pushed to here.", field="kind")
    if asked.kind == "web" and not rules.push_host(asked.name, runtime.part(BrowserPush).hosts):
        raise ValidationFailed(
            "This is no push service of a browser that we know.", field="subscription"
        )


def _entry(
    action: str, user_id: UUID, device_id: UUID, now: datetime, kind: str | None = None
) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="device",
        resource_id=ids.show("dev", device_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={"kind": kind} if kind else {},
    )
