"""Reads of passkeys: as their person sees them, and as an answer is judged by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity.ports import Known, Passkey
from quid.identity.types import OwnPasskey
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "passkeys")


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as stored, and whose it is."""

    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]

    @property
    def known(self) -> Known:
        """By what a device finds it."""
        return Known(self.credential_id, tuple(self.transports))

    @property
    def passkey(self) -> Passkey:
        """What an answer is judged by."""
        return Passkey(self.credential_id, self.public_key, self.sign_count)


_PASSKEYS: Final = _SQL.rows("passkeys", OwnPasskey)
_KEYS_OF: Final = _SQL.rows("keys_of", Key)
_KEY: Final = _SQL.rows("key", Key)
_HAS_PASSKEY: Final = _SQL.value("has_passkey", bool)


async def passkeys(conn: db.Conn, user_id: UUID) -> list[OwnPasskey]:
    """List a person's passkeys, oldest first."""
    return await _PASSKEYS.all(conn, user_id)


async def keys_of(conn: db.Conn, user_id: UUID, *, made_by: datetime | None = None) -> list[Key]:
    """List a person's keys, oldest first; with `made_by` those that were there by then.

    Of a person who came later than that, all: no key can be older than its account.
    """
    return await _KEYS_OF.all(conn, user_id, made_by)


async def key(conn: db.Conn, credential_id: bytes) -> Key | None:
    """Find the key of this id, whoever has it."""
    return await _KEY.maybe(conn, credential_id)


async def has_passkey(conn: db.Conn, user_id: UUID) -> bool:
    """Tell whether a person has one."""
    return await _HAS_PASSKEY.get(conn, user_id)
