"""Reads of banks and cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.types import Defaults, LinkSession, Peer, Provider, Source, SourceKind
from quid.funding.types import SourceState as State
from quid.kit import db

MANY: Final = 100
_SQL: Final = db.sql("quid.funding", "sources")


@dataclass(frozen=True, slots=True)
class PassedBy:
    """Which operator said that a source's owner is the person."""

    id: UUID
    passed_by: str


_BY_IDS: Final = _SQL.rows("by_ids", Source)
_OF_PERSON: Final = _SQL.rows("of_person", Source)
_EVERY_OF_PERSON: Final = _SQL.rows("every_of_person", Source)
_DEFAULTS: Final = _SQL.rows("defaults", Source)
_OF_ITEM: Final = _SQL.rows("of_item", Source)
_IN_REVIEW: Final = _SQL.rows("in_review", Source)
_LIVE_COUNT: Final = _SQL.value("live_count", int)
_PEERS: Final = _SQL.rows("peers", Peer)
_IS_IN_USE: Final = _SQL.value("is_in_use", bool)
_CUSTOMER_REF: Final = _SQL.values("customer_ref", str)
_PASSED_BY: Final = _SQL.rows("passed_by", PassedBy)
_TYPED_SINCE: Final = _SQL.value("typed_since", int)
_SESSION: Final = _SQL.rows("session", LinkSession)
_SESSION_BY_REF: Final = _SQL.rows("session_by_ref", LinkSession)
_OPEN_SESSIONS: Final = _SQL.rows("open_sessions", LinkSession)


async def by_ids(conn: db.Conn, source_ids: Sequence[UUID]) -> dict[UUID, Source]:
    """Find sources in whatever state; what is unknown is left out."""
    return {s.id: s for s in await _BY_IDS.all(conn, source_ids)}


async def usable(conn: db.Conn, source_ids: Sequence[UUID]) -> dict[UUID, Source]:
    """Find those of these sources that are VERIFIED; what each can do is on it."""
    found = await _BY_IDS.all(conn, source_ids)
    return {s.id: s for s in found if s.state == State.VERIFIED}


async def defaults(conn: db.Conn, user_ids: Sequence[UUID]) -> dict[UUID, Defaults]:
    """Give what these people use where they name nothing; who has none is left out."""
    found: dict[UUID, Defaults] = {}
    for source in await _DEFAULTS.all(conn, user_ids):
        before = found.get(source.user_id, Defaults(None, None))
        is_bank = source.kind == SourceKind.BANK
        found[source.user_id] = (
            before._replace(bank=source) if is_bank else before._replace(card=source)
        )
    return found


async def sources(conn: db.Conn, user_id: UUID, *, and_removed: bool = False) -> list[Source]:
    """List a person's banks and cards, the oldest first; what they took away, if asked, last."""
    return await _OF_PERSON.all(conn, user_id, and_removed, MANY)


async def every_source(conn: db.Conn, user_id: UUID) -> list[Source]:
    """List all that a person ever linked, the latest first: for operators."""
    return await _EVERY_OF_PERSON.all(conn, user_id, MANY)


async def of_item(conn: db.Conn, provider: Provider, item_ref: str) -> list[Source]:
    """List the live sources of a sign-in at a bank."""
    return await _OF_ITEM.all(conn, provider, item_ref)


async def in_review(conn: db.Conn) -> list[Source]:
    """List banks that wait for an operator to say whose they are."""
    return await _IN_REVIEW.all(conn, MANY)


async def live_count(conn: db.Conn, user_id: UUID) -> int:
    """Count what stands in a person's wallet."""
    return await _LIVE_COUNT.get(conn, user_id)


async def peers(conn: db.Conn, fingerprints: Sequence[bytes]) -> list[Peer]:
    """Find everybody's live or disabled sources that are one of these accounts or cards."""
    return await _PEERS.all(conn, fingerprints)


async def is_in_use(conn: db.Conn, source_id: UUID) -> bool:
    """Tell whether an operation on a source is open."""
    return await _IS_IN_USE.get(conn, source_id)


async def customer_ref(conn: db.Conn, user_id: UUID) -> str | None:
    """Find how the card processor knows a person."""
    return await _CUSTOMER_REF.maybe(conn, user_id)


async def passed(conn: db.Conn, source_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Say which of these sources an operator let pass, and who."""
    return {p.id: p.passed_by for p in await _PASSED_BY.all(conn, source_ids)}


async def typed_since(conn: db.Conn, user_id: UUID, since: datetime) -> int:
    """Count the accounts that a person has typed since then and that were sent small amounts."""
    return await _TYPED_SINCE.get(conn, user_id, since) // 2


async def session(conn: db.Conn, session_id: UUID) -> LinkSession | None:
    """Find a page that was opened."""
    return await _SESSION.maybe(conn, session_id)


async def session_by_ref(conn: db.Conn, session_ref: str) -> LinkSession | None:
    """Find a page by how its provider names it."""
    return await _SESSION_BY_REF.maybe(conn, session_ref)


async def open_sessions(conn: db.Conn, user_id: UUID, *, now: datetime) -> list[LinkSession]:
    """List a person's pages for new banks that may still give something, the latest first."""
    return await _OPEN_SESSIONS.all(conn, user_id, now, 5)
