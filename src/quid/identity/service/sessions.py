"""Sessions: cookies of browsers, token pairs of API clients, and their end."""

from datetime import datetime
from uuid import UUID

from quid.identity import queries, rules, store
from quid.identity.queries import access
from quid.identity.service import notices
from quid.identity.service.notices import Notice
from quid.identity.service.tokens import Tokens, digest, new_secret
from quid.identity.store import graph
from quid.identity.types import ApiTokens, Person, SignedIn
from quid.kit import audit, clock, db, ids, runtime, telemetry
from quid.kit.errors import Forbidden, NotFound
from quid.kit.web import Authenticator, Caller, SignInRequired, StepUpRequired


def read_token(authorization: str | None, *, now: datetime) -> Caller:
    """Name the person who calls with a bearer token, without I/O.

    Whoever calls this must look the session up itself (`queries.standings` does).
    Raises: SignInRequired, Forbidden for an operator.
    """
    caller = runtime.part(Tokens).read(authorization, now=now)
    if caller.is_operator:
        raise Forbidden("Operators act under /v1/ops alone. Nothing was sent.")
    return caller


class SessionAuthenticator(Authenticator):
    """Finds the caller and makes sure that the session still stands."""

    async def authenticate(self, *, authorization: str | None, cookie: str | None) -> Caller:
        """Name the caller; a bearer token goes before a cookie. Raises: SignInRequired."""
        return await authenticate(authorization=authorization, cookie=cookie, now=clock.now())

    async def require_step_up(self, caller: Caller) -> None:
        """Make sure that the session has proven lately who holds it. Raises: StepUpRequired."""
        await require_step_up(caller, now=clock.now())


async def require_step_up(caller: Caller, *, now: datetime) -> None:
    """Make sure that the session has proven in the last 10 minutes who holds it.

    Raises: StepUpRequired.
    """
    async with runtime.part(db.Database).read() as conn:
        proven = await access.proven(conn, caller.session_id)
    if proven is None or proven.at <= now - rules.STEP_UP_LIFE:
        raise StepUpRequired


async def lock_caller(tx: db.Tx, caller: Caller, *, now: datetime) -> None:
    """Lock the caller, and make sure that the session stands still: whoever ends all sessions of a
    person holds this lock, and nothing that waited behind it may leave a way in.

    Raises: SignInRequired. Locks: identity.person.
    """
    await store.access.lock_person(tx, caller.user_id)
    live = await queries.session_is_live(tx, [caller.session_id], now=now)
    if not live[caller.session_id]:
        raise SignInRequired("This session has ended. Sign in again. Nothing was changed.")


async def authenticate(*, authorization: str | None, cookie: str | None, now: datetime) -> Caller:
    """Name the caller of a request and keep a used browser session alive.

    Raises: SignInRequired.
    """
    database = runtime.part(db.Database)
    if authorization is not None:
        caller = runtime.part(Tokens).read(authorization, now=now)
        async with database.read() as conn:
            live = await queries.session_is_live(conn, [caller.session_id], now=now)
        if not live[caller.session_id]:
            raise SignInRequired("This session has ended. Sign in again.")
        return caller
    if not cookie:
        raise SignInRequired
    async with database.read() as conn:
        row = await queries.session_by_selector(conn, digest(cookie))
    if row is None or row.kind != "cookie" or row.revoked_at is not None or row.expires_at <= now:
        raise SignInRequired("This session has ended. Sign in again.")
    if row.last_seen_at <= now - rules.TOUCH_EVERY:
        expires_at = rules.cookie_expiry(
            now=now, ends_at=row.ends_at, is_remembered=row.is_remembered
        )
        async with database.transaction() as tx:
            await store.TOUCH_SESSION.run(tx, row.id, now, expires_at)
    return Caller(row.user_id, row.id, "cookie", row.is_operator)


async def open_cookie(tx: db.Tx, person: Person, *, is_remembered: bool, now: datetime) -> SignedIn:
    """Open a browser session: a part of sign-in and sign-up."""
    token = new_secret()
    session_id = ids.new(ids.bucket(person.id), now)
    life = rules.REMEMBERED_LIFE if is_remembered else rules.COOKIE_LIFE
    ends_at = now + life
    expires_at = rules.cookie_expiry(now=now, ends_at=ends_at, is_remembered=is_remembered)
    row = store.NewSession(
        id=session_id,
        user_id=person.id,
        kind="cookie",
        selector_hash=digest(token),
        at=now,
        expires_at=expires_at,
        ends_at=ends_at,
        is_remembered=is_remembered,
    )
    is_operator = await store.open_session(tx, row)
    is_kept = is_remembered and not is_operator
    seconds = int(life.total_seconds()) if is_kept else None
    return SignedIn(person, session_id, token, seconds, is_operator)


