"""Accounts by their owner, and by who holds them locked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import LANE_LOCK_CLASS, Conn
from quid.ledger.queries.balances import Balance

_SQL: Final = db.sql("quid.ledger", "accounts")
_OWNED: Final = _SQL.rows("owned", Balance)
_HELD_BY_OTHERS: Final = _SQL.values("held_by_others", int)


async def owned(conn: Conn, owner: UUID, currency: str) -> list[Balance]:
    """Read all accounts of a person in a currency, from the primary."""
    return await _OWNED.all(conn, ids.bucket(owner), owner, currency)


async def held_by_others(conn: Conn, accounts: Sequence[int]) -> set[int]:
    """Tell which of these accounts a transaction holds that is not a lane's: a lane's ends soon.

    Not asked by trying to lock them: of a busy account a healthy lane holds the row at any moment.
    """
    return set(await _HELD_BY_OTHERS.all(conn, accounts, LANE_LOCK_CLASS))
