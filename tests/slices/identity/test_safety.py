"""Credentials, lock, recovery, sessions: what changes them, whom it ends, who is told."""

import asyncio
import re
from datetime import datetime, timedelta

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    SignInFailed,
)
from quid.identity.jobs import JOBS
from quid.identity.queries import access
from quid.identity.service import Notices
from quid.identity.types import (
    NOWHERE,
    Person,
    Proof,
    Recovery,
    SignedIn,
    StepUp,
    Visit,
)
from quid.kit import db
from quid.kit.errors import NotFound, RateLimited, SignInRequired, StepUpRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in, tokens

NEW = "another good password"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOME = Visit("Firefox on Linux", b"h" * 32, "192.0.2.7")


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture
async def browser(ana: Person, now: datetime) -> SignedIn:
    """Ana in a browser."""
    return signed_in(
        await service.sign_in(ana.handle, PASSWORD, is_remembered=False, now=now, visit=HOME)
    )


@pytest.fixture
def caller(browser: SignedIn) -> Caller:
    return Caller(browser.person.id, browser.session_id, "cookie")


async def _code(mailbox: Mailbox) -> str:
    for mail in await mailbox.latest(9):
        if found := re.search(r"\b(\d{6})\b", mail.subject):
            return found[1]
    raise AssertionError("no code was sent")


async def _told(house: Runtime, mailbox: Mailbox) -> list[tuple[str, str]]:
    """Whom which notices went to, oldest first."""
    await house.part(Notices).settle()
    mails = [m for m in await mailbox.latest(50) if not m.subject[:6].isdigit()]
    return [(m.to, m.subject) for m in reversed(mails)]


async def _kinds(database: db.Database, person: Person, now: datetime) -> list[str]:
    async with database.read() as conn:
        found = await access.security_events(
            conn, person.id, before=(now + 99 * DAY, person.id), limit=50
        )
    return [e.kind for e in found]


async def _is_alive(session: SignedIn, now: datetime) -> bool:
    try:
        await service.authenticate(authorization=None, cookie=session.token, now=now)
    except SignInRequired:
        return False
    return True


async def _recover(mailbox: Mailbox, now: datetime, proof: Proof | None = None) -> SignedIn:
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    cmd = Recovery(started.challenge_id, await _code(mailbox), NEW, proof)
    return await service.recover(cmd, HOME, now=now)


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
    assert await _is_alive(browser, now)


async def test_all_other_sessions_end_at_once(
    browser: SignedIn, caller: Caller, now: datetime
) -> None:
    others = [
        signed_in(await service.sign_in("ana", PASSWORD, is_remembered=True, now=now))
        for _ in range(3)
    ]
    await service.revoke_others(caller, now=now)
    assert await _is_alive(browser, now)
    assert not any([await _is_alive(other, now) for other in others])


# --- who is told -------------------------------------------------------------------------------


async def test_a_new_device_is_told_of_and_a_known_one_is_not(
    ana: Person, house: Runtime, mailbox: Mailbox, database: db.Database, now: datetime
) -> None:
    away = Visit("Chrome on Windows", b"a" * 32, "198.51.100.9")
    for n, visit in enumerate((HOME, HOME, away, away, HOME)):
        at = now + n * MINUTE
        await service.sign_in("ana", PASSWORD, is_remembered=False, now=at, visit=visit)
    assert await _told(house, mailbox) == [
        ("ana@example.org", "Somebody signed in to your account on a new device")
    ]
    text = (await mailbox.latest(1))[0].text
    assert "Chrome on Windows · 198.51.100.9" in text
    assert await _kinds(database, ana, now) == ["new_device"]


