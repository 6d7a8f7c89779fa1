"""Sessions and credentials: what changes them, whom it ends, who is told."""

from datetime import datetime

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import (
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    SignInFailed,
)
from quid.identity.queries import access
from quid.identity.types import (
    Person,
    Proof,
    SignedIn,
    Visit,
)
from quid.kit import db
from quid.kit.errors import NotFound, RateLimited, SignInRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in, tokens
from tests.slices.identity.safety import (
    HOME,
    MINUTE,
    NEW,
    ana,
    browser,
    caller,
    code_in,
    is_alive,
    kinds,
    told,
)

__all__ = ["ana", "browser", "caller"]


# --- sessions ----------------------------------------------------------------------------------


async def test_one_sees_where_one_is_signed_in_and_ends_one(
    caller: Caller, database: db.Database, now: datetime
) -> None:
    phone = tokens(await service.issue_token("ana", PASSWORD, now=now + MINUTE))
    async with database.read() as conn:
        found = await access.open_sessions(conn, caller.user_id, now=now + MINUTE)
    assert [(s.id, s.kind, s.device, s.address) for s in found] == [
        (phone.session_id, "api", "", ""),
        (caller.session_id, "cookie", "Firefox on Linux", "192.0.2.7"),
    ]
    await service.revoke(caller, phone.session_id, now=now + MINUTE)
    with pytest.raises(SignInRequired):
        await service.authenticate(
            authorization=f"Bearer {phone.access_token}", cookie=None, now=now + MINUTE
        )
    with pytest.raises(SignInRequired):
        await service.refresh(phone.refresh_token, now=now + MINUTE)
    with pytest.raises(NotFound):
        await service.revoke(caller, phone.session_id, now=now + MINUTE)


async def test_nobody_ends_a_session_of_somebody_else(
    browser: SignedIn, join: Joined, now: datetime
) -> None:
    ben = await join("ben")
    theirs = signed_in(await service.sign_in("ben", PASSWORD, is_remembered=False, now=now))
    with pytest.raises(NotFound):
        await service.revoke(
            Caller(ben.id, theirs.session_id, "cookie"), browser.session_id, now=now
        )
    await service.revoke_others(Caller(ben.id, theirs.session_id, "cookie"), now=now)
    assert await is_alive(browser, now)


async def test_all_other_sessions_end_at_once(
    browser: SignedIn, caller: Caller, now: datetime
) -> None:
    others = [
        signed_in(await service.sign_in("ana", PASSWORD, is_remembered=True, now=now))
        for _ in range(3)
    ]
    await service.revoke_others(caller, now=now)
    assert await is_alive(browser, now)
    assert not any([await is_alive(other, now) for other in others])


# --- who is told -------------------------------------------------------------------------------


async def test_a_new_device_is_told_of_and_a_known_one_is_not(
    ana: Person, house: Runtime, mailbox: Mailbox, database: db.Database, now: datetime
) -> None:
    away = Visit("Chrome on Windows", b"a" * 32, "198.51.100.9")
    for n, visit in enumerate((HOME, HOME, away, away, HOME)):
        at = now + n * MINUTE
        await service.sign_in("ana", PASSWORD, is_remembered=False, now=at, visit=visit)
    assert await told(house, mailbox) == [
        ("ana@example.org", "Somebody signed in to your account on a new device")
    ]
    text = (await mailbox.latest(1))[0].text
    assert "Chrome on Windows · 198.51.100.9" in text
    assert await kinds(database, ana, now) == ["new_device"]


async def test_five_failures_are_told_of_once(
    ana: Person, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    for who in ("ana", "nobody"):
        for _ in range(7):
            with pytest.raises((SignInFailed, RateLimited)):
                await service.issue_token(who, "wrong password", now=now, visit=HOME)
    assert await told(house, mailbox) == [
        (ana.email, "Somebody failed five times to sign in to your account")
    ]


async def test_what_happened_is_an_event_without_a_place(
    caller: Caller, admin: asyncpg.Connection, now: datetime
) -> None:
    await service.lock(caller, HOME, now=now)
    rows = await admin.fetch("select payload from kit.outbox where type like '%security%'")
    assert len(rows) == 1
    assert '"kind":"locked"' in rows[0]["payload"]
    assert not [s for s in ("192.0.2", "Firefox", "example") if s in rows[0]["payload"]]


# --- password and e-mail -----------------------------------------------------------------------


async def test_a_new_password_ends_all_other_sessions(
    browser: SignedIn, caller: Caller, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    other = signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))
    await service.change_password(caller, NEW, HOME, now=now)
    assert (await is_alive(browser, now), await is_alive(other, now)) == (True, False)
    with pytest.raises(SignInFailed):
        await service.issue_token("ana", PASSWORD, now=now)
    await service.issue_token("ana", NEW, now=now)
    assert ("ana@example.org", "Your password was changed") in await told(house, mailbox)
    async with house.part(db.Database).read() as conn:
        [method] = await access.methods_of(conn, caller.user_id, now=now)
    assert method.enrolled_at == now


async def test_an_email_changes_by_the_code_that_went_there(
    caller: Caller, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    challenge_id = await service.begin_email(caller, " New@Example.org ", now=now)
    assert (await mailbox.latest(1))[0].to == "new@example.org"
    code = await code_in(mailbox)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(ChallengeFailed):
        await service.finish_email(caller, challenge_id, wrong, HOME, now=now)
    await service.finish_email(caller, challenge_id, code, HOME, now=now)
    async with house.part(db.Database).read() as conn:
        assert (await queries.person(conn, caller.user_id) or None).email == "new@example.org"  # type: ignore[union-attr]
        assert await queries.by_email(conn, "ana@example.org") is None
    assert await told(house, mailbox) == [
        ("ana@example.org", "The e-mail of your account was changed")
    ]
    with pytest.raises(ChallengeExpired):
        await service.finish_email(caller, challenge_id, code, HOME, now=now)


async def test_an_email_of_somebody_is_told_only_to_who_proves_it(
    caller: Caller, join: Joined, mailbox: Mailbox, now: datetime
) -> None:
    await join("ben")
    challenge_id = await service.begin_email(caller, "ben@example.org", now=now)
    with pytest.raises(DuplicateEntry):
        await service.finish_email(caller, challenge_id, await code_in(mailbox), HOME, now=now)


async def test_a_code_for_one_address_does_not_prove_another(
    caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    first = await service.begin_email(caller, "mine@example.org", now=now)
    code = await code_in(mailbox)
    second = await service.begin_email(caller, "theirs@example.org", now=now + MINUTE)
    with pytest.raises(ChallengeFailed):
        await service.finish_email(caller, second, code, HOME, now=now + MINUTE)
    with pytest.raises(NotFound):  # nor does it prove the session
        await service.finish(caller, first, Proof("email_code", code, PASSWORD), HOME, now=now)
