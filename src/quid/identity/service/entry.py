"""The entry: who somebody says they are, how they prove it, and the session it is worth.

Every answer is equal in body and in work whether the identifier is known or not.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from quid.identity import queries, rules, store
from quid.identity.errors import ChallengeExpired, SignInFailed
from quid.identity.queries import access
from quid.identity.service import arrivals, notices, passkeys, slow, step_up
from quid.identity.service.arrivals import Way
from quid.identity.service.passwords import Passwords
from quid.identity.service.people import add_person
from quid.identity.service.sessions import open_cookie, session_entry
from quid.identity.service.tokens import Tokens, digest, new_secret
from quid.identity.types import (
    NOWHERE,
    ApiTokens,
    NewPerson,
    PasskeyAnswer,
    SignedIn,
    SignUp,
    Started,
    StepUp,
    Ticket,
    Visit,
)
from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.errors import NotFound, RateLimited, ValidationFailed

_SIGN_INS = telemetry.counter("quid_identity_sign_ins_total", "sign-ins tried", "outcome")


async def start(identifier: str, *, now: datetime) -> Started:
    """Begin with an e-mail (a code goes there, known or not) or a handle (password only).

    The mail goes out after the commit. If it is lost the person asks again, 30 s later.
    Raises: ValidationFailed, RateLimited. Locks: the e-mail (advisory).
    """
    who = rules.read_identifier(identifier)
    if who is None:
        raise ValidationFailed("identifier: an e-mail address or a handle.", field="identifier")
    if who.kind == "handle":
        return Started(None, ("password",))
    code = f"{secrets.randbelow(1_000_000):06d}"
    challenge_id = ids.new(ids.random_bucket(), now)
    tag = runtime.part(Tokens).code_tag(challenge_id, code)
    async with runtime.part(db.Database).transaction() as tx:
        await store.lock_email(tx, who.value)
        sent = await store.recent_challenges(tx, who.value, since=now - rules.CODE_WINDOW)
        wait = rules.seconds_to_next_code(sent, now=now)
        if wait > 0:
            raise RateLimited(f"Another code can be sent in {wait} s.", retry_after=wait)
        new = store.NewChallenge(
            challenge_id, who.value, tag, rules.CODE_TRIES, now, now + rules.CODE_LIFE
        )
        await store.add_challenge(tx, new)
    await step_up.post(step_up.code_mail(who.value, code), now=now)
    return Started(challenge_id, ("code", "password"))


async def check_code(
    challenge_id: UUID,
    code: str,
    *,
    is_remembered: bool = False,
    now: datetime,
    visit: Visit = NOWHERE,
) -> SignedIn | StepUp | Ticket:
    """Compare a code: whoever is known enters, whoever is not gets a ticket to sign up.

    Raises: NotFound, ChallengeFailed (with the tries left), ChallengeExpired, AccountLocked.
    Locks: identity.challenge.
    """
    guess = await take_guess(challenge_id, code, now=now)
    if isinstance(guess, int):
        raise step_up.failed(guess, field="code")
    async with runtime.part(db.Database).transaction() as tx:
        person = await queries.by_email(tx, guess)
        if person is None:
            ticket = new_secret()
            used = await store.USE_CHALLENGE.run(
                tx, challenge_id, now, digest(ticket), now + rules.TICKET_LIFE
            )
            if not used:
                raise ChallengeExpired
            return Ticket(ticket)
        if not await store.USE_CHALLENGE.run(tx, challenge_id, now, None, None):
            raise ChallengeExpired
        way = Way("code", "cookie", is_remembered=is_remembered)
        entered = await arrivals.enter(tx, person, way, visit, now=now)
    notices.tell(entered.notice)
    assert not isinstance(entered.session, ApiTokens)  # noqa: S101 - the way says which
    if isinstance(entered.session, StepUp):
        return await passkeys.offered(entered.session, person.id)
    return entered.session


async def take_guess(challenge_id: UUID, code: str, *, now: datetime) -> str | int:
    """Pay for a try at a code that was sent: the e-mail it proves, or the tries left.

    The challenge stays good until it is used. Raises: NotFound, ChallengeExpired.
    Locks: identity.challenge.
    """
    tag = runtime.part(Tokens).code_tag(challenge_id, code)
    async with runtime.part(db.Database).transaction() as tx:
        guess = await store.take_try(tx, challenge_id, now=now)
        if guess is None:
            raise ChallengeExpired if await store.HAS_CHALLENGE.get(tx, challenge_id) else NotFound
    return guess.email if hmac.compare_digest(guess.code_hash, tag) else guess.tries_left


async def sign_up(cmd: SignUp, *, now: datetime, visit: Visit = NOWHERE) -> SignedIn:
    """Make a person of a ticket, and sign them in; the session has stepped up.

    Raises: ValidationFailed, ChallengeExpired, DuplicateEntry, Overloaded.
    Emits: identity.person_joined.v1. Locks: identity.challenge.
    """
    name = rules.read_name(cmd.display_name)
    handle = rules.read_handle(cmd.handle)
    password = rules.read_password(cmd.password)
    locale, timezone = rules.read_locale(cmd.locale), rules.read_timezone(cmd.timezone)
    database = runtime.part(db.Database)
    ticket_hash = digest(cmd.ticket)
    async with database.read() as conn:
        if not await store.HAS_TICKET.get(conn, ticket_hash, now):
            raise ChallengeExpired(field="ticket")  # before any expensive work
    password_hash = await runtime.part(Passwords).hash(password)
    async with database.transaction() as tx:
        email = await store.use_ticket(tx, ticket_hash, now=now)
        if email is None:
            raise ChallengeExpired(field="ticket")
        new = NewPerson(
            id=ids.new(ids.random_bucket(), now),
            handle=handle,
            display_name=name,
            email=email,
            password_hash=password_hash,
            default_visibility=cmd.default_visibility,
            locale=locale,
            timezone=timezone,
        )
        person = await add_person(tx, new, now=now)
        signed_in = await open_cookie(tx, person, is_remembered=cmd.is_remembered, now=now)
        await store.access.place_session(tx, signed_in.session_id, visit)
        # An e-mail by its code and a password: what a step-up would ask for again.
        await store.access.PROVE_SESSION.one(tx, signed_in.session_id, "email_code", now, None)
        entry = session_entry("identity.sign_up", person.id, signed_in.session_id, now=now)
        await audit.record(tx, [entry])
    return signed_in


async def sign_in(
    identifier: str, password: str, *, is_remembered: bool, now: datetime, visit: Visit = NOWHERE
) -> SignedIn | StepUp:
    """Open a browser session by password; whoever has a second factor is asked for it.

    Raises: SignInFailed, AccountLocked, RateLimited, Overloaded.
    """
    way = Way("password", "cookie", is_remembered=is_remembered)
    entered = await _by_password(identifier, password, way, visit, now=now)
    assert not isinstance(entered, ApiTokens)  # noqa: S101 - the way says which
    return entered


async def sign_in_by_passkey(
    answer: PasskeyAnswer, *, is_remembered: bool, now: datetime, visit: Visit = NOWHERE
) -> SignedIn:
    """Open a browser session by a passkey: device and finger in one, no second factor is asked.

    There is nothing to guess, so nobody waits here for the failures of others.
    Raises: SignInFailed, ChallengeExpired, AccountLocked, RateLimited.
    Locks: identity.person, identity.passkey. Emits: identity.security_noted.v1.
    """
    kept = await passkeys.take("sign-in", answer.challenge_id)
    if kept is None:
        raise ChallengeExpired("It was answered before, or is too old. Start again.")
    way = Way("passkey", "cookie", is_remembered=is_remembered, proven_by="passkey")
    used, entered = passkeys.Used(is_right=False), None
    async with runtime.part(db.Database).transaction() as tx:
        key = await passkeys.find(tx, answer.text, kept)
        person = await queries.person(tx, key.user_id) if key else None
        if key is not None and person is not None:
            await store.access.lock_person(tx, person.id)  # before the key, as who removes it does
            trace = notices.Notice(person.id, "passkey_suspect", now, visit)
            used = await passkeys.use(tx, key, answer.text, kept, trace)
            if used.is_right:
                entered = await arrivals.enter(tx, person, way, visit, now=now)
    notices.tell(used.notice)
    if entered is None:
        _SIGN_INS.labels("failed").inc()
        raise SignInFailed("This passkey opens no account here. Use your password or a code.")
    notices.tell(entered.notice)
    _SIGN_INS.labels("ok").inc()
    assert isinstance(entered.session, SignedIn)  # noqa: S101 - the way says which
    return entered.session


async def issue_token(
    identifier: str, password: str, *, now: datetime, visit: Visit = NOWHERE
) -> ApiTokens | StepUp:
    """Open a session of an API client by password; a second factor is asked for.

    Raises: SignInFailed, AccountLocked, RateLimited, Overloaded.
    """
    entered = await _by_password(identifier, password, Way("token", "api"), visit, now=now)
    assert not isinstance(entered, SignedIn)  # noqa: S101 - the way says which
    return entered


async def _by_password(
    identifier: str, password: str, way: Way, visit: Visit, *, now: datetime
) -> SignedIn | ApiTokens | StepUp:
    proven = await _prove(identifier, password, visit, now=now)
    async with runtime.part(db.Database).transaction() as tx:
        await store.access.lock_person(tx, proven.id)
        since = await access.CREDENTIALS_SINCE.maybe(tx, proven.id)
        person = await queries.person(tx, proven.id)
        if person is None or since != proven.since:  # changed while the password was compared
            raise SignInFailed
        entered = await arrivals.enter(tx, person, way, visit, now=now)
    notices.tell(entered.notice)
    if isinstance(entered.session, StepUp):
        return await passkeys.offered(entered.session, person.id)
    return entered.session


async def _prove(
    identifier: str, password: str, visit: Visit, *, now: datetime
) -> queries.Credential:
    who = rules.read_identifier(identifier)
    typed = who.value if who else identifier
    name = hashlib.sha256(typed.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    gate = f"signin:{{{name}}}"
    try:
        await slow.look(gate)
        database, passwords = runtime.part(db.Database), runtime.part(Passwords)
        # An identifier that can be nobody's takes the same road, to the same refusal.
        async with database.read() as conn:
            credential = await queries.credential(conn, who.value if who else "")
        known_hash = credential.password_hash if credential else None
        password = rules.normal_text(password)
        is_right = await passwords.matches(known_hash, password)
        if credential is None or not is_right:
            _SIGN_INS.labels("failed").inc()
            if await slow.count(gate) and credential is not None:
                notices.note_failures(credential.id, visit, now=now)
            raise SignInFailed
        await slow.forgive(gate)
    except RateLimited:
        _SIGN_INS.labels("slowed").inc()
        raise
    _SIGN_INS.labels("ok").inc()
    if passwords.is_outdated(credential.password_hash):
        new_hash = await passwords.hash(password)
        async with database.transaction() as tx:
            await store.SET_PASSWORD_HASH.run(tx, credential.id, credential.password_hash, new_hash)
    return credential
