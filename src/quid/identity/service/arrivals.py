"""Arrivals: what happens between a first factor that was right and the session it is worth."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity import queries, rules, store
from quid.identity.errors import AccountLocked
from quid.identity.queries import access
from quid.identity.service import notices, step_up
from quid.identity.service.sessions import open_api, open_cookie, session_entry
from quid.identity.types import (
    ApiTokens,
    Method,
    MethodName,
    Person,
    Proof,
    SessionKind,
    SignedIn,
    StepUp,
    Visit,
)
from quid.kit import audit, db, ids, runtime
from quid.kit.errors import NotFound

_PURPOSE: Final = "sign_in"


class Way(NamedTuple):
    """How somebody comes in, for which kind of session, and the factor they have proven."""

    how: str
    kind: SessionKind
    is_remembered: bool = False
    proven_by: MethodName | None = None


class Entered(NamedTuple):
    """What came of it, and what is to be told after the commit."""

    session: SignedIn | ApiTokens | StepUp
    notice: notices.Notice | None = None


async def enter(tx: db.Tx, person: Person, way: Way, visit: Visit, *, now: datetime) -> Entered:
    """Let in whoever has proven a first factor, unless a second is on or the account is locked.

    Raises: AccountLocked, RateLimited. Emits: identity.security_noted.v1. Locks: identity.person.
    """
    await store.access.lock_person(tx, person.id)  # a lock that is just being put is seen
    if await access.IS_LOCKED.get(tx, person.id):
        raise AccountLocked
    if way.proven_by is None:
        methods = await access.methods_of(tx, person.id, now=now)
        if methods and not step_up.is_by_email(methods):
            return Entered(await _ask(tx, person.id, way, methods, now=now))
    opened: SignedIn | ApiTokens
    if way.kind == "api":
        opened = await open_api(tx, person.id, now=now)
    else:
        opened = await open_cookie(tx, person, is_remembered=way.is_remembered, now=now)
    if way.proven_by is not None:
        await store.access.PROVE_SESSION.one(tx, opened.session_id, way.proven_by, now, None)
    entry = session_entry("identity.sign_in", person.id, opened.session_id, now=now, how=way.how)
    await audit.record(tx, [entry])
    if not await store.access.place_session(tx, opened.session_id, visit):
        return Entered(opened)
    notice = notices.Notice(person.id, "new_device", now, visit, opened.session_id)
    return Entered(opened, await notices.note(tx, notice))


async def finish_sign_in(
    challenge_id: UUID, proof: Proof, visit: Visit, *, now: datetime
) -> SignedIn | ApiTokens:
    """Open the session that a second factor was asked for. It has proven who holds it.

    Raises: NotFound, ChallengeFailed, ChallengeExpired, AccountLocked, RateLimited.
    """
    asked = await step_up.judge(step_up.Claim(challenge_id, _PURPOSE), proof, visit, now=now)
    way = Way(proof.method, asked.session_kind or "cookie", asked.is_remembered, proof.method)
    async with runtime.part(db.Database).transaction() as tx:
        person = await queries.person(tx, asked.user_id)
        if person is None:
            raise NotFound
        session, notice = await enter(tx, person, way, visit, now=now)
    notices.tell(notice)
    assert not isinstance(session, StepUp)  # noqa: S101 - the factor has been proven
    return session


async def _ask(
    tx: db.Tx, user_id: UUID, way: Way, methods: tuple[Method, ...], *, now: datetime
) -> StepUp:
    challenge_id = ids.new(ids.bucket(user_id), now)
    new = store.access.NewStepUp(
        id=challenge_id,
        user_id=user_id,
        purpose=_PURPOSE,
        session_kind=way.kind,
        is_remembered=way.is_remembered,
        tries=rules.STEP_UP_TRIES,
        at=now,
        expires_at=now + rules.STEP_UP_LIFE,
    )
    await step_up.add(tx, new)
    await audit.record(
        tx, [step_up.entry("identity.sign_in_begin", user_id, challenge_id, now=now)]
    )
    return StepUp(challenge_id, methods)
