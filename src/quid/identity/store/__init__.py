"""Writes to the tables of this slice. Called by `service` inside its transactions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import rules
from quid.identity.store import access, contacts
from quid.identity.store.contacts import (
    email_index,
    lock_email,
    seal_plain,
    set_email,
    set_phone,
)
from quid.identity.store.graph import lock_people
from quid.identity.types import SessionKind
from quid.kit import db

__all__ = [
    "access",
    "email_index",
    "lock_email",
    "lock_people",
    "seal_plain",
    "set_email",
    "set_phone",
]

SQL: Final = db.sql("quid.identity", "store")


@dataclass(frozen=True, slots=True)
class Taken:
    """Which part of a new person belongs to somebody already."""

    is_email: bool
    is_handle: bool


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to open; secrets as hashes."""

    id: UUID
    user_id: UUID
    kind: SessionKind
    selector_hash: bytes
    at: datetime
    expires_at: datetime
    ends_at: datetime
    verifier_hash: bytes | None = None
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class SessionOwner:
    """A session that was changed, and whose it is."""

    id: UUID
    user_id: UUID
    is_operator: bool


@dataclass(frozen=True, slots=True)
class NewChallenge:
    """A code to send: `code_hash` is its tag."""

    id: UUID
    email: str
    code_hash: bytes
    tries: int
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Guess:
    """A try that has been paid for: what to compare with."""

    email: str
    code_hash: bytes
    tries_left: int


@dataclass(frozen=True, slots=True)
class GuessRow:
    """The same as stored."""

    email_sealed: bytes
    code_hash: bytes
    tries_left: int


@dataclass(frozen=True, slots=True)
class UsedTicket:
    """The challenge whose ticket was used, and the e-mail that it proves."""

    id: UUID
    email_sealed: bytes


ADD_PERSON: Final = SQL.command("add_person")
TAKEN: Final = SQL.rows("taken", Taken)
SET_PASSWORD_HASH: Final = SQL.command("set_password_hash")
_OPEN_SESSION: Final = SQL.value("open_session", bool)
TOUCH_SESSION: Final = SQL.command("touch_session")
ROTATE: Final = SQL.rows("rotate", SessionOwner)
REVOKE: Final = SQL.command("revoke")
REVOKE_FAMILY: Final = SQL.rows("revoke_family", SessionOwner)
_RECENT_CHALLENGES: Final = SQL.values("recent_challenges", datetime)
_ADD_CHALLENGE: Final = SQL.command("add_challenge")
_TAKE_TRY: Final = SQL.rows("take_try", GuessRow)
HAS_CHALLENGE: Final = SQL.value("has_challenge", bool)
USE_CHALLENGE: Final = SQL.command("use_challenge")
HAS_TICKET: Final = SQL.value("has_ticket", bool)
_USE_TICKET: Final = SQL.rows("use_ticket", UsedTicket)
FORGET_CHALLENGES: Final = SQL.command("forget_challenges")
FORGET_SESSIONS: Final = SQL.command("forget_sessions")
FREEZE: Final = SQL.command("freeze")
UNFREEZE: Final = SQL.command("unfreeze")


async def recent_challenges(tx: db.Tx, email: str, *, since: datetime) -> list[datetime]:
    """Give when codes went to an e-mail, oldest first."""
    return await _RECENT_CHALLENGES.all(tx, contacts.email_index(email), since)


async def add_challenge(tx: db.Tx, new: NewChallenge) -> None:
    """Write a code that is on its way."""
    sealed = contacts.seal_of_challenge(new.id, new.email)
    await _ADD_CHALLENGE.run(
        tx, new.id, sealed, contacts.email_index(new.email), new.code_hash, new.tries, new.at,
        new.expires_at,
    )  # fmt: skip


async def take_try(tx: db.Tx, challenge_id: UUID, *, now: datetime) -> Guess | None:
    """Pay for a guess; None where the code is gone. Locks: identity.challenge."""
    row = await _TAKE_TRY.maybe(tx, challenge_id, now)
    if row is None:
        return None
    email = contacts.unseal_of_challenge(challenge_id, row.email_sealed)
    return Guess(email, row.code_hash, row.tries_left)


async def use_ticket(tx: db.Tx, ticket_hash: bytes, *, now: datetime) -> str | None:
    """Use a ticket up and give the e-mail that it proves. Locks: identity.challenge."""
    used = await _USE_TICKET.maybe(tx, ticket_hash, now)
    return contacts.unseal_of_challenge(used.id, used.email_sealed) if used else None


async def open_session(tx: db.Tx, new: NewSession) -> bool:
    """Write a session that begins now; tell whether it is an operator's, which ends sooner."""
    return await _OPEN_SESSION.get(
        tx, new.id, new.user_id, new.kind, new.selector_hash, new.verifier_hash,
        new.is_remembered, new.at, new.expires_at, new.ends_at,
        new.at + rules.OPERATOR_LIFE,
    )  # fmt: skip
