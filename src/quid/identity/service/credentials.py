"""Credentials: changed by whoever has just proven who they are, locked, and recovered."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.identity import queries, rules, store
from quid.identity.errors import ChallengeExpired, DuplicateEntry
from quid.identity.queries import access, operators
from quid.identity.queries.passkeys import has_passkey
from quid.identity.service import notices, passkeys, step_up
from quid.identity.service.entry import take_guess
from quid.identity.service.notices import Notice
from quid.identity.service.passwords import Passwords
from quid.identity.service.sessions import lock_caller, open_cookie, session_entry
from quid.identity.store.passkeys import DROP_PASSKEYS
from quid.identity.types import (
    Method,
    MethodName,
    Proof,
    Recovery,
    SignedIn,
    StepUp,
    Visit,
)
from quid.kit import audit, clock, db, ids, runtime
from quid.kit.errors import Forbidden, NotFound, StepUpRequired, ValidationFailed
from quid.kit.web import Caller

_EMAIL: Final = "email"
_LOCKED: Final = "You locked your account. Recover it to open it again."
_BY_EMAIL: Final = (
    "You opened your account by e-mail alone. Money can leave again 24 hours after that."
)


async def change_password(caller: Caller, password: str, visit: Visit, *, now: datetime) -> None:
    """Give the caller a new password and end all their other sessions.

    Raises: ValidationFailed, SignInRequired, Overloaded. Locks: identity.person.
    Emits: identity.security_noted.v1.
    """
    password_hash = await runtime.part(Passwords).hash(rules.read_password(password))
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        await store.access.NEW_PASSWORD.run(tx, caller.user_id, password_hash, now)
        await _end_others(tx, caller, "password", now)
        entry = session_entry("identity.password", caller.user_id, caller.session_id, now=now)
        await audit.record(tx, [entry])
        changed = Notice(caller.user_id, "password_changed", now, visit, caller.session_id)
        await notices.note(tx, changed)
    notices.tell(changed)


async def begin_email(caller: Caller, email: str, *, now: datetime) -> UUID:
    """Send a code to the caller's new e-mail; the answer is the same whoever has it.

    Raises: ValidationFailed, SignInRequired, RateLimited. Locks: identity.person.
    """
    who = rules.read_identifier(email)
    if who is None or who.kind != "email":
        raise ValidationFailed("email: an e-mail address.", field="email")
    challenge_id = ids.new(ids.bucket(caller.user_id), now)
    new = store.access.NewStepUp(
        id=challenge_id,
        user_id=caller.user_id,
        purpose=_EMAIL,
        session_id=caller.session_id,
        tries=rules.STEP_UP_TRIES,
        at=now,
        expires_at=now + rules.STEP_UP_LIFE,
    )
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        await step_up.add(tx, new)
        mail = await step_up.put_code(tx, challenge_id, caller.user_id, now=now, to=who.value)
        entry = step_up.entry("identity.email_begin", caller.user_id, challenge_id, now=now)
        await audit.record(tx, [entry])
    await step_up.post(mail, now=now)
    return challenge_id


async def finish_email(
    caller: Caller, challenge_id: UUID, code: str, visit: Visit, *, now: datetime
) -> None:
    """Change the caller's e-mail by the code that went to it; the old address is told.

    All other sessions end. Raises: NotFound, ChallengeFailed, ChallengeExpired, DuplicateEntry,
    RateLimited. Locks: the e-mail (advisory), identity.person. Emits: identity.security_noted.v1.
    """
    claim = step_up.Claim(challenge_id, _EMAIL, caller.session_id)
    asked = await step_up.judge(claim, Proof("email_code", code), visit, now=now)
    email = store.access.unseal_email(asked.id, asked.user_id, asked.sealed_email or b"")
    async with runtime.part(db.Database).transaction() as tx:
        old = await queries.person(tx, caller.user_id)
        if old is None:
            raise NotFound
        if not await store.set_email(tx, caller.user_id, email):
            raise DuplicateEntry("This e-mail belongs to somebody.", field="email")
        await store.access.RENEW_CREDENTIALS.run(tx, caller.user_id, now)
        await _end_others(tx, caller, "email", now)
        entry = session_entry("identity.email", caller.user_id, caller.session_id, now=now)
        await audit.record(tx, [entry])
        changed = Notice(
            caller.user_id, "email_changed", now, visit, caller.session_id, to=old.email
        )
        await notices.note(tx, changed)
    notices.tell(changed)


async def lock(caller: Caller, visit: Visit, *, now: datetime) -> None:
    """Close the caller's account: every session ends, nobody enters, no money leaves.

    It is opened by recovery alone.
    Raises: SignInRequired. Locks: identity.person. Emits: identity.security_noted.v1.
    """
    by = ids.show("usr", caller.user_id)
    closed = store.access.NewLock(caller.user_id, "requested", _LOCKED, now, by)
    async with runtime.part(db.Database).transaction() as tx:
        await lock_caller(tx, caller, now=now)
        await store.access.OPEN.run(tx, caller.user_id, by, now)  # a lock has no end of its own
        await store.access.close(tx, closed)
        await store.access.end_sessions(tx, caller.user_id, why="locked", at=now)
        entry = session_entry("identity.lock", caller.user_id, caller.session_id, now=now)
        await audit.record(tx, [entry])
        locked = Notice(caller.user_id, "locked", now, visit, caller.session_id)
        await notices.note(tx, locked)
    notices.tell(locked)


async def recover(cmd: Recovery, visit: Visit, *, now: datetime) -> SignedIn:
    """Let somebody in who has lost the password, or who locked the account: a new beginning.

    The code that went to their e-mail, and their second factor where there is one. Without one,
    e-mail alone opens the account, and for 24 hours no money leaves and nothing is proven by it.
    Every session ends, and so does every passkey but the one that was the proof: who had got in may
    have added one. Until all is right the code stays good, for its five tries.
    Raises: ValidationFailed, NotFound, ChallengeFailed, ChallengeExpired, StepUpRequired naming
    the methods, Forbidden for an operator who was disabled, RateLimited, Overloaded.
    Locks: identity.challenge, identity.person.
    Emits: identity.security_noted.v1.
    """
    password = rules.read_password(cmd.password)
    guess = await take_guess(cmd.challenge_id, cmd.code, now=now)
    if isinstance(guess, int):
        raise step_up.failed(guess, field="code")
    async with runtime.part(db.Database).read() as conn:
        person = await queries.by_email(conn, guess)
        if person is None:
            raise NotFound("Nobody has this e-mail. Sign up instead.")
        ended = await operators.operator(conn, person.id)
        if ended is not None and ended.disabled_at is not None:
            raise Forbidden("This operator has been disabled. Nothing was changed.")
        methods = await access.methods_of(conn, person.id, now=now)
    proven_by = await _second_factor(person.id, methods, cmd, now=now)
    password_hash = await runtime.part(Passwords).hash(password)
    async with runtime.part(db.Database).transaction() as tx:
        if not await store.USE_CHALLENGE.run(tx, cmd.challenge_id, now, None, None):
            raise ChallengeExpired
        await store.access.lock_person(tx, person.id)
        await store.access.NEW_PASSWORD.run(tx, person.id, password_hash, now)
        await store.access.end_sessions(tx, person.id, why="recovered", at=now)
        await _reopen(tx, person.id, proven_by, now=now)
        gone = await _drop_passkeys(tx, person.id, proven_by, visit, now=now)
        opened = await open_cookie(tx, person, is_remembered=False, now=now)
        await store.access.place_session(tx, opened.session_id, visit)
        if proven_by is not None:
            await store.access.PROVE_SESSION.one(tx, opened.session_id, proven_by, now, None)
        how = proven_by or "email"
        entry = session_entry("identity.recover", person.id, opened.session_id, now=now, how=how)
        await audit.record(tx, [entry])
        recovered = Notice(person.id, "recovered", now, visit, opened.session_id)
        await notices.note(tx, recovered)
    notices.tell(recovered, gone)
    return opened


async def _end_others(tx: db.Tx, caller: Caller, why: str, now: datetime) -> None:
    await store.access.end_sessions(tx, caller.user_id, why=why, at=now, but_id=caller.session_id)


async def _second_factor(
    user_id: UUID, methods: tuple[Method, ...], cmd: Recovery, *, now: datetime
) -> MethodName | None:
    if not methods or step_up.is_by_email(methods):
        return None
    purpose = f"recover {cmd.challenge_id.hex}"
    if cmd.proof is None:
        step = StepUp(ids.leg(user_id, purpose), methods)
        options = (await passkeys.offered(step, user_id)).passkey
        shown = msgspec.json.encode(options).decode() if options else None
        asked = [{"name": m.name, "enrolled_at": clock.text(m.enrolled_at)} for m in methods]
        raise StepUpRequired(
            "This account has a second factor: send it with the same code. Nothing was changed.",
            extra={"methods": asked, "passkey": shown},
        )
    await step_up.prove(user_id, cmd.proof.method, cmd.proof.text, purpose=purpose, now=now)
    return cmd.proof.method


async def _reopen(tx: db.Tx, user_id: UUID, proven_by: MethodName | None, *, now: datetime) -> None:
    by = ids.show("usr", user_id)
    await store.access.OPEN.run(tx, user_id, by, now)
    if proven_by is None:
        await wait_a_day(tx, user_id, _BY_EMAIL, by=by, now=now)


async def _drop_passkeys(
    tx: db.Tx, user_id: UUID, proven_by: MethodName | None, visit: Visit, *, now: datetime
) -> Notice | None:
    """Take every passkey off but the one that was the proof; with the last factor the codes."""
    but_used_at = now if proven_by == "passkey" else None
    if not await DROP_PASSKEYS.run(tx, user_id, but_used_at):
        return None
    has_app = await access.TOTP.maybe(tx, user_id) is not None
    if not has_app and not await has_passkey(tx, user_id):
        await store.access.DROP_RECOVERY_CODES.run(tx, user_id)
    return await notices.note(tx, Notice(user_id, "passkey_off", now, visit))


async def wait_a_day(tx: db.Tx, user_id: UUID, text: str, *, by: str, now: datetime) -> None:
    """Stop outgoing money for 24 hours: what let somebody in was less than a second factor.

    Locks: nothing but the new rows. `by` is the shown id of who caused it, `text` for the person.
    """
    until = now + rules.WAIT_AFTER_EMAIL_ALONE
    await store.access.close(tx, store.access.NewLock(user_id, "security", text, now, by, until))


async def thaw(tx: db.Tx, *, now: datetime) -> None:
    """Open what time has opened: a part of the job of each minute."""
    thawed = await store.access.THAW.all(tx, now)
    await audit.record(
        tx,
        [
            audit.Entry(
                actor="time",
                actor_type="system",
                action="identity.thaw",
                resource_type="person",
                resource_id=ids.show("usr", row.user_id),
                outcome="ok",
                at=now,
                details={"scope": row.scope},
            )
            for row in thawed
        ],
    )
