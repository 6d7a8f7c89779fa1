"""E-mails and phones: sealed in their rows, found by their blind index."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.fields import Fields, Place

_SQL: Final = db.sql("quid.identity", "contacts")
_LOCK_NAME: Final = _SQL.command("lock_name")
_SET_EMAIL: Final = _SQL.command("set_email")
_SET_PHONE: Final = _SQL.command("set_phone")
EMAIL_LOCK: Final = 0x49_45  # class of advisory locks: what happens to one e-mail


@dataclass(frozen=True, slots=True)
class PlainContact:
    """A contact that stands in clear, from before contacts were sealed."""

    id: UUID
    email: str


_UNSEALED: Final = _SQL.rows("unsealed", PlainContact)
_SEAL_EMAILS: Final = _SQL.command("seal_emails")


def email_index(email: str) -> bytes:
    """Give what an e-mail in its normal form is found by."""
    return runtime.part(Fields).blind("email", email)


def phone_index(phone: str) -> bytes:
    """Give what a phone in E.164 is found by."""
    return runtime.part(Fields).blind("phone", phone)


def seal(column: str, user_id: UUID, contact: str) -> bytes:
    """Seal a contact for its column of a person: `email` or `phone`."""
    return runtime.part(Fields).seal(_of_person(column, user_id), contact)


def unseal(column: str, user_id: UUID, sealed: bytes) -> str:
    """Open a contact of a person."""
    return runtime.part(Fields).open(_of_person(column, user_id), sealed)


def seal_of_challenge(challenge_id: UUID, email: str) -> bytes:
    """Seal the e-mail that a code goes to; nobody may own it yet."""
    return runtime.part(Fields).seal(_of_challenge(challenge_id), email)


def unseal_of_challenge(challenge_id: UUID, sealed: bytes) -> str:
    """Open the e-mail that a code went to."""
    return runtime.part(Fields).open(_of_challenge(challenge_id), sealed)


def _of_person(column: str, user_id: UUID) -> Place:
    return Place("identity.person", column, user_id, user_id)


def _of_challenge(challenge_id: UUID) -> Place:
    return Place("identity.challenge", "email", challenge_id, challenge_id)


async def lock_email(tx: db.Tx, email: str) -> None:
    """Let acts on one e-mail take turns: codes, joining, changing. Locks: it (advisory)."""
    await _LOCK_NAME.run(tx, EMAIL_LOCK, email_index(email).hex())


async def set_email(tx: db.Tx, user_id: UUID, email: str) -> bool:
    """Give a person another e-mail, in its normal form; False where somebody else has it.

    Locks: the e-mail (advisory), identity.person.
    """
    await lock_email(tx, email)
    sealed = seal("email", user_id, email)
    return await _SET_EMAIL.run(tx, user_id, sealed, email_index(email)) == 1


async def set_phone(tx: db.Tx, user_id: UUID, phone: str | None) -> bool:
    """Give a person another phone (E.164), or none; False where somebody else has it.

    Locks: the phone (advisory), identity.person.
    """
    if phone is None:
        return await _SET_PHONE.run(tx, user_id, None, None) == 1
    index = phone_index(phone)
    await _LOCK_NAME.run(tx, EMAIL_LOCK, index.hex())
    return await _SET_PHONE.run(tx, user_id, seal("phone", user_id, phone), index) == 1


async def seal_plain(tx: db.Tx, n: int) -> int:
    """Seal up to `n` e-mails that stand in clear; give how many there were.

    Locks: identity.person.
    """
    found = await _UNSEALED.all(tx, n)
    await _SEAL_EMAILS.run(
        tx,
        [p.id for p in found],
        [seal("email", p.id, p.email) for p in found],
        [email_index(p.email) for p in found],
    )
    return len(found)
