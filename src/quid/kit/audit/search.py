"""Finding lines of the audit log, newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from quid.kit import db, ids

_SQL = db.sql("quid.kit", "audit_search")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = UUID(int=2**128 - 1)


class Wanted(NamedTuple):
    """What to find; all that is given must fit. `before`: the line from which to go on."""

    actor: str | None = None
    action: str | None = None
    resource_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit log; `details` as JSON."""

    id: UUID
    at: datetime
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    ip: str | None
    request_id: str | None
    details: str
    outcome: str


@dataclass(frozen=True, slots=True)
class LastAct:
    """What somebody did last."""

    actor: str
    action: str
    at: datetime


_BY_RESOURCE = _SQL.rows("by_resource", Line)
_BY_ACTOR = _SQL.rows("by_actor", Line)
_BY_ACTION = _SQL.rows("by_action", Line)
_BY_TIME = _SQL.rows("by_time", Line)
_LAST_ACTS = _SQL.rows("last_acts", LastAct)


def _first_of(at: datetime) -> UUID:
    return ids.first_of(max(at, _EPOCH))


async def last_acts(conn: db.Conn, actors: list[str]) -> dict[str, LastAct]:
    """Tell what each of these did last, refusals aside; who has done nothing is left out."""
    return {a.actor: a for a in await _LAST_ACTS.all(conn, actors)}


async def search(conn: db.Conn, wanted: Wanted, *, many: int) -> list[Line]:
    """List what fits. Led by the most telling of the names given, each of which has its index."""
    low = _first_of(wanted.since) if wanted.since else UUID(int=0)
    high = min(_first_of(wanted.until) if wanted.until else _LAST, wanted.before or _LAST)
    span = (low, high, many)
    if wanted.resource_id is not None:
        return await _BY_RESOURCE.all(conn, wanted.resource_id, wanted.actor, wanted.action, *span)
    if wanted.actor is not None:
        return await _BY_ACTOR.all(conn, wanted.actor, wanted.action, *span)
    if wanted.action is not None:
        return await _BY_ACTION.all(conn, wanted.action, *span)
    return await _BY_TIME.all(conn, *span)
