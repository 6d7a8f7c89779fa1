"""Reads of operators, and of people as operators see them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from quid.identity import queries
from quid.identity.errors import PersonNotFound
from quid.identity.rules import Identifier
from quid.identity.types import FreezeRow, OperatorRow, Person
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "operators")
_OPERATORS: Final = _SQL.rows("operators", OperatorRow)
_IS_CLOSE: Final = _SQL.value("is_close", bool)
_ALL_FREEZES: Final = _SQL.rows("all_freezes", FreezeRow)
_FREEZE_BY_ID: Final = _SQL.rows("freeze_by_id", FreezeRow)


async def operator(conn: db.Conn, user_id: UUID) -> OperatorRow | None:
    """Find an operator, disabled or not."""
    return await _OPERATORS.maybe(conn, user_id)


async def subject(conn: db.Conn, user_id: UUID) -> Person:
    """Find whom an act is about: a person, no operator. Raises: PersonNotFound."""
    person = await queries.person(conn, user_id)
    if person is None or await operator(conn, user_id) is not None:
        raise PersonNotFound(field="user_id")
    return person


async def find(conn: db.Conn, user_id: UUID | None, who: Identifier | None) -> Person | None:
    """Find a person by exactly what names them; an operator is none."""
    if user_id is not None:
        person = await queries.person(conn, user_id)
    elif who is not None and who.kind == "email":
        person = await queries.by_email(conn, who.value)
    else:
        person = await queries.by_handle(conn, who.value) if who else None
    if person is None or await operator(conn, person.id) is not None:
        return None
    return person


async def operators(conn: db.Conn) -> list[OperatorRow]:
    """List all operators; the disabled come last."""
    return await _OPERATORS.all(conn, None)


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
