"""Accounts by their owner, and by who holds them locked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import Conn, Tx
from quid.ledger.queries.balances import Balance

_SQL: Final = db.sql("quid.ledger", "accounts")
_OWNED: Final = _SQL.rows("owned", Balance)
_FREE_ACCOUNTS: Final = _SQL.values("free_accounts", int)


async def owned(conn: Conn, owner: UUID, currency: str) -> list[Balance]:
    """Read all accounts of a person in a currency, from the primary."""
    return await _OWNED.all(conn, ids.bucket(owner), owner, currency)


async def free_accounts(tx: Tx, accounts: Sequence[int]) -> set[int]:
    """Tell which of these accounts nobody else holds.

    Locks: those ledger.account rows, skipping held ones, to the end of `tx`.
    """
    return set(await _FREE_ACCOUNTS.all(tx, accounts))
