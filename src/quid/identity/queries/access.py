"""Reads of access: sessions as their person sees them, ways to prove oneself, what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity.types import Method, OpenSession, Proven, SecurityEvent
from quid.kit import db, ids

_SQL: Final = db.sql("quid.identity", "access_queries")


@dataclass(frozen=True, slots=True)
class Totp:
    """The sealed secret of an authenticator app; `enrolled_at` is None while only offered."""

    id: UUID
    sealed: bytes
    enrolled_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Factors:
    credentials_since: datetime
    totp_since: datetime | None
    passkey_since: datetime | None
    codes_since: datetime | None
    is_email_enough: bool


_PROVEN: Final = _SQL.rows("proven", Proven)
TOTP: Final = _SQL.rows("totp", Totp)
TOTP_OFFERED: Final = _SQL.rows("totp_offered", Totp)
_FACTORS: Final = _SQL.rows("factors", _Factors)
ASKED_OF: Final = _SQL.values("asked_of", UUID)
_IS_PROVEN: Final = _SQL.value("is_proven", bool)
IS_LOCKED: Final = _SQL.value("is_locked", bool)
CREDENTIALS_SINCE: Final = _SQL.values("credentials_since", datetime)
PASSWORD_OF: Final = _SQL.value("password_of", str)
_OPEN_SESSIONS: Final = _SQL.rows("open_sessions", OpenSession)
_SECURITY_EVENTS: Final = _SQL.rows("security_events", SecurityEvent)


async def proven(conn: db.Conn, session_id: UUID) -> Proven | None:
    """Tell when and how a session has last proven who holds it."""
    return await _PROVEN.maybe(conn, session_id)


async def methods_of(conn: db.Conn, user_id: UUID, *, now: datetime) -> tuple[Method, ...]:
    """List the ways in which a person can prove who they are, with the age of each.

    Whoever has a second factor uses it, or one of the codes that stand for it; who has none proves
    the password and the e-mail, and after a recovery by e-mail alone nothing for a day.
    """
    found = await _FACTORS.maybe(conn, user_id, now)
    if found is None:
        return ()
    methods: list[Method] = []
    if found.passkey_since is not None:
        methods.append(Method("passkey", found.passkey_since))
    if found.totp_since is not None:
        methods.append(Method("totp", found.totp_since))
    if methods:
        if found.codes_since is not None:
            methods.append(Method("recovery_code", found.codes_since))
        return tuple(methods)
    return (Method("email_code", found.credentials_since),) if found.is_email_enough else ()


async def is_asked_of(conn: db.Conn, challenge_id: UUID, session_id: UUID) -> bool:
    """Tell whether a step-up was asked of this session."""
    return await ASKED_OF.maybe(conn, challenge_id, "step_up", session_id) is not None


async def is_proven(conn: db.Conn, user_id: UUID, purpose: str) -> bool:
    """Tell whether a person has proven this purpose: a proof and its act are two commits."""
    return await _IS_PROVEN.get(conn, ids.leg(user_id, purpose), purpose)


async def open_sessions(conn: db.Conn, user_id: UUID, *, now: datetime) -> list[OpenSession]:
    """List a person's standing sessions, the latest used first; 200 at most."""
    return await _OPEN_SESSIONS.all(conn, user_id, now)


async def security_events(
    conn: db.Conn, user_id: UUID, *, before: tuple[datetime, UUID], limit: int
) -> list[SecurityEvent]:
    """List what happened to the safety of a person's account, latest first."""
    return await _SECURITY_EVENTS.all(conn, user_id, *before, limit)
