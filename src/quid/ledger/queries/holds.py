"""Holds, and transfers as a reversal would undo them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.kit.db import Conn
from quid.kit.ids import bucket
from quid.ledger.types import Hold, Original

_SQL: Final = db.sql("quid.ledger", "holds")
_HOLDS: Final = _SQL.rows("holds", Hold)
_OPEN_HOLDS: Final = _SQL.rows("open_holds", Hold)
_DUE_HOLDS: Final = _SQL.rows("due_holds", Hold)
_UNLIKE_HOLDS: Final = _SQL.values("unlike_holds", int)
_ORIGINALS: Final = _SQL.rows("originals", Original)


async def holds(conn: Conn, ids: Iterable[UUID]) -> dict[UUID, Hold]:
    """Read holds by id; one that does not exist is left out."""
    return {hold.id: hold for hold in await _HOLDS.all(conn, [*ids])}


async def open_holds(conn: Conn, owners: Iterable[UUID]) -> list[Hold]:
    """List what is set aside of these people's money, the oldest first."""
    wanted = [*owners]
    return await _OPEN_HOLDS.all(conn, wanted, [bucket(o) for o in wanted])


async def due_holds(conn: Conn, many: int) -> list[Hold]:
    """Take some holds whose time is over, in no order.

    One that cannot be given back must not stand before the others for ever.
    """
    return await _DUE_HOLDS.all(conn, many)


async def unlike_holds(conn: Conn, accounts: Iterable[int]) -> list[int]:
    """Name those that hold reserved money, but not what is left of their open holds."""
    return await _UNLIKE_HOLDS.all(conn, [*accounts])


async def originals(conn: Conn, ids: Iterable[UUID]) -> dict[UUID, Original]:
    """Read posted transfers by id, as a reversal would undo them; `post` says whether it may."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = await _ORIGINALS.all(conn, wanted, wanted[0], wanted[-1])
    return {original.id: original for original in found}
