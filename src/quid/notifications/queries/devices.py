"""Devices: what their person sees of them, and where they are reached."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.fields import Fields, Place

Kind = Literal["web", "fcm", "apns"]


@dataclass(frozen=True, slots=True)
class Device:
    """A browser or phone; `last_ok_at`: when its push service last took something for it."""

    id: UUID
    user_id: UUID
    kind: Kind
    label: str
    created_at: datetime
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Sealed:
    id: UUID
    user_id: UUID
    kind: Kind
    token: bytes
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a device is reached: its token, or of a browser its subscription as JSON.

    `session_id`: the session that gave it; None: nobody knows which.
    """

    id: UUID
    user_id: UUID
    kind: Kind
    token: str = field(repr=False)
    session_id: UUID | None


_SQL: Final = db.sql("quid.notifications", "devices")
_OF_PEOPLE: Final = _SQL.rows("of_people", Device)
_ADDRESSES: Final = _SQL.rows("addresses", _Sealed)


async def of_people(conn: db.Conn, user_ids: Collection[UUID]) -> list[Device]:
    """List the devices of people, the newest first."""
    return await _OF_PEOPLE.all(conn, list(user_ids))


async def addresses(conn: db.Conn, device_ids: Collection[UUID]) -> dict[UUID, Reached]:
    """Open the tokens of devices; those that are gone are missing. Raises: FieldUnreadable."""
    fields = runtime.part(Fields)
    return {
        row.id: Reached(
            row.id,
            row.user_id,
            row.kind,
            fields.open(Place("notifications.device", "token", row.id, row.user_id), row.token),
            row.session_id,
        )
        for row in await _ADDRESSES.all(conn, list(device_ids))
    }
