"""Devices: one row for each token, sealed, of whoever gave it last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.fields import Fields, Place

_SQL: Final = db.sql("quid.notifications", "devices")
_TAKE_TURNS: Final = _SQL.values("take_turns", str)
_PUT: Final = _SQL.command("put")
FORGET: Final = _SQL.command("forget")
FORGET_ENDED: Final = _SQL.command("forget_ended")
FORGET_OWN: Final = _SQL.command("forget_own")
NOTE_OK: Final = _SQL.command("note_ok")


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has a token now, if anybody, and how many devices the asking person has beside it."""

    id: UUID | None
    user_id: UUID | None
    created_at: datetime | None
    last_ok_at: datetime | None
    others: int


STANDING: Final = _SQL.rows("standing", Standing)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to write. `token` is in the clear and leaves this module sealed."""

    id: UUID
    user_id: UUID
    kind: str
    token: str
    label: str
    session_id: UUID | None


def hash_of(kind: str, name: str) -> bytes:
    """Hash what names a device at its push service, to find its row by."""
    return runtime.part(Fields).blind(f"device.{kind}", name)


async def take_turns(tx: db.Tx, user_id: UUID, token_hash: bytes) -> None:
    """Let those who register for one person, or with one token, take turns.

    Locks: advisory, of the class of devices, sorted; once in a transaction, before any row.
    """
    numbers = [int.from_bytes(n[-4:], signed=True) for n in (user_id.bytes, token_hash)]
    await _TAKE_TURNS.all(tx, numbers)


async def put(tx: db.Tx, device: NewDevice, token_hash: bytes, *, now: datetime) -> None:
    """Write a device, or its present keys and label where its row stands."""
    place = Place("notifications.device", "token", device.id, device.user_id)
    sealed = runtime.part(Fields).seal(place, device.token)
    await _PUT.run(
        tx, device.id, device.user_id, device.kind, sealed, token_hash, device.label,
        device.session_id, now,
    )  # fmt: skip
