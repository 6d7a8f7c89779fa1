"""Sealed fields: what the database keeps of people can be read only here.

A sealed field is `version | number of its data key | nonce | body`, AES-256-GCM-SIV, bound to its
place: copied to another row, column or owner it does not open. Data keys stand in `kit.data_key`,
wrapped by a key that is never in the database (`KekProvider`). They are unwrapped once a process.
What must be found again by its exact value has a blind index beside it: a hash under a key of its
own.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from quid.kit import db
from quid.kit.config import BadSettings

VERSION: Final = 1
_NUMBER: Final = 2  # bytes of the number of a data key
_NONCE: Final = 12
_HEAD: Final = 1 + _NUMBER
_TAG: Final = 16
_KEY: Final = 32
_BLIND: Final = 16

_SQL: Final = db.sql("quid.kit", "fields")


class Place(NamedTuple):
    """Where a sealed field stands: it opens nowhere else."""

    table: str
    column: str
    row: UUID
    owner: UUID


class FieldUnreadable(ValueError):  # noqa: N818 - a state of stored bytes, told by what is wrong
    """A sealed field does not open: copied, changed, or sealed by what this process has not."""


class KekProvider(Protocol):
    """Keeps the key that wraps data keys. `context` must be the same at both ends."""

    @property
    def name(self) -> str:
        """Name the key, as `kit.data_key` records it."""

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable where another key has wrapped it."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """The wrapping key of the secrets file."""

    key: bytes
    name: str = "local"

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCMSIV(self.key).encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable."""
        try:
            return AESGCMSIV(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError) as e:
            raise FieldUnreadable("a data key was wrapped by another key") from e


class Fields:
    """The data keys of this installation, open (a part of the runtime)."""

    def __init__(self, keys: Mapping[int, bytes], *, primary: int, blind: bytes) -> None:
        self._keys = {number: AESGCMSIV(key) for number, key in keys.items()}
        self._blind = blind
        self._primary = primary

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
        """Seal bytes for their place."""
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
    is_primary: bool


_KEYS: Final = _SQL.rows("keys", KeyRow)
_ADD_KEYS: Final = _SQL.command("add_first_keys")


async def load(database: db.Database, kek: KekProvider, *, now: datetime) -> Fields:
    """Unwrap the data keys; the first process of an installation makes them.

    Raises: BadSettings when the wrapping key is not the one that wrapped them.
    """
    async with database.read() as conn:
        rows = await _KEYS.all(conn, now)
    if not rows:
        wrapped = [await kek.wrap(os.urandom(_KEY), context=_context(p)) for p in _PURPOSES]
        async with database.transaction() as tx:
            await _ADD_KEYS.run(tx, list(_PURPOSES), wrapped, kek.name, now)
        async with database.read() as conn:
            rows = await _KEYS.all(conn, now)
    try:
        opened = {r.number: await kek.unwrap(r.wrapped, context=_context(r.purpose)) for r in rows}
    except FieldUnreadable:
        raise BadSettings(
            "field_kek is not the key that this database's fields are sealed under: "
            "restore it from the backup of the secrets file"
        ) from None
    fields = {r.number: opened[r.number] for r in rows if r.purpose == _FIELDS}
    primary = next(r.number for r in rows if r.purpose == _FIELDS and r.is_primary)
    blind = next(opened[r.number] for r in rows if r.purpose == _INDEX)
    return Fields(fields, primary=primary, blind=blind)


_FIELDS: Final = "fields"
_INDEX: Final = "index"
_PURPOSES: Final = (_FIELDS, _INDEX)


def _context(purpose: str) -> bytes:
    return f"quid data key: {purpose}".encode()
