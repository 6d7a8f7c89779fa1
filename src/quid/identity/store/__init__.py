"""Writes to the tables of this slice. Called by `service` inside its transactions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity.types import SessionKind
from quid.kit import db

SQL: Final = db.sql("quid.identity", "store")
EMAIL_LOCK: Final = 0x49_45  # class of advisory locks: codes of one e-mail
PAIR_LOCK: Final = 0x49_50  # class of advisory locks: the edges of two people


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


@dataclass(frozen=True, slots=True)
class Guess:
    """A try that has been paid for: what to compare with."""

    email: str
    code_hash: bytes
    tries_left: int


ADD_PERSON: Final = SQL.command("add_person")
TAKEN: Final = SQL.rows("taken", Taken)
SET_PASSWORD_HASH: Final = SQL.command("set_password_hash")
_OPEN_SESSION: Final = SQL.command("open_session")
TOUCH_SESSION: Final = SQL.command("touch_session")
ROTATE: Final = SQL.rows("rotate", SessionOwner)
REVOKE: Final = SQL.command("revoke")
REVOKE_FAMILY: Final = SQL.rows("revoke_family", SessionOwner)
RECENT_CHALLENGES: Final = SQL.values("recent_challenges", datetime)
ADD_CHALLENGE: Final = SQL.command("add_challenge")
TAKE_TRY: Final = SQL.rows("take_try", Guess)
HAS_CHALLENGE: Final = SQL.value("has_challenge", bool)
USE_CHALLENGE: Final = SQL.command("use_challenge")
HAS_TICKET: Final = SQL.value("has_ticket", bool)
USE_TICKET: Final = SQL.values("use_ticket", str)
FORGET_CHALLENGES: Final = SQL.command("forget_challenges")
FORGET_SESSIONS: Final = SQL.command("forget_sessions")
BLOCK: Final = SQL.command("block")
END_FRIENDSHIP: Final = SQL.command("end_friendship")
UNBLOCK: Final = SQL.command("unblock")
FREEZE: Final = SQL.command("freeze")
UNFREEZE: Final = SQL.command("unfreeze")
_LOCK_NAME: Final = SQL.command("lock_name")


async def lock_email(tx: db.Tx, email: str) -> None:
    """Let codes of one e-mail take turns. Locks: the e-mail (advisory)."""
    await _LOCK_NAME.run(tx, EMAIL_LOCK, email)


async def lock_pair(tx: db.Tx, pair: frozenset[UUID]) -> None:
    """Let acts between two people take turns. Locks: the pair (advisory)."""
    await _LOCK_NAME.run(tx, PAIR_LOCK, ",".join(sorted(p.hex for p in pair)))


async def open_session(tx: db.Tx, new: NewSession) -> None:
    """Write a session that begins now."""
    await _OPEN_SESSION.run(
        tx, new.id, new.user_id, new.kind, new.selector_hash, new.verifier_hash,
        new.is_remembered, new.at, new.expires_at, new.ends_at,
    )  # fmt: skip
