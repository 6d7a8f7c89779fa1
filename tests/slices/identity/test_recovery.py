"""Lock and recovery: what closes an account, what opens it, and how long it waits."""

import asyncio
from datetime import datetime

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    SignInFailed,
)
from quid.identity.jobs import JOBS
from quid.identity.types import (
    NOWHERE,
    Proof,
    Recovery,
    SignedIn,
    StepUp,
)
from quid.kit import db
from quid.kit.errors import NotFound, StepUpRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.people import PASSWORD
from tests.slices.identity.safety import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NEW,
    ana,
    browser,
    caller,
    code_in,
    is_alive,
    told,
)

__all__ = ["ana", "browser", "caller"]


async def _recover(mailbox: Mailbox, now: datetime, proof: Proof | None = None) -> SignedIn:
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    cmd = Recovery(started.challenge_id, await code_in(mailbox), NEW, proof)
    return await service.recover(cmd, HOME, now=now)


async def test_a_lock_ends_every_session_and_lets_nobody_in(
    browser: SignedIn, caller: Caller, house: Runtime, mailbox: Mailbox, now: datetime
) -> None:
    await service.lock(caller, HOME, now=now)
    assert not await is_alive(browser, now)
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
    code = await code_in(mailbox)
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
    assert not await is_alive(browser, now)
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
    subjects = [subject for _, subject in await told(house, mailbox)]
    assert subjects == [
        "Your account was locked: nobody can sign in, and no money can leave",
        "Your account was opened again by recovery, with a new password",
    ]


async def test_a_sign_in_under_way_does_not_outlive_its_password(
    caller: Caller, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stolen password that was compared just before its change opens nothing after it."""
    compare = service.Passwords.matches

    async def slowly(passwords: service.Passwords, phc: str | None, password: str) -> bool:
        is_right = await compare(passwords, phc, password)
        await service.change_password(caller, NEW, HOME, now=now + MINUTE)
        return is_right

    monkeypatch.setattr(service.Passwords, "matches", slowly)
    with pytest.raises(SignInFailed):
        await service.issue_token("ana", PASSWORD, now=now)


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
    code = await code_in(mailbox)
    cmd = Recovery(started.challenge_id, code, NEW, Proof("email_code", code))
    with pytest.raises(ChallengeFailed):
        await service.recover(cmd, HOME, now=now)


@pytest.mark.usefixtures("ana")
async def test_a_code_recovers_once(mailbox: Mailbox, house: Runtime, now: datetime) -> None:
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id
    cmd = Recovery(started.challenge_id, await code_in(mailbox), NEW)
    done = await asyncio.gather(
        *(service.recover(cmd, NOWHERE, now=now) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(d, SignedIn) for d in done) == 1
    assert sum(isinstance(d, ChallengeExpired) for d in done) == 4
    assert len(await told(house, mailbox)) == 1


@pytest.mark.usefixtures("house")
async def test_recovery_of_nobody_is_told_to_the_mailbox_alone(
    mailbox: Mailbox, now: datetime
) -> None:
    started = await service.start("nobody@example.org", now=now)
    assert started.challenge_id
    with pytest.raises(NotFound, match="Nobody has this e-mail"):
        await service.recover(
            Recovery(started.challenge_id, await code_in(mailbox), NEW), NOWHERE, now=now
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
