"""What there is to see of payments, for whoever decides who may: the feed, profiles, search."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.payments.queries.lists import Position
from quid.payments.types import Story


@dataclass(frozen=True, slots=True)
class _Paid:
    """How often somebody was paid."""

    payee_id: UUID
    times: int


_SQL: Final = db.sql("quid.payments", "seen")
_STORIES: Final = _SQL.rows("stories", Story)
_RECENT_OF: Final = _SQL.rows("recent_of", Story)
_MINE: Final = _SQL.rows("mine", Position)
_PUBLIC: Final = _SQL.rows("public", Position)
_TIMES_PAID: Final = _SQL.rows("times_paid", _Paid)
_HAS_PAID: Final = _SQL.value("has_paid", bool)


async def stories(conn: db.Conn, payment_ids: Collection[UUID]) -> dict[UUID, Story]:
    """Tell what there is to see of payments; one that does not exist is left out.

    Those that never arrived or were reversed are given too, not `is_completed`.
    """
    if not payment_ids:
        return {}
    return {s.id: s for s in await _STORIES.all(conn, [*payment_ids])}


async def recent_of(conn: db.Conn, user_id: UUID, *, since: datetime, limit: int) -> list[Story]:
    """List the latest completed payments of a person, newest first.

    Taken by the time of their lines, as `mine` lists them, from `since` on; given by completion.
    """
    return await _RECENT_OF.all(conn, user_id, since, limit)


async def mine(conn: db.Conn, viewer_id: UUID, *, before: Position, limit: int) -> list[Position]:
    """List a person's own payments that have arrived, newest first.

    By the time of their lines of activity: for the payer when the money left the wallet, which of
    one that has waited, or that a bank paid, is before it arrived. So such a one comes in below
    the head of the list. Reversed ones are among them: `stories` tells.
    """
    return await _MINE.all(conn, viewer_id, before.at, before.id, limit)


async def public(conn: db.Conn, *, before: Position, limit: int) -> list[Position]:
    """List what both people let everybody see, by completion, newest first."""
    return await _PUBLIC.all(conn, before.at, before.id, limit)


async def times_paid(conn: db.Conn, payer_id: UUID, others: Collection[UUID]) -> dict[UUID, int]:
    """Count how often a person has paid these others, reversed payments left out; never is 0.

    Reads the payer's lines; no index of people is kept for it, as each payment would have to.
    """
    if not others:
        return {}
    found = {p.payee_id: p.times for p in await _TIMES_PAID.all(conn, payer_id, [*others])}
    return {other: found.get(other, 0) for other in others}


async def has_paid(conn: db.Conn, payer_id: UUID, payee_id: UUID) -> bool:
    """Tell whether somebody has paid another person, and it was not reversed.

    Reads the lines of the payee.
    """
    return await _HAS_PAID.get(conn, payer_id, payee_id)
