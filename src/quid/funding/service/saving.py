"""Writing sources and telling of it, and the line that each act leaves in the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding.events import SourceChanged
from quid.funding.queries import linked as queries
from quid.funding.store import sources as store
from quid.funding.types import Source, SourceKind, SourceState
from quid.identity import service as people
from quid.identity.types import SecurityKind, Visit
from quid.kit import audit, db, ids, outbox, telemetry
from quid.kit.errors import NotFound
from quid.kit.events import Event
from quid.kit.operators import Details

TOPIC: Final = "funding"
_TOLD: Final[Mapping[tuple[str, str], SecurityKind]] = {
    ("funding.link", "fs"): "source_linked",
    ("funding.remove", "fs"): "source_removed",
}
_KINDS: Final = {"fs": "funding_source", "lnk": "link_session"}


async def save(tx: db.Tx, rows: Sequence[Source], *, now: datetime) -> None:
    """Part: write new and changed sources, and tell of each.

    Locks: funding.source (the caller holds those that exist).
    Emits: funding.source_changed.v1.
    """
    await store.put(tx, rows, now=now)
    await outbox.append(tx, [event_of(r, at=now) for r in rows])


def event_of(source: Source, *, at: datetime) -> Event:
    """Tell that a source is as it is now."""
    told = SourceChanged(
        source_id=ids.show("fs", source.id),
        user_id=ids.show("usr", source.user_id),
        kind=SourceKind(source.kind).name.lower(),
        state=SourceState(source.state).name,
    )
    return Event(TOPIC, told.TYPE, ("fs", source.id), source.user_id, at, told)


async def locked(tx: db.Tx, source_id: UUID, user_id: UUID | None = None) -> Source:
    """Lock a source and read it. Raises: NotFound, also for one that is not `user_id`'s.

    Locks: turns of its person and its account, funding.source. What becomes of one source may make
    another the default, so whoever changes sources of a person has their turn before any row.
    """
    known = (await queries.by_ids(tx, [source_id])).get(source_id)
    if known is None or user_id not in (None, known.user_id):
        raise NotFound
    prints = [known.fingerprint] if known.fingerprint is not None else []
    [source] = await all_locked(tx, known.user_id, [source_id], prints)
    return source


async def all_locked(
    tx: db.Tx, user_id: UUID, source_ids: Sequence[UUID], prints: Sequence[bytes] = ()
) -> list[Source]:
    """Lock sources of one person and read them.

    Locks: turns of the person and of the accounts that `prints` name, funding.source.
    """
    await store.take_turns(tx, [user_id], prints)
    await store.lock(tx, source_ids)
    return list((await queries.by_ids(tx, source_ids)).values())


class Noted(NamedTuple):
    """An act of a person for the audit log. `thing`: prefix and id of what it was about.

    `ip`: where it came from, for the mail about it.
    """

    action: str
    user_id: UUID
    thing: tuple[str, UUID]
    details: Details = MappingProxyType({})
    outcome: str = "ok"
    ip: str = ""


async def note(tx: db.Tx, noted: Noted, *, now: datetime) -> people.Notice | None:
    """Part: write an act of a person into the audit log.

    Gives what they are to be told of by mail after the commit. Emits: identity.security_noted.v1.
    """
    entry = audit.Entry(
        actor=ids.show("usr", noted.user_id),
        actor_type="person",
        action=noted.action,
        resource_type=_KINDS[noted.thing[0]],
        resource_id=ids.show(*noted.thing),
        outcome=noted.outcome,
        at=now,
        request_id=telemetry.request_id(),
        details=noted.details,
    )
    await audit.record(tx, [entry])
    kind = _TOLD.get((noted.action, noted.thing[0]))
    if kind is None:
        return None
    where = Visit(address=noted.ip)
    return await people.note(tx, people.Notice(noted.user_id, kind, now, where))