async def test_five_failures_are_told_of_once(
    ana: Person, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    for who in ("ana", "nobody"):
        for _ in range(7):
            with pytest.raises((SignInFailed, RateLimited)):
                await service.issue_token(who, "wrong password", now=now, visit=HOME)
    assert await _told(house, mailbox) == [
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
    assert (await _is_alive(browser, now), await _is_alive(other, now)) == (True, False)
    with pytest.raises(SignInFailed):
        await service.issue_token("ana", PASSWORD, now=now)
    await service.issue_token("ana", NEW, now=now)
    assert ("ana@example.org", "Your password was changed") in await _told(house, mailbox)
    async with house.part(db.Database).read() as conn:
        [method] = await access.methods_of(conn, caller.user_id, now=now)
    assert method.enrolled_at == now


async def test_an_email_changes_by_the_code_that_went_there(
    caller: Caller, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    challenge_id = await service.begin_email(caller, " New@Example.org ", now=now)
    assert (await mailbox.latest(1))[0].to == "new@example.org"
    code = await _code(mailbox)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(ChallengeFailed):
        await service.finish_email(caller, challenge_id, wrong, HOME, now=now)
    await service.finish_email(caller, challenge_id, code, HOME, now=now)
    async with house.part(db.Database).read() as conn:
        assert (await queries.person(conn, caller.user_id) or None).email == "new@example.org"  # type: ignore[union-attr]
        assert await queries.by_email(conn, "ana@example.org") is None
    assert await _told(house, mailbox) == [
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
        await service.finish_email(caller, challenge_id, await _code(mailbox), HOME, now=now)


async def test_a_code_for_one_address_does_not_prove_another(
    caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    first = await service.begin_email(caller, "mine@example.org", now=now)
    code = await _code(mailbox)
    second = await service.begin_email(caller, "theirs@example.org", now=now + MINUTE)
    with pytest.raises(ChallengeFailed):
        await service.finish_email(caller, second, code, HOME, now=now + MINUTE)
    with pytest.raises(NotFound):  # nor does it prove the session
        await service.finish(caller, first, Proof("email_code", code, PASSWORD), HOME, now=now)


# --- lock and recovery -------------------------------------------------------------------------


async def test_a_lock_ends_every_session_and_lets_nobody_in(
    browser: SignedIn, caller: Caller, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    await service.lock(caller, HOME, now=now)
    assert not await _is_alive(browser, now)
    for entering in (
        service.issue_token("ana", PASSWORD, now=now),
        service.sign_in("ana", PASSWORD, is_remembered=True, now=now),
    ):
        with pytest.raises(AccountLocked):
            await entering
    with pytest.raises(SignInFailed):
        await service.issue_token("ana", "wrong password", now=now)
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    code = await _code(mailbox)
    with pytest.raises(AccountLocked):
        await service.check_code(started.challenge_id, code, now=now)
    async with house.part(db.Database).read() as conn:
        closed = await queries.freezes(conn, caller.user_id)
    assert {(f.scope, f.reason_class) for f in closed} == {
        ("send", "requested"),
        ("withdraw", "requested"),
    }
    # The code that could not enter opens by recovery.
    await service.recover(Recovery(started.challenge_id, code, NEW), HOME, now=now)


async def test_recovery_by_email_alone_waits_a_day(
    caller: Caller, browser: SignedIn, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    await service.lock(caller, HOME, now=now)
    opened = await _recover(mailbox, now + MINUTE)
    assert not await _is_alive(browser, now)
    again = Caller(caller.user_id, opened.session_id, "cookie")
    database = house.part(db.Database)
    thaw = next(j for j in JOBS if j.name == "identity.thaw")
    for at, scopes in ((now + DAY, {"send", "withdraw"}), (now + DAY + MINUTE, set[str]())):
        async with database.transaction() as tx:
            await thaw.run(tx, at)
        async with database.read() as conn:
            closed = await queries.freezes(conn, caller.user_id)
        assert {f.scope for f in closed} == scopes
        if scopes:
            with pytest.raises(StepUpRequired):  # who came by e-mail cannot prove by e-mail
                await service.begin(again, now=at - HOUR)
    await service.begin(again, now=now + DAY + MINUTE)
    with pytest.raises(SignInFailed):
        await service.issue_token("ana", PASSWORD, now=now)
    told = [subject for _, subject in await _told(house, mailbox)]
    assert told == [
        "Your account was locked: nobody can sign in, and no money can leave",
        "Your account was opened again by recovery, with a new password",
    ]


async def test_recovery_with_a_second_factor_waits_for_nothing(
    caller: Caller, database: db.Database, mailbox: Mailbox, now: datetime
) -> None:
    async with database.transaction() as tx:
        await service.give_totp(tx, caller.user_id, "JBSWY3DPEHPK3PXP" * 2, now=now)
    codes = await service.renew_recovery_codes(caller, HOME, now=now)
    await service.lock(caller, HOME, now=now)
    with pytest.raises(StepUpRequired) as asked:
        await _recover(mailbox, now)
    assert [m["name"] for m in asked.value.extra["methods"]] == [  # type: ignore[index,union-attr]
        "totp",
        "recovery_code",
    ]
    with pytest.raises(ChallengeFailed):
        await _recover(mailbox, now + MINUTE, Proof("recovery_code", "0000-0000-0000"))
    later = now + 2 * MINUTE
    opened = await _recover(mailbox, later, Proof("recovery_code", codes[0]))
    async with database.read() as conn:
        assert await queries.freezes(conn, caller.user_id) == []
    await service.require_step_up(Caller(caller.user_id, opened.session_id, "cookie"), now=later)
    assert isinstance(await service.sign_in("ana", NEW, is_remembered=False, now=later), StepUp)


@pytest.mark.parametrize("act", ["password", "lock", "recover", "others"])
async def test_a_sign_in_that_waits_for_its_factor_ends_with_the_sessions(
    act: str, caller: Caller, database: db.Database, mailbox: Mailbox, now: datetime
) -> None:
    async with database.transaction() as tx:
        await service.give_totp(tx, caller.user_id, "JBSWY3DPEHPK3PXP" * 2, now=now)
    codes = await service.renew_recovery_codes(caller, HOME, now=now)
    waiting = await service.sign_in("ana", PASSWORD, is_remembered=False, now=now)
    assert isinstance(waiting, StepUp)
    match act:
        case "password":
            await service.change_password(caller, NEW, HOME, now=now)
        case "lock":
            await service.lock(caller, HOME, now=now)
        case "recover":
            await _recover(mailbox, now, Proof("recovery_code", codes[0]))
        case _:
            await service.revoke_others(caller, now=now)
    with pytest.raises(NotFound):
        await service.finish_sign_in(
            waiting.challenge_id, Proof("recovery_code", codes[1]), HOME, now=now
        )


async def test_an_email_code_is_no_second_factor(
    caller: Caller, database: db.Database, mailbox: Mailbox, now: datetime
) -> None:
    async with database.transaction() as tx:
        await service.give_totp(tx, caller.user_id, "JBSWY3DPEHPK3PXP" * 2, now=now)
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    code = await _code(mailbox)
    cmd = Recovery(started.challenge_id, code, NEW, Proof("email_code", code))
    with pytest.raises(ChallengeFailed):
        await service.recover(cmd, HOME, now=now)


@pytest.mark.usefixtures("ana")
async def test_a_code_recovers_once(mailbox: Mailbox, house: Runtime, now: datetime) -> None:
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    cmd = Recovery(started.challenge_id, await _code(mailbox), NEW)
    done = await asyncio.gather(
        *(service.recover(cmd, NOWHERE, now=now) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(d, SignedIn) for d in done) == 1
    assert sum(isinstance(d, ChallengeExpired) for d in done) == 4
    assert len(await _told(house, mailbox)) == 1


@pytest.mark.usefixtures("house")
async def test_recovery_of_nobody_is_told_to_the_mailbox_alone(
    mailbox: Mailbox, now: datetime
) -> None:
    started = await service.start("nobody@example.org", now=now)
    assert started.challenge_id
    with pytest.raises(NotFound, match="Nobody has this e-mail"):
        await service.recover(
            Recovery(started.challenge_id, await _code(mailbox), NEW), NOWHERE, now=now
        )


async def test_a_lock_and_an_operators_freeze_stand_side_by_side(
    caller: Caller, admin: asyncpg.Connection, mailbox: Mailbox, now: datetime
) -> None:
    await admin.execute(
        "insert into identity.freeze (id, user_id, scope, reason_class, text, review_on, "
        "frozen_by, frozen_at) values (gen_random_uuid(), $1, 'send', 'legal', 'x', '2026-04-01', "
        "'op', now())",
        caller.user_id,
    )
    await service.lock(caller, HOME, now=now)
    await _recover(mailbox, now)
    standing = await admin.fetch(
        "select scope, is_own from identity.freeze where lifted_at is null order by 1, 2"
    )
    assert [tuple(r) for r in standing] == [("send", False), ("send", True), ("withdraw", True)]
