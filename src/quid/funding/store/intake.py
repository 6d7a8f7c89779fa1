"""Webhooks, a provider's events, and how far they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.ports import RailEvent
from quid.funding.rules.intake import standing
from quid.funding.store.sealed import EVENT, seal_raw
from quid.funding.types import InboxRow, Provider, RailEventRow
from quid.kit import db, ids

_IN: Final = db.sql("quid.funding", "intake")
_SQL: Final = db.sql("quid.funding", "pull")
_NO_BUCKET: Final = UUID(int=0)
WORD_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to do about a provider's list, and whether somebody does it."""

    pulled_at: datetime | None
    retry_at: datetime | None
    failures: int
    silent_at: datetime | None
    is_leased: bool
    is_rung: bool
    is_hot: bool
    is_pending: bool
    is_found: bool


@dataclass(frozen=True, slots=True)
class Ringing:
    """A bell that says no more than that there is something to read."""

    id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Leased:
    """Where the list is read on."""

    after: str
    version: int


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits, with its operation. Units: minor units, unsigned."""

    id: UUID
    operation_id: UUID
    object_ref: str
    kind: str
    status: str
    cents: int | None
    failure: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Orphan:
    """A movement of the provider's that no operation of ours names. Units: minor units."""

    object_ref: str
    id: UUID
    cents: int | None


RINGING: Final = _IN.rows("ringing", Ringing)
WAITING: Final = _IN.rows("waiting", InboxRow)
ANSWER: Final = _IN.command("answer")
PUT_OFF: Final = _IN.command("put_off")
GIVE_UP: Final = _IN.command("give_up")
RING_AGAIN: Final = _IN.command("ring_again")
FORGET: Final = _IN.command("forget")
LOOK: Final = _SQL.rows("look", Look)
LEASE: Final = _SQL.rows("lease", Leased)
ADVANCE: Final = _SQL.values("advance", int)
DONE: Final = _SQL.command("done")
FAILED: Final = _SQL.command("failed")
CALLED: Final = _SQL.command("called")
_KEEP: Final = _SQL.command("keep")
ADOPT: Final = _SQL.command("adopt")
ORPHAN: Final = _SQL.command("orphan")
PENDING: Final = _SQL.rows("pending", Pending)
MARK_APPLIED: Final = _SQL.command("mark_applied")
QUARANTINE: Final = _SQL.command("quarantine")
REPLAY: Final = _SQL.command("replay")
OLD_ORPHANS: Final = _SQL.rows("old_orphans", Orphan)
UNPAGED: Final = _SQL.rows("unpaged", RailEventRow)
MARK_PAGED: Final = _SQL.command("mark_paged")
SILENT: Final = _SQL.values("silent", int)


def plain(text: str) -> str:
    """Give what the database can keep of a word of a provider, at most 200 characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:WORD_MAX]


def _plain(text: str | None) -> str | None:
    return None if text is None else plain(text)


async def keep(
    tx: db.Tx, provider: Provider, events: Sequence[RailEvent], *, now: datetime
) -> None:
    """Keep a page of events as they came, sealed, in their order; those that are here stay."""
    if not events:
        return
    stand = [standing(provider, e.kind, can_act=bool(e.status and e.object_ref)) for e in events]
    made = ids.ascending([(_NO_BUCKET, now)] * len(events))
    await _KEEP.run(
        tx,
        made,
        provider,
        [plain(e.event_id) for e in events],
        [plain(e.kind) for e in events],
        [_plain(e.object_ref) for e in events],
        [_plain(e.status) for e in events],
        [e.cents for e in events],
        [_plain(e.failure) for e in events],
        [seal_raw(EVENT, i, e.raw) for i, e in zip(made, events, strict=True)],
        [e.at for e in events],
        [int(s.state) for s in stand],
        [s.reason for s in stand],
        now,
    )
