"""Writes of access: factors, step-ups, devices, locks, what happened to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity.types import SessionKind, Visit
from quid.kit import db, ids, runtime
from quid.kit.fields import Fields, Place

_SQL: Final = db.sql("quid.identity", "access_store")


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge whose try has been paid for: what to compare with, and what it is good for."""

    id: UUID
    user_id: UUID
    purpose: str
    session_id: UUID | None
    session_kind: SessionKind | None
    is_remembered: bool
    code_hash: bytes | None
    sealed_email: bytes | None
    tries_left: int


@dataclass(frozen=True, slots=True)
class NewStepUp:
    """A challenge to a known person."""

    id: UUID
    user_id: UUID
    purpose: str
    tries: int
    at: datetime
    expires_at: datetime
    session_id: UUID | None = None
    session_kind: SessionKind | None = None
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class NewLock:
    """What a person closes for themselves, and when it opens by itself."""

    user_id: UUID
    reason_class: str
    text: str
    at: datetime
    by: str
    lifts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session may live."""

    is_remembered: bool
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Thawed:
    """A lock that time has opened."""

    user_id: UUID
    scope: str


OFFER_TOTP: Final = _SQL.command("offer_totp")
DROP_OFFER: Final = _SQL.command("drop_offer")
TURN_TOTP_ON: Final = _SQL.command("turn_totp_on")
TURN_TOTP_OFF: Final = _SQL.command("turn_totp_off")
USE_STEP: Final = _SQL.command("use_step")
ADD_RECOVERY_CODES: Final = _SQL.command("add_recovery_codes")
DROP_RECOVERY_CODES: Final = _SQL.command("drop_recovery_codes")
USE_RECOVERY_CODE: Final = _SQL.command("use_recovery_code")
_LOCK_PERSON: Final = _SQL.values("lock_person", UUID)
_ADD_STEP_UP: Final = _SQL.command("add_step_up")
PUT_CODE: Final = _SQL.command("put_code")
CODES_SENT: Final = _SQL.values("codes_sent", datetime)
PAY_TRY: Final = _SQL.rows("pay_try", Asked)
BEGUN: Final = _SQL.value("begun", int)
USE_STEP_UP: Final = _SQL.command("use_step_up")
FORGET_STEP_UPS: Final = _SQL.command("forget_step_ups")
PROVE_SESSION: Final = _SQL.rows("prove_session", Life)
_PLACE_SESSION: Final = _SQL.value("place_session", bool)
REVOKE_OF: Final = _SQL.command("revoke_of")
_DROP_SIGN_INS: Final = _SQL.command("drop_sign_ins")
_REVOKE_ALL: Final = _SQL.command("revoke_all")
NEW_PASSWORD: Final = _SQL.command("new_password")
RENEW_CREDENTIALS: Final = _SQL.command("renew_credentials")
NOTE: Final = _SQL.command("note")
_CLOSE: Final = _SQL.command("close")
OPEN: Final = _SQL.command("open")
THAW: Final = _SQL.rows("thaw", Thawed)
_OUTGOING: Final = ("send", "withdraw")


def seal_email(challenge_id: UUID, user_id: UUID, email: str) -> bytes:
    """Seal the new e-mail that a code goes to."""
    return runtime.part(Fields).seal(_new_email(challenge_id, user_id), email)


def unseal_email(challenge_id: UUID, user_id: UUID, sealed: bytes) -> str:
    """Open the new e-mail that a code went to."""
    return runtime.part(Fields).open(_new_email(challenge_id, user_id), sealed)


def _new_email(challenge_id: UUID, user_id: UUID) -> Place:
    return Place("identity.step_up", "sealed_email", challenge_id, user_id)


async def lock_person(tx: db.Tx, user_id: UUID) -> None:
    """Let changes of how a person proves who they are take turns. Locks: identity.person."""
    await _LOCK_PERSON.all(tx, user_id)


async def add_step_up(tx: db.Tx, new: NewStepUp) -> None:
    """Write a challenge; one of the same id stays as it is."""
    await _ADD_STEP_UP.run(
        tx, new.id, new.user_id, new.purpose, new.session_id, new.session_kind, new.is_remembered,
        new.tries, new.at, new.expires_at,
    )  # fmt: skip


async def place_session(tx: db.Tx, session_id: UUID, visit: Visit) -> bool:
    """Write where a session comes from; tell whether its device is new to the person."""
    return await _PLACE_SESSION.get(tx, session_id, visit.device, visit.device_hash, visit.address)


async def end_sessions(
    tx: db.Tx, user_id: UUID, *, why: str, at: datetime, but_id: UUID | None = None
) -> int:
    """End all sessions of a person but one, and those that are just beginning; give how many."""
    await _DROP_SIGN_INS.run(tx, user_id)
    return await _REVOKE_ALL.run(tx, user_id, but_id, at, why)


async def close(tx: db.Tx, lock: NewLock) -> None:
    """Stop outgoing money of a person; a lock that stands stays as it is."""
    made = [ids.new(ids.bucket(lock.user_id), lock.at) for _ in _OUTGOING]
    review = (lock.lifts_at or lock.at).date()
    await _CLOSE.run(
        tx, lock.user_id, made, list(_OUTGOING), lock.reason_class, lock.text, review, lock.by,
        lock.at, lock.lifts_at,
    )  # fmt: skip
