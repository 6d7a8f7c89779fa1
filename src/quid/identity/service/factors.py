"""Second factors: an authenticator app (RFC 6238), and ten codes for the day it is lost."""

import hmac
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp

from quid.identity import queries, rules
from quid.identity.errors import ChallengeFailed, FactorMissing
from quid.identity.queries import access, passkeys
from quid.identity.service import notices
from quid.identity.service.notices import Notice
from quid.identity.service.sessions import lock_caller, session_entry
from quid.identity.store import access as store
from quid.identity.types import SecurityKind, TotpOffer, Visit
from quid.kit import audit, db, ids, runtime
from quid.kit.errors import NotFound
from quid.kit.fields import Fields, Place
from quid.kit.web import Caller

_ISSUER: Final = "Quid"
_NO_FACTOR: Final = "There is no authenticator app on this account. Nothing was changed."


async def offer_totp(caller: Caller, *, now: datetime) -> TotpOffer:
    """Make a secret for an app; nothing holds before its first code (`confirm_totp`).

    Raises: NotFound, SignInRequired. Locks: identity.person.
    """
    secret = pyotp.random_base32()
    async with runtime.part(db.Database).transaction() as tx:
        person = await queries.person(tx, caller.user_id)
        if person is None:
            raise NotFound
        await lock_caller(tx, caller, now=now)
        await store.DROP_OFFER.run(tx, caller.user_id)
        await _write_totp(tx, caller.user_id, secret, now=now)
        await audit.record(tx, [_entry("identity.totp_offer", caller, now)])
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.handle, issuer_name=_ISSUER)
    return TotpOffer(secret, uri)


async def confirm_totp(caller: Caller, code: str, visit: Visit, *, now: datetime) -> list[str]:
    """Turn the offered app on by its first code, in place of an older one; give recovery codes.

    Raises: FactorMissing without an offer, ChallengeFailed, SignInRequired.
    Locks: identity.person. Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        offered = await access.TOTP_OFFERED.maybe(tx, caller.user_id)
        if offered is None:
            raise FactorMissing("No authenticator app waits for its first code.")
        step = _step_of(caller.user_id, offered, code, now=now)
        if step is None:
            raise ChallengeFailed("That code is not of this app, or not of now.", field="code")
        await store.TURN_TOTP_OFF.run(tx, caller.user_id)
        await store.TURN_TOTP_ON.run(tx, offered.id, step, now)
        codes = await write_codes(tx, caller.user_id, now=now)
        await audit.record(tx, [_entry("identity.totp_on", caller, now)])
        notice = await notices.note(tx, _notice("totp_on", caller, visit, now))
    notices.tell(notice)
    return codes


async def turn_totp_off(caller: Caller, visit: Visit, *, now: datetime) -> None:
    """Take the app from the account, and the recovery codes unless they stand for a passkey too.

    Raises: FactorMissing, SignInRequired. Locks: identity.person.
    Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        if not await store.TURN_TOTP_OFF.run(tx, caller.user_id):
            raise FactorMissing(_NO_FACTOR)
        if not await passkeys.has_passkey(tx, caller.user_id):
            await store.DROP_RECOVERY_CODES.run(tx, caller.user_id)
        await audit.record(tx, [_entry("identity.totp_off", caller, now)])
        notice = await notices.note(tx, _notice("totp_off", caller, visit, now))
    notices.tell(notice)


async def renew_recovery_codes(caller: Caller, visit: Visit, *, now: datetime) -> list[str]:
    """Make ten new recovery codes; the old ones open nothing from here on.

    Raises: FactorMissing, SignInRequired. Locks: identity.person.
    Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        has_app = await access.TOTP.maybe(tx, caller.user_id) is not None
        if not has_app and not await passkeys.has_passkey(tx, caller.user_id):
            raise FactorMissing("There is no second factor on this account. Nothing was changed.")
        codes = await write_codes(tx, caller.user_id, now=now)
        await audit.record(tx, [_entry("identity.recovery_codes", caller, now)])
        notice = await notices.note(tx, _notice("recovery_codes_made", caller, visit, now))
    notices.tell(notice)
    return codes


async def give_totp(tx: db.Tx, user_id: UUID, secret: str, *, now: datetime) -> None:
    """Turn an app on whose secret is known (base32), as for demo operators: a part.

    Locks: identity.person.
    """
    await store.lock_person(tx, user_id)
    await store.TURN_TOTP_OFF.run(tx, user_id)
    totp_id = await _write_totp(tx, user_id, secret, now=now)
    await store.TURN_TOTP_ON.run(tx, totp_id, 0, now)


async def use_totp(tx: db.Tx, user_id: UUID, code: str, *, now: datetime) -> bool:
    """Compare a code of the app that is on, and use its step up: a part of a proof."""
    totp = await access.TOTP.maybe(tx, user_id)
    if totp is None:
        return False
    step = _step_of(user_id, totp, code, now=now)
    return step is not None and await store.USE_STEP.run(tx, totp.id, step) == 1


async def use_recovery_code(tx: db.Tx, user_id: UUID, typed: str, *, now: datetime) -> bool:
    """Use a recovery code up, if it is one: a part of a proof."""
    tag = _recovery_tag(user_id, rules.read_recovery_code(typed))
    return await store.USE_RECOVERY_CODE.run(tx, user_id, tag, now) == 1


async def write_codes(tx: db.Tx, user_id: UUID, *, now: datetime) -> list[str]:
    """Make ten recovery codes in place of what was there: a part."""
    codes = [rules.write_recovery_code(secrets.randbits(60)) for _ in range(rules.RECOVERY_CODES)]
    tags = [_recovery_tag(user_id, rules.read_recovery_code(code)) for code in codes]
    await store.DROP_RECOVERY_CODES.run(tx, user_id)
    await store.ADD_RECOVERY_CODES.run(tx, user_id, tags, now)
    return codes


async def _write_totp(tx: db.Tx, user_id: UUID, secret: str, *, now: datetime) -> UUID:
    totp_id = ids.new(ids.bucket(user_id), now)
    sealed = runtime.part(Fields).seal(_place(totp_id, user_id), secret)
    await store.OFFER_TOTP.run(tx, totp_id, user_id, sealed, now)
    return totp_id


def _step_of(user_id: UUID, totp: access.Totp, code: str, *, now: datetime) -> int | None:
    """Find the step of now whose code this is: this one, the one before or the one after."""
    app = pyotp.TOTP(runtime.part(Fields).open(_place(totp.id, user_id), totp.sealed))
    found = None
    for step in rules.steps_of(now):  # all three: the time taken tells nothing
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def _place(totp_id: UUID, user_id: UUID) -> Place:
    return Place("identity.totp", "sealed", totp_id, user_id)


def _recovery_tag(user_id: UUID, code: str) -> bytes:
    return runtime.part(Fields).blind("recovery code", f"{user_id.hex} {code}")


def _notice(kind: SecurityKind, caller: Caller, visit: Visit, now: datetime) -> Notice:
    return Notice(caller.user_id, kind, now, visit, caller.session_id)


def _entry(action: str, caller: Caller, now: datetime) -> audit.Entry:
    return session_entry(action, caller.user_id, caller.session_id, now=now)
