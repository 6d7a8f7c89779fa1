"""Sealed fields: what the database keeps of people can be read only here.

A sealed field is `version | number of its data key | nonce | body`, AES-256-GCM-SIV, bound to its
place: copied to another row, column or owner it does not open. Data keys stand in `kit.data_key`,
wrapped by a key that is never in the database (`keks`). Each is unwrapped once a process, and a new
one is known to every process before it seals anything.
What must be found again by its exact value has a blind index beside it: a hash under a key of its
own.
"""

import asyncio
import hmac
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from quid.kit import clock, db, telemetry
from quid.kit.config import BadSettings
from quid.kit.errors import DatabaseUnavailable
from quid.kit.keks import FieldUnreadable, Keyring

VERSION: Final = 1
_NUMBER: Final = 2  # bytes of the number of a data key
_NONCE: Final = 12
_HEAD: Final = 1 + _NUMBER
_TAG: Final = 16
_KEY: Final = 32
_BLIND: Final = 16
REFRESH_SECONDS: Final = 30.0
KNOWN_AFTER: Final = timedelta(minutes=2)  # when every process has read the keys again
# Who has not read them for so long seals nothing: two minutes later a key may be destroyed.
STALE_SECONDS: Final = 480.0

_SQL: Final = db.sql("quid.kit", "fields")


class Place(NamedTuple):
    """Where a sealed field stands: it opens nowhere else."""

    table: str
    column: str
    row: UUID
    owner: UUID


class Fields:
    """The data keys of this installation, open (a part of the runtime)."""

    def __init__(self, keys: Mapping[int, bytes], *, primary: int, blind: bytes) -> None:
        self._keys = {number: AESGCMSIV(key) for number, key in keys.items()}
        self._blind = blind
        self._primary = primary
        self._read_at: float | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the keys it can open with."""
        return frozenset(self._keys)

    def learn(self, keys: Mapping[int, bytes], *, primary: int, gone: frozenset[int]) -> None:
        """Take new keys, seal with another from now on, and forget what is retired."""
        self._keys |= {number: AESGCMSIV(key) for number, key in keys.items()}
        self._primary = primary
        self._read_at = time.monotonic()
        for number in gone:
            self._keys.pop(number, None)

    @property
    def primary(self) -> int:
        """The number of the key that seals from now on."""
        return self._primary

    def seal(self, place: Place, text: str) -> bytes:
        """Seal a text for its place."""
        return self.seal_bytes(place, text.encode())

    def open(self, place: Place, sealed: bytes) -> str:
        """Open what was sealed as text for this place. Raises: FieldUnreadable."""
        return self.open_bytes(place, sealed).decode()

    def seal_bytes(self, place: Place, data: bytes) -> bytes:
        """Seal bytes for their place.

        Raises: DatabaseUnavailable when this process has not been able to read the keys for eight
        minutes: what it sealed by a key that is destroyed meanwhile would never open again.
        """
        if self._read_at is not None and time.monotonic() - self._read_at > STALE_SECONDS:
            raise DatabaseUnavailable("We cannot read our keys right now. Try again in a minute.")
        head = bytes((VERSION,)) + self._primary.to_bytes(_NUMBER)
        nonce = os.urandom(_NONCE)
        body = self._keys[self._primary].encrypt(nonce, data, _bound(head, place))
        return head + nonce + body

    def open_bytes(self, place: Place, sealed: bytes) -> bytes:
        """Open what was sealed for this place. Raises: FieldUnreadable."""
        key = self._keys.get(number_of(sealed))
        if key is None:
            raise FieldUnreadable(f"{_where(place)}: sealed by a data key that is not here")
        head, nonce, body = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return key.decrypt(nonce, body, _bound(head, place))
        except InvalidTag as e:
            raise FieldUnreadable(f"{_where(place)}: copied from elsewhere, or changed") from e

    def blind(self, kind: str, text: str) -> bytes:
        """Hash a value to find it again by. Units: 16 bytes. `kind` keeps like values apart."""
        return hmac.digest(self._blind, f"{kind}\0{text}".encode(), "sha256")[:_BLIND]


def number_of(sealed: bytes) -> int:
    """Tell which data key sealed a field. Raises: FieldUnreadable for another version."""
    if len(sealed) < _HEAD + _NONCE + _TAG or sealed[0] != VERSION:
        raise FieldUnreadable("not a sealed field of a version that is known here")
    return int.from_bytes(sealed[1:_HEAD])


def _bound(head: bytes, place: Place) -> bytes:
    name = f"{place.table}\0{place.column}\0".encode()
    return head + name + place.row.bytes + place.owner.bytes


def _where(place: Place) -> str:
    return f"{place.table}.{place.column}"


# --- the keys ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A data key as stored. `is_primary`: of its purpose, the one that seals."""

    number: int
    purpose: str
    wrapped: bytes
    kek: str
    is_primary: bool


