"""Passkeys: made, named and removed; asked, and judged.

A challenge is kept in Valkey for five minutes under its purpose, and taken out by its first answer,
right or wrong. What is bound to it stands beside it: the session that may add a key, the keys that
were asked. Without Valkey nothing is asked.
"""

import secrets
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.identity import queries, rules
from quid.identity.errors import (
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    FactorMissing,
    NotYet,
)
from quid.identity.ports import Asker, PasskeyRefused, Passkeys, SignCountBack
from quid.identity.queries import access
from quid.identity.queries import passkeys as rows
from quid.identity.service import factors, notices
from quid.identity.service.notices import Notice
from quid.identity.service.sessions import lock_caller, session_entry
from quid.identity.store import access as access_store
from quid.identity.store import passkeys as store
from quid.identity.types import (
    OwnPasskey,
    PasskeyAdded,
    PasskeyAnswer,
    PasskeyAsked,
    PasskeyOffered,
    SignOptions,
    StepUp,
    Visit,
)
from quid.kit import audit, db, ids, runtime, text
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.errors import NotFound, RateLimited
from quid.kit.web import Caller

Purpose = Literal["register", "sign-in", "step-up"]
_TAKE_ONCE: Final = script("quid.identity", "take_once")
_CHALLENGE_BYTES: Final = 32
_NAME_HIGH: Final = 60
_FULL: Final = f"{rules.PASSKEYS_MAX} passkeys at most. Remove one first. Nothing was changed."
_LATE: Final = "It was answered before, or more than five minutes ago. Start again."


class Kept(NamedTuple):
    """A challenge that was asked, and the ids it is bound to."""

    challenge: bytes
    bound: tuple[UUID, ...]


class Used(NamedTuple):
    """Whether an answer was right, and what is to be told after the commit."""

    is_right: bool
    notice: Notice | None = None


_WRONG: Final = Used(is_right=False)


# --- a person's own ----------------------------------------------------------------------------


async def offer_passkey(caller: Caller, *, now: datetime) -> PasskeyOffered:
    """Ask a device of the caller to make a key; nothing holds before its answer (`add_passkey`).

    Raises: NotFound, NotYet with ten of them, RateLimited.
    """
    async with runtime.part(db.Database).read() as conn:
        person = await queries.person(conn, caller.user_id)
        keys = await rows.keys_of(conn, caller.user_id)
    if person is None:
        raise NotFound
    if len(keys) >= rules.PASSKEYS_MAX:
        raise NotYet(_FULL)
    challenge_id = ids.new(ids.bucket(caller.user_id), now)
    challenge = await _keep("register", challenge_id, [caller.session_id])
    asker = Asker(person.id, person.handle, person.display_name)
    options = _port().to_register(asker, [key.known for key in keys], challenge=challenge)
    return PasskeyOffered(challenge_id, options)


async def add_passkey(
    caller: Caller, answer: PasskeyAnswer, name: str, visit: Visit, *, now: datetime
) -> PasskeyAdded:
    """Add the key that a device has made. Without a `name` it is called after the device.

    Recovery codes come with the first second factor of an account.
    Raises: ValidationFailed, ChallengeExpired, ChallengeFailed, DuplicateEntry, NotYet with ten,
    SignInRequired, RateLimited. Locks: identity.person. Emits: identity.security_noted.v1.
    """
    called = _read_name(name or visit.device or "Passkey")
    kept = await take("register", answer.challenge_id)
    if kept is None or kept.bound != (caller.session_id,):
        raise ChallengeExpired(_LATE)
    try:
        made = _port().registered(answer.text, challenge=kept.challenge)
    except PasskeyRefused as e:
        raise ChallengeFailed(
            "This passkey could not be added. Nothing was changed. Start again.",
            field="credential",
        ) from e
    new_id = ids.new(ids.bucket(caller.user_id), now)
    new = OwnPasskey(new_id, called, list(made.transports), now, None)
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        own = await rows.passkeys(tx, caller.user_id)
        if len(own) >= rules.PASSKEYS_MAX:
            raise NotYet(_FULL)
        if not await store.add_passkey(tx, caller.user_id, new, made, at=now):
            raise DuplicateEntry("This passkey opens an account already.", field="credential")
        codes = None
        if not own and await access.TOTP.maybe(tx, caller.user_id) is None:
            codes = await factors.write_codes(tx, caller.user_id, now=now)
        await audit.record(tx, [_entry("identity.passkey_on", caller, now)])
        notice = Notice(caller.user_id, "passkey_on", now, visit, caller.session_id)
        await notices.note(tx, notice)
    notices.tell(notice)
    return PasskeyAdded(new, codes)


async def rename_passkey(
    caller: Caller, passkey_id: UUID, name: str, *, now: datetime
) -> OwnPasskey:
    """Call a key of the caller something else. Raises: ValidationFailed, NotFound."""
    called = _read_name(name)
    async with runtime.part(db.Database).transaction() as tx:
        renamed = await store.RENAME_PASSKEY.maybe(tx, caller.user_id, passkey_id, called)
        if renamed is None:
            raise NotFound
        await audit.record(tx, [_entry("identity.passkey_name", caller, now)])
    return renamed


