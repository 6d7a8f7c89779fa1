"""The entry: who somebody says they are, how they prove it, and the session it is worth.

Every answer is equal in body and in work whether the identifier is known or not.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import queries, rules, store
from quid.identity.errors import ChallengeExpired, ChallengeFailed, MailFailed, SignInFailed
from quid.identity.ports import Mailer
from quid.identity.service.passwords import Passwords
from quid.identity.service.people import add_person
from quid.identity.service.sessions import open_api, open_cookie, session_entry
from quid.identity.service.tokens import Tokens, digest, new_secret
from quid.identity.types import ApiTokens, Mail, NewPerson, SignedIn, SignUp, Started, Ticket
from quid.kit import audit, db, ids, runtime, telemetry, text
from quid.kit.cache import Cache, CacheDown, script
from quid.kit.errors import NotFound, RateLimited, ValidationFailed

_SLOW_DOWN: Final = script("quid.identity", "slow_down")
_FREE_FAILURES: Final = 5
_WAIT_SECONDS_MAX: Final = 900
_REMEMBER_SECONDS: Final = 24 * 3600
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
    try:
        await runtime.part(Mailer).send(_code_mail(who.value, code), now=now)  # type: ignore[type-abstract]  # a port
    except MailFailed as e:
        telemetry.log.error("identity.mail_failed", exc_info=e)
    return Started(challenge_id, ("code", "password"))


async def check_code(challenge_id: UUID, code: str, *, now: datetime) -> SignedIn | Ticket:
    """Compare a code: whoever is known is signed in, whoever is not gets a ticket to sign up.

    Raises: NotFound, ChallengeFailed (with the tries left), ChallengeExpired.
    Locks: identity.challenge.
    """
    tokens = runtime.part(Tokens)
    async with runtime.part(db.Database).transaction() as tx:
        guess = await store.take_try(tx, challenge_id, now=now)
        if guess is None:
            raise ChallengeExpired if await store.HAS_CHALLENGE.get(tx, challenge_id) else NotFound
        if hmac.compare_digest(guess.code_hash, tokens.code_tag(challenge_id, code)):
            person = await queries.by_email(tx, guess.email)
            if person is not None:
                await store.USE_CHALLENGE.run(tx, challenge_id, now, None, None)
                signed_in = await open_cookie(tx, person, is_remembered=False, now=now)
                await _record_sign_in(tx, "code", person.id, signed_in.session_id, now=now)
                return signed_in
            ticket = new_secret()
            await store.USE_CHALLENGE.run(
                tx, challenge_id, now, digest(ticket), now + rules.TICKET_LIFE
            )
            return Ticket(ticket)
    # Outside the block: the try that was used stays used.
    left = guess.tries_left
    raise ChallengeFailed(
        f"{left} {'try' if left == 1 else 'tries'} left." if left else "Ask for a new code.",
        field="code",
        extra={"tries_left": left},
    )


async def sign_up(cmd: SignUp, *, now: datetime) -> SignedIn:
    """Make a person of a ticket, and sign them in.

    Raises: ValidationFailed, ChallengeExpired, DuplicateEntry, Overloaded.
    Emits: identity.person_joined.v1. Locks: identity.challenge.
    """
    name = text.clean(cmd.display_name, field="display_name", low=1, high=60)
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
        signed_in = await open_cookie(tx, person, is_remembered=False, now=now)
        entry = session_entry("identity.sign_up", person.id, signed_in.session_id, now=now)
        await audit.record(tx, [entry])
    return signed_in


async def sign_in(
    identifier: str, password: str, *, is_remembered: bool, now: datetime
) -> SignedIn:
    """Open a browser session by password.

    Raises: SignInFailed, RateLimited, Overloaded.
    """
    user_id = await _prove(identifier, password)
    async with runtime.part(db.Database).transaction() as tx:
        person = await queries.person(tx, user_id)
        if person is None:
            raise SignInFailed
        signed_in = await open_cookie(tx, person, is_remembered=is_remembered, now=now)
        await _record_sign_in(tx, "password", person.id, signed_in.session_id, now=now)
    return signed_in


async def issue_token(identifier: str, password: str, *, now: datetime) -> ApiTokens:
    """Open a session of an API client by password.

    Raises: SignInFailed, RateLimited, Overloaded.
    """
    user_id = await _prove(identifier, password)
    async with runtime.part(db.Database).transaction() as tx:
        tokens = await open_api(tx, user_id, now=now)
        await _record_sign_in(tx, "token", user_id, tokens.session_id, now=now)
    return tokens


async def _prove(identifier: str, password: str) -> UUID:
    who = rules.read_identifier(identifier)
    typed = who.value if who else identifier
    name = hashlib.sha256(typed.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    key = f"signin:{{{name}}}"
    await _slow_down("look", key)
    database, passwords = runtime.part(db.Database), runtime.part(Passwords)
    # An identifier that can be nobody's takes the same road, to the same refusal.
    async with database.read() as conn:
        credential = await queries.credential(conn, who.value if who else "")
    known_hash = credential.password_hash if credential else None
    password = rules.normal_text(password)
    is_right = await passwords.matches(known_hash, password)
    if credential is None or not is_right:
        _SIGN_INS.labels("failed").inc()
        await _slow_down("fail", key)
        raise SignInFailed
    # Of a thousand guesses at once, all began before the first had failed.
    await _slow_down("pass", key)
    _SIGN_INS.labels("ok").inc()
    if passwords.is_outdated(credential.password_hash):
        new_hash = await passwords.hash(password)
        async with database.transaction() as tx:
            await store.SET_PASSWORD_HASH.run(tx, credential.id, credential.password_hash, new_hash)
    return credential.id


async def _slow_down(what: str, key: str) -> None:
    """Look whether this identifier must wait, count a failure of it, or forgive it.

    Closed when Valkey is away: an open gate would let guesses through. Raises: RateLimited.
    """
    args = (what, _FREE_FAILURES, _WAIT_SECONDS_MAX, _REMEMBER_SECONDS)
    try:
        wait_ms = await runtime.part(Cache).call(_SLOW_DOWN, key=key, args=args)
    except CacheDown as e:
        raise RateLimited("Signing in is paused for a moment.", retry_after=5) from e
    if what != "fail" and isinstance(wait_ms, int) and wait_ms > 0:
        _SIGN_INS.labels("slowed").inc()
        wait = -(-wait_ms // 1000)
        raise RateLimited(f"Too many failures. Try again in {wait} s.", retry_after=wait)


async def _record_sign_in(
    tx: db.Tx, how: str, user_id: UUID, session_id: UUID, *, now: datetime
) -> None:
    entry = session_entry("identity.sign_in", user_id, session_id, now=now, how=how)
    await audit.record(tx, [entry])


def _code_mail(email: str, code: str) -> Mail:
    return Mail(
        to=email,
        subject=f"{code} is your Quid code",
        text=(
            f"Your code is {code}. It works once, for 10 minutes.\n\n"
            "Nobody from Quid will ever ask you for it. "
            "If you did not ask for a code, ignore this mail: nothing happens without it.\n"
        ),
    )
