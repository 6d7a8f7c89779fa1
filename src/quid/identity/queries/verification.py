"""Reads of verifications: where a person stands, what waits for an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from quid.identity.ports import Facts
from quid.identity.store import verification as store
from quid.kit import db


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """A verification as stored. `tier` 1 is decided by the verifier, 2 by an operator."""

    id: UUID
    user_id: UUID
    tier: int
    state: str
    facts_sealed: bytes | None
    asked_at: datetime
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A verification that waits for an operator."""

    id: UUID
    user_id: UUID
    asked_at: datetime
    documents: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document that somebody sent. Units: `size` in bytes."""

    id: UUID
    user_id: UUID
    media_type: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class VerificationView:
    """Where a person stands: what is known of them, and what the next tier needs."""

    tier: int
    state: Literal["none", "pending", "verified", "refused"]
    needs: tuple[str, ...]


FACTS: Final = ("legal_name", "birth_date", "address", "tax_id_last4")
DOCUMENT: Final = ("document",)

_SQL: Final = db.sql("quid.identity", "verification")
_LATEST: Final = _SQL.rows("latest", VerificationRow)
_BY_ID: Final = _SQL.rows("by_id", VerificationRow)
_FACTS_FOR: Final = _SQL.rows("facts_for", VerificationRow)
_VERIFIED: Final = _SQL.rows("verified", VerificationRow)
_LEFT_OVER: Final = _SQL.rows("left_over", VerificationRow)
_WAITING: Final = _SQL.rows("waiting", Waiting)
_DOCUMENTS: Final = _SQL.rows("documents", Document)
_TIER: Final = _SQL.values("tier", int)


async def tier_of(conn: db.Conn, user_id: UUID) -> int | None:
    """Give a person's tier; None for nobody."""
    return await _TIER.maybe(conn, user_id)


async def latest(conn: db.Conn, user_id: UUID) -> VerificationRow | None:
    """Find what a person showed last."""
    return await _LATEST.maybe(conn, user_id)


async def by_id(conn: db.Conn, verification_id: UUID) -> VerificationRow | None:
    """Find a verification."""
    return await _BY_ID.maybe(conn, verification_id)


async def facts_for(conn: db.Conn, verification_id: UUID) -> VerificationRow | None:
    """Find the verification whose facts this one is about: its own, or the last before it."""
    return await _FACTS_FOR.maybe(conn, verification_id)


async def legal_name(conn: db.Conn, user_id: UUID) -> str | None:
    """Open the name by which the law knows a person; None for whoever is not verified.

    For those who must hold it against a bank's: never shown, logged or stored.
    """
    row = await _VERIFIED.maybe(conn, user_id)
    if row is None or row.facts_sealed is None:
        return None
    opened = store.unseal_facts(row.id, row.user_id, row.facts_sealed)
    return msgspec.json.decode(opened, type=Facts).legal_name


async def left_over(conn: db.Conn, *, before: datetime, limit: int) -> Sequence[VerificationRow]:
    """List those that wait for the verifier since before then: their request has ended."""
    return await _LEFT_OVER.all(conn, before, limit)


async def waiting(conn: db.Conn, *, limit: int) -> Sequence[Waiting]:
    """List what waits for an operator, the oldest first."""
    return await _WAITING.all(conn, limit)


async def documents(conn: db.Conn, verification_id: UUID) -> Sequence[Document]:
    """List the documents of a verification, in order."""
    return await _DOCUMENTS.all(conn, verification_id)


async def view(conn: db.Conn, user_id: UUID) -> VerificationView:
    """Say where a person stands."""
    tier = await tier_of(conn, user_id) or 0
    row = await latest(conn, user_id)
    if row is not None and row.state == "PENDING":
        return VerificationView(tier, "pending", ())
    if row is not None and row.state == "NEEDS_MORE" and tier == 0:
        return VerificationView(tier, "pending", DOCUMENT)
    needs = {0: FACTS, 1: DOCUMENT}.get(tier, ())
    if row is not None and row.state == "REFUSED":
        return VerificationView(tier, "refused", needs)
    return VerificationView(tier, "verified" if tier else "none", needs)
