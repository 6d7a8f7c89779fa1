"""Reads. Other slices may call these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from quid.identity.store import contacts
from quid.identity.types import Card, Freeze, Person, Standing
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "queries")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as stored, without its secrets."""

    id: UUID
    user_id: UUID
    kind: str
    is_remembered: bool
    last_seen_at: datetime
    expires_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    is_operator: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """What a password is compared with; `since` changes with the password and the e-mail."""

    id: UUID
    password_hash: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as stored: contacts are sealed."""

    id: UUID
    handle: str
    display_name: str
    email_sealed: bytes
    phone_sealed: bytes | None
    tier: int
    default_visibility: str
    show_amount: bool
    locale: str
    timezone: str
    created_at: datetime

    def open(self) -> Person:
        """Open the contacts."""
        phone = self.phone_sealed
        return Person(
            self.id, self.handle, self.display_name,
            contacts.unseal("email", self.id, self.email_sealed),
            None if phone is None else contacts.unseal("phone", self.id, phone), self.tier,
            self.default_visibility, self.show_amount, self.locale, self.timezone, self.created_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SealedEmail:
    """Where a person is mailed, sealed."""

    id: UUID
    email_sealed: bytes


@dataclass(frozen=True, slots=True)
class FreezeWords:
    """What somebody who may not send is told. A lock of their own has no day of review."""

    user_id: UUID
    reason_class: str
    text: str
    review_on: date | None


_STANDINGS: Final = _SQL.rows("standings", Standing)
_LIVE_SESSIONS: Final = _SQL.values("live_sessions", UUID)
_SESSION: Final = _SQL.rows("session", SessionRow)
_SESSION_BY_SELECTOR: Final = _SQL.rows("session_by_selector", SessionRow)
_PERSON: Final = _SQL.rows("person", PersonRow)
_EMAILS: Final = _SQL.rows("emails", SealedEmail)
_BY_HANDLE: Final = _SQL.rows("by_handle", PersonRow)
_BY_EMAIL: Final = _SQL.rows("by_email", PersonRow)
_CREDENTIAL: Final = _SQL.rows("credential", Credential)
_CARDS: Final = _SQL.rows("cards", Card)
_FREEZES: Final = _SQL.rows("freezes", Freeze)
_FREEZE_WORDS: Final = _SQL.rows("freeze_words", FreezeWords)


async def standings(
    conn: db.Conn,
    *,
    payer_ids: Sequence[UUID],
    session_ids: Sequence[UUID | None],
    payee_ids: Sequence[UUID],
    now: datetime,
) -> list[Standing]:
    """Give all that a batch of payments must know of its people, in order, in one statement.

    A session of None reads as not live (a caller without one decides for itself).
    """
    return await _STANDINGS.all(conn, payer_ids, session_ids, payee_ids, now)


async def session_is_live(
    conn: db.Conn, session_ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, bool]:
    """Tell of each session whether it is neither revoked, nor expired, nor idle too long."""
    live = set(await _LIVE_SESSIONS.all(conn, session_ids, now))
    return {s: s in live for s in session_ids}


async def session(conn: db.Conn, session_id: UUID) -> SessionRow | None:
    """Find a session, ended or not."""
    return await _SESSION.maybe(conn, session_id)


async def session_by_selector(conn: db.Conn, selector_hash: bytes) -> SessionRow | None:
    """Find the session of a secret, ended or not."""
    return await _SESSION_BY_SELECTOR.maybe(conn, selector_hash)


async def person(conn: db.Conn, user_id: UUID) -> Person | None:
    """Find a person: their own view."""
    row = await _PERSON.maybe(conn, user_id)
    return row.open() if row else None


async def emails(conn: db.Conn, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give where these people are mailed; who is unknown is left out. Never logged."""
    sealed = await _EMAILS.all(conn, list(user_ids))
    return {s.id: contacts.unseal("email", s.id, s.email_sealed) for s in sealed}


async def by_handle(conn: db.Conn, handle: str) -> Person | None:
    """Find a person by exact handle: their own view."""
    row = await _BY_HANDLE.maybe(conn, handle)
    return row.open() if row else None


async def by_email(conn: db.Conn, email: str) -> Person | None:
    """Find a person by e-mail in its normal form: their own view."""
    row = await _BY_EMAIL.maybe(conn, contacts.email_index(email))
    return row.open() if row else None


async def credential(conn: db.Conn, identifier: str) -> Credential | None:
    """Find what a password of this handle or e-mail is compared with."""
    return await _CREDENTIAL.maybe(conn, identifier, contacts.email_index(identifier))


async def cards(conn: db.Conn, user_ids: Sequence[UUID]) -> dict[UUID, Card]:
    """Give the cards of these people; who is unknown is left out."""
    return {c.id: c for c in await _CARDS.all(conn, user_ids)}


async def freezes(conn: db.Conn, user_id: UUID) -> list[Freeze]:
    """List what a person may not do for now, oldest first."""
    return await _FREEZES.all(conn, user_id)


async def freeze_words(conn: db.Conn, user_ids: Collection[UUID]) -> dict[UUID, FreezeWords]:
    """Give the words for those of these people who may not send, an operator's before their own."""
    return {w.user_id: w for w in await _FREEZE_WORDS.all(conn, list(user_ids))}
