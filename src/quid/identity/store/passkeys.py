"""Writes of passkeys."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity.ports import Passkey
from quid.identity.types import OwnPasskey
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "passkeys_store")
_ADD_PASSKEY: Final = _SQL.command("add_passkey")
USE_PASSKEY: Final = _SQL.command("use_passkey")
RENAME_PASSKEY: Final = _SQL.rows("rename_passkey", OwnPasskey)
DROP_PASSKEY: Final = _SQL.command("drop_passkey")
DROP_PASSKEYS: Final = _SQL.command("drop_passkeys")


async def add_passkey(
    tx: db.Tx, user_id: UUID, new: OwnPasskey, key: Passkey, *, at: datetime
) -> bool:
    """Write a new key; tell whether it is nobody's yet."""
    added = await _ADD_PASSKEY.run(
        tx, new.id, user_id, key.credential_id, key.public_key, key.sign_count, new.transports,
        new.name, at,
    )  # fmt: skip
    return added == 1