async def open_api(tx: db.Tx, user_id: UUID, *, now: datetime) -> ApiTokens:
    """Open a session of an API client: a part of `issue_token`.

    A refresh token is `selector.verifier`. The selector stays for the life of the session and is
    never shown elsewhere, so a right selector with an old verifier can only be a copy.
    """
    selector, verifier = new_secret(), new_secret()
    session_id = ids.new(ids.bucket(user_id), now)
    ends_at = now + rules.REFRESH_LIFE
    row = store.NewSession(
        id=session_id,
        user_id=user_id,
        kind="api",
        selector_hash=digest(selector),
        at=now,
        expires_at=ends_at,
        ends_at=ends_at,
        verifier_hash=digest(verifier),
    )
    is_operator = await store.open_session(tx, row)
    owner = store.SessionOwner(session_id, user_id, is_operator)
    return _pair(owner, f"{selector}.{verifier}", now=now)


async def refresh(refresh_token: str, *, now: datetime) -> ApiTokens:
    """Exchange a refresh token for a new pair. Each works once.

    A used one that comes back was copied: the session ends for both holders, because nobody can
    tell which of them is the person.
    Raises: SignInRequired.
    """
    selector, _, verifier = refresh_token.partition(".")
    fresh = new_secret()
    reused = False
    async with runtime.part(db.Database).transaction() as tx:
        owner = await store.ROTATE.maybe(
            tx, digest(selector), digest(verifier), digest(fresh), now, now + rules.REFRESH_LIFE
        )
        if owner is None:
            thief = await store.REVOKE_FAMILY.maybe(tx, digest(selector), now, "refresh_reused")
            reused = thief is not None
            if thief is not None:
                entry = session_entry("identity.refresh_reused", thief.user_id, thief.id, now=now)
                await audit.record(tx, [entry])
                ended = Notice(thief.user_id, "session_revoked", now, session_id=thief.id)
                await notices.note(tx, ended)
    if reused:
        telemetry.log.warning("identity.refresh_reused")
    if owner is None:
        raise SignInRequired("This refresh token is no longer good. Sign in again.")
    return _pair(owner, f"{selector}.{fresh}", now=now)


async def sign_out(caller: Caller, *, now: datetime) -> None:
    """End the caller's session; its next request is refused."""
    async with runtime.part(db.Database).transaction() as tx:
        if await store.REVOKE.run(tx, caller.session_id, now, "sign_out"):
            entry = session_entry("identity.sign_out", caller.user_id, caller.session_id, now=now)
            await audit.record(tx, [entry])


async def revoke(caller: Caller, session_id: UUID, *, now: datetime) -> None:
    """End one of the caller's sessions; its next request is refused, its refresh token too.

    Raises: NotFound for one that is not theirs, or has ended. Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        if not await store.access.REVOKE_OF.run(tx, caller.user_id, session_id, now, "revoked"):
            raise NotFound
        entry = session_entry("identity.revoke", caller.user_id, session_id, now=now)
        await audit.record(tx, [entry])
        await notices.note(
            tx, Notice(caller.user_id, "session_revoked", now, session_id=session_id)
        )


async def revoke_others(caller: Caller, *, now: datetime) -> None:
    """End all sessions of the caller but this one. Doing it twice changes nothing.

    Emits: identity.security_noted.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        ended = await store.access.end_sessions(
            tx, caller.user_id, why="revoked", at=now, but_id=caller.session_id
        )
        entry = session_entry("identity.revoke_others", caller.user_id, caller.session_id, now=now)
        await audit.record(tx, [entry])
        if ended:
            await notices.note(tx, Notice(caller.user_id, "session_revoked", now))


async def forget(tx: db.Tx, *, now: datetime) -> None:
    """Delete codes of yesterday, sessions that ended 90 days ago, asks of last week: a part of
    the hourly job.
    """
    await store.FORGET_CHALLENGES.run(tx, now - rules.CHALLENGE_KEPT)
    await store.access.FORGET_STEP_UPS.run(tx, now - rules.CHALLENGE_KEPT)
    await store.FORGET_SESSIONS.run(tx, now - rules.SESSION_KEPT)
    await graph.FORGET_ASKS.run(tx, now - rules.ASK_PAUSE)


def session_entry(
    action: str, user_id: UUID, session_id: UUID, *, now: datetime, how: str = ""
) -> audit.Entry:
    """Write an act of a person on a session for the audit log."""
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="session",
        resource_id=ids.show("ses", session_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={"how": how} if how else {},
    )


def _pair(owner: store.SessionOwner, refresh_token: str, *, now: datetime) -> ApiTokens:
    access = runtime.part(Tokens).sign(
        owner.user_id, owner.id, now=now, is_operator=owner.is_operator
    )
    return ApiTokens(owner.id, access, refresh_token, int(rules.ACCESS_LIFE.total_seconds()))