async def remove_passkey(caller: Caller, passkey_id: UUID, visit: Visit, *, now: datetime) -> None:
    """Take a key from the account; with the last second factor the recovery codes go.

    Raises: NotFound, SignInRequired. Locks: identity.person. Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        if not await store.DROP_PASSKEY.run(tx, caller.user_id, passkey_id):
            raise NotFound
        has_app = await access.TOTP.maybe(tx, caller.user_id) is not None
        if not has_app and not await rows.has_passkey(tx, caller.user_id):
            await access_store.DROP_RECOVERY_CODES.run(tx, caller.user_id)
        await audit.record(tx, [_entry("identity.passkey_off", caller, now)])
        notice = Notice(caller.user_id, "passkey_off", now, visit, caller.session_id)
        await notices.note(tx, notice)
    notices.tell(notice)


# --- asked -------------------------------------------------------------------------------------


async def ask_anybody(*, now: datetime) -> PasskeyAsked:
    """Ask whichever passkey a browser finds; the answer is the same whoever is there.

    Raises: RateLimited.
    """
    challenge_id = ids.new(ids.random_bucket(), now)
    challenge = await _keep("sign-in", challenge_id, [])
    return PasskeyAsked(challenge_id, _port().to_sign([], challenge=challenge))


async def ask(challenge_id: UUID, user_id: UUID, *, made_by: datetime | None = None) -> SignOptions:
    """Ask a key of this person for the proof of a step-up; an ask before this one is void.

    `made_by`: no later key may answer, but of a person who came later. No transaction is open.
    Raises: FactorMissing where there is no such key, RateLimited.
    """
    async with runtime.part(db.Database).read() as conn:
        keys = await rows.keys_of(conn, user_id, made_by=made_by)
    if not keys:
        raise FactorMissing("There is no passkey that can prove this. Nothing was changed.")
    challenge = await _keep("step-up", challenge_id, [key.id for key in keys])
    return _port().to_sign([key.known for key in keys], challenge=challenge)


async def offered(asked: StepUp, user_id: UUID) -> StepUp:
    """Add what a browser asks its passkey, where that is one of the methods.

    No transaction is open. Raises: RateLimited, FactorMissing where the last key has gone since.
    """
    if all(method.name != "passkey" for method in asked.methods):
        return asked
    options = await ask(asked.challenge_id, user_id)
    return StepUp(asked.challenge_id, asked.methods, options)


# --- answered ----------------------------------------------------------------------------------


async def take(purpose: Purpose, challenge_id: UUID) -> Kept | None:
    """Take a challenge out; None where it was never asked, is too old or was answered.

    No transaction is open. Raises: RateLimited.
    """
    try:
        found = await runtime.part(Cache).call(
            _TAKE_ONCE, key=_name(purpose, challenge_id), args=()
        )
    except CacheDown as e:
        raise _paused() from e
    if not isinstance(found, bytes):
        return None
    bound = found[_CHALLENGE_BYTES:]
    each = [UUID(bytes=bound[i : i + 16]) for i in range(0, len(bound), 16)]
    return Kept(found[:_CHALLENGE_BYTES], tuple(each))


async def find(conn: db.Conn, answer: str, kept: Kept | None) -> rows.Key | None:
    """Find the key of an answer, if it is one that was asked, and its owner's.

    A key that a browser found by itself says whose it is.
    """
    if kept is None:
        return None
    try:
        shown = _port().shown(answer)
    except PasskeyRefused:
        return None
    key = await rows.key(conn, shown.credential_id)
    if key is None or (kept.bound and key.id not in kept.bound):
        return None
    is_owners = shown.user_id == key.user_id or (shown.user_id is None and bool(kept.bound))
    return key if is_owners else None


async def use(tx: db.Tx, key: rows.Key, answer: str, kept: Kept, trace: Notice) -> Used:
    """Judge an answer and count it: a part of a proof.

    `trace` is written where the key may have been copied. Raises: nothing of an answer.
    Locks: identity.passkey. Emits: identity.security_noted.v1.
    """
    try:
        count = _port().signed(answer, key.passkey, challenge=kept.challenge)
    except SignCountBack:
        return Used(is_right=False, notice=await notices.note(tx, trace))
    except PasskeyRefused:
        return _WRONG
    is_counted = await store.USE_PASSKEY.run(tx, key.id, count, trace.at) == 1
    return Used(is_right=is_counted)


async def _keep(purpose: Purpose, challenge_id: UUID, bound: list[UUID]) -> bytes:
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    value = challenge + b"".join(one.bytes for one in bound)
    life = int(rules.PASSKEY_ASKED_LIFE.total_seconds())
    try:
        await runtime.part(Cache).set(_name(purpose, challenge_id), value, life_seconds=life)
    except CacheDown as e:
        raise _paused() from e
    return challenge


def _name(purpose: Purpose, challenge_id: UUID) -> str:
    return f"passkey:{purpose}:{{{challenge_id.hex}}}"


def _port() -> Passkeys:
    return runtime.part(Passkeys)  # type: ignore[type-abstract]  # wiring gives one


def _paused() -> RateLimited:
    return RateLimited("Passkeys are paused for a moment.", retry_after=5)


def _read_name(typed: str) -> str:
    return text.clean(typed, field="name", low=1, high=_NAME_HIGH)


def _entry(action: str, caller: Caller, now: datetime) -> audit.Entry:
    return session_entry(action, caller.user_id, caller.session_id, now=now)
