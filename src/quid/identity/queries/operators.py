"""Reads of operators, and of people as operators see them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from quid.identity.types import FreezeRow, OperatorRow
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "operators")
_OPERATOR: Final = _SQL.rows("operator", OperatorRow)
_OPERATORS: Final = _SQL.rows("operators", OperatorRow)
_IS_CLOSE: Final = _SQL.value("is_close", bool)
_ALL_FREEZES: Final = _SQL.rows("all_freezes", FreezeRow)
_FREEZE_BY_ID: Final = _SQL.rows("freeze_by_id", FreezeRow)


async def operator(conn: db.Conn, user_id: UUID) -> OperatorRow | None:
    """Find an operator, disabled or not."""
    return await _OPERATOR.maybe(conn, user_id)


async def operators(conn: db.Conn) -> list[OperatorRow]:
    """List all operators; the disabled come last."""
    return await _OPERATORS.all(conn)


async def is_close(
    conn: db.Conn, operator_id: UUID, linked_id: UUID | None, people: Collection[UUID]
) -> bool:
    """Tell whether one of these people is the operator, their own person, or its friend."""
    return await _IS_CLOSE.get(conn, operator_id, linked_id, list(people))


async def all_freezes(conn: db.Conn, user_id: UUID) -> list[FreezeRow]:
    """List the freezes of a person, lifted ones too, latest first; 50 at most."""
    return await _ALL_FREEZES.all(conn, user_id)


async def freeze_by_id(conn: db.Conn, freeze_id: UUID) -> FreezeRow:
    """Give one freeze."""
    return await _FREEZE_BY_ID.one(conn, freeze_id)