_KEYS: Final = _SQL.rows("keys", KeyRow)
_ADD_KEYS: Final = _SQL.command("add_first_keys")
_LOCK_KEYS: Final = _SQL.command("lock_keys")
_ADD_KEY: Final = _SQL.value("add_key", int)
_REWRAP: Final = _SQL.command("rewrap")
_RETIRE: Final = _SQL.command("retire")
_FIELDS: Final = "fields"
_INDEX: Final = "index"
_PURPOSES: Final = (_FIELDS, _INDEX)


async def load(database: db.Database, keks: Keyring, *, now: datetime) -> Fields:
    """Unwrap the data keys; the first process of an installation makes them.

    Raises: BadSettings when the wrapping key is not the one that wrapped them.
    """
    rows = await keys(database, now=now)
    if not rows:
        kek = keks.present
        wrapped = [await kek.wrap(os.urandom(_KEY), context=_context(p)) for p in _PURPOSES]
        async with database.transaction() as tx:
            await _ADD_KEYS.run(tx, list(_PURPOSES), wrapped, kek.name, now)
        rows = await keys(database, now=now)
    try:
        opened = {r.number: await _unwrapped(keks, r) for r in rows}
    except FieldUnreadable:
        raise BadSettings(
            "field_kek is not the key that this database's fields are sealed under: "
            "restore it from the backup of the secrets file"
        ) from None
    fields = {r.number: opened[r.number] for r in rows if r.purpose == _FIELDS}
    blind = next(opened[r.number] for r in rows if r.purpose == _INDEX)
    made = Fields(fields, primary=_primary(rows), blind=blind)
    made.learn({}, primary=made.primary, gone=frozenset())  # from here on it must hear again
    return made


async def keep(
    fields: Fields, database: db.Database, keks: Keyring, *, every: float = REFRESH_SECONDS
) -> None:
    """Read the keys again and again until cancelled: a long process learns of a rotation."""
    while True:
        await asyncio.sleep(every)
        try:
            await refresh(fields, database, keks, now=clock.now())
        except Exception as e:  # noqa: BLE001 - a door: the next round may find the database again
            telemetry.log.warning("fields.not_refreshed", error=repr(e))


async def refresh(fields: Fields, database: db.Database, keks: Keyring, *, now: datetime) -> None:
    """Learn new data keys, and forget those that are retired. Raises: FieldUnreadable."""
    rows = [r for r in await keys(database, now=now) if r.purpose == _FIELDS]
    known = fields.numbers
    fresh = {r.number: await _unwrapped(keks, r) for r in rows if r.number not in known}
    gone = known - {r.number for r in rows}
    fields.learn(fresh, primary=_primary(rows), gone=gone)


async def add_key(database: db.Database, keks: Keyring, *, now: datetime) -> int:
    """Command: make the data key that seals from two minutes on; give its number.

    One that is on its way is given instead of a second. Locks: an advisory lock of keys.
    """
    kek = keks.present
    wrapped = await kek.wrap(os.urandom(_KEY), context=_context(_FIELDS))
    async with database.transaction() as tx:
        await _LOCK_KEYS.run(tx)
        return await _ADD_KEY.get(tx, wrapped, kek.name, now, now + KNOWN_AFTER)


async def rewrap(database: db.Database, keks: Keyring, *, now: datetime) -> int:
    """Command: wrap every data key with the present wrapping key; give how many were not.

    What they sealed is not touched. A crash between two leaves both kinds, and both open.
    Raises: FieldUnreadable.
    """
    older = [r for r in await keys(database, now=now) if r.kek != keks.present.name]
    for row in older:
        key = await _unwrapped(keks, row)
        wrapped = await keks.present.wrap(key, context=_context(row.purpose))
        async with database.transaction() as tx:
            await _REWRAP.run(tx, row.number, row.wrapped, wrapped, keks.present.name)
    return len(older)


async def retire(tx: db.Tx, numbers: list[int], *, now: datetime) -> int:
    """Part: destroy data keys under which nothing is sealed any more; give how many.

    The caller has counted. The one that seals, and one that is to seal, stay whatever it says.
    """
    return await _RETIRE.run(tx, numbers, now)


async def keys(database: db.Database, *, now: datetime) -> list[KeyRow]:
    """List the data keys that are not retired, still wrapped."""
    async with database.read() as conn:
        return await _KEYS.all(conn, now)


def _primary(rows: list[KeyRow]) -> int:
    return next(r.number for r in rows if r.purpose == _FIELDS and r.is_primary)


async def _unwrapped(keks: Keyring, row: KeyRow) -> bytes:
    return await keks.unwrap(row.wrapped, kek=row.kek, context=_context(row.purpose))


def _context(purpose: str) -> bytes:
    return f"quid data key: {purpose}".encode()
