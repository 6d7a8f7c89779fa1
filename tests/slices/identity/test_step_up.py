"""Step-up: what proves who holds a session, for how long, and for what alone."""

import asyncio
import re
from datetime import datetime, timedelta

import asyncpg
import pytest

from quid.identity import service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import ChallengeExpired, ChallengeFailed
from quid.identity.types import NOWHERE, ApiTokens, Person, Proof, Renewed, SignedIn
from quid.kit.errors import (
    NotFound,
    RateLimited,
    SignInRequired,
    StepUpRequired,
    ValidationFailed,
)
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in, tokens

pytestmark = pytest.mark.usefixtures("house")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture
async def browser(ana: Person, now: datetime) -> SignedIn:
    """Ana in a browser."""
    return signed_in(await service.sign_in(ana.handle, PASSWORD, is_remembered=False, now=now))


@pytest.fixture
def caller(browser: SignedIn) -> Caller:
    return Caller(browser.person.id, browser.session_id, "cookie")


async def _code(mailbox: Mailbox) -> str:
    found = re.search(r"\b(\d{6})\b", (await mailbox.latest(1))[0].subject)
    assert found
    return found[1]


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def _prove(caller: Caller, mailbox: Mailbox, now: datetime) -> Renewed:
    asked = await service.begin(caller, now=now)
    assert [m.name for m in asked.methods] == ["email_code"]
    proof = Proof("email_code", await _code(mailbox), PASSWORD)
    return await service.finish(caller, asked.challenge_id, proof, NOWHERE, now=now)


async def test_a_proof_is_good_for_ten_minutes_in_that_session(
    caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    with pytest.raises(StepUpRequired):
        await service.require_step_up(caller, now=now)
    done = await _prove(caller, mailbox, now)
    assert done.good_until == now + 10 * MINUTE
    await service.require_step_up(caller, now=done.good_until - timedelta(microseconds=1))
    with pytest.raises(StepUpRequired):
        await service.require_step_up(caller, now=done.good_until)
    other = tokens(await service.issue_token("ana", PASSWORD, now=now))
    with pytest.raises(StepUpRequired):
        await service.require_step_up(Caller(caller.user_id, other.session_id, "bearer"), now=now)


async def test_a_browser_gets_a_new_secret_and_the_old_one_ends(
    browser: SignedIn, caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    done = await _prove(caller, mailbox, now)
    assert done.token
    assert done.token != browser.token
    assert done.life_seconds is None
    renewed = await service.authenticate(authorization=None, cookie=done.token, now=now)
    assert renewed == caller
    with pytest.raises(SignInRequired):
        await service.authenticate(authorization=None, cookie=browser.token, now=now)


async def test_a_remembered_browser_stays_remembered_for_what_is_left(
    ana: Person, mailbox: Mailbox, now: datetime
) -> None:
    kept = signed_in(await service.sign_in("ana", PASSWORD, is_remembered=True, now=now))
    later = now + timedelta(days=10)
    done = await _prove(Caller(ana.id, kept.session_id, "cookie"), mailbox, later)
    assert done.life_seconds == 20 * 24 * 3600


async def test_a_client_keeps_its_tokens(ana: Person, mailbox: Mailbox, now: datetime) -> None:
    pair: ApiTokens = tokens(await service.issue_token(ana.handle, PASSWORD, now=now))
    caller = service.read_token(f"Bearer {pair.access_token}", now=now)
    assert (await _prove(caller, mailbox, now)).token is None
    await service.require_step_up(caller, now=now)
    fresh = await service.refresh(pair.refresh_token, now=now)
    assert fresh.session_id == pair.session_id


@pytest.mark.parametrize("wrong", ["code", "password"])
async def test_password_and_code_must_both_be_right(
    wrong: str, caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    asked = await service.begin(caller, now=now)
    code = await _code(mailbox)
    proof = Proof(
        "email_code",
        _other(code) if wrong == "code" else code,
        "another password" if wrong == "password" else PASSWORD,
    )
    with pytest.raises(ChallengeFailed) as failed:
        await service.finish(caller, asked.challenge_id, proof, NOWHERE, now=now)
    assert failed.value.extra == {"tries_left": 4}
    with pytest.raises(ValidationFailed) as missing:
        await service.finish(
            caller, asked.challenge_id, Proof("email_code", code), NOWHERE, now=now
        )
    assert missing.value.field == "password"
    right = Proof("email_code", code, PASSWORD)
    await service.finish(caller, asked.challenge_id, right, NOWHERE, now=now)


async def test_a_proof_works_once_and_in_its_session_alone(
    caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    asked = await service.begin(caller, now=now)
    proof = Proof("email_code", await _code(mailbox), PASSWORD)
    second = tokens(await service.issue_token("ana", PASSWORD, now=now))
    elsewhere = Caller(caller.user_id, second.session_id, "bearer")
    with pytest.raises(NotFound):
        await service.finish(elsewhere, asked.challenge_id, proof, NOWHERE, now=now)
    with pytest.raises(NotFound):
        await service.finish_sign_in(asked.challenge_id, proof, NOWHERE, now=now)
    done = await asyncio.gather(
        *(service.finish(caller, asked.challenge_id, proof, NOWHERE, now=now) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, Renewed) for d in done) == 1
    assert sum(isinstance(d, ChallengeExpired | ChallengeFailed) for d in done) == 9


async def test_another_factor_than_the_persons_is_none(caller: Caller, now: datetime) -> None:
    asked = await service.begin(caller, now=now)
    for method in ("totp", "recovery_code"):
        with pytest.raises(ChallengeFailed):
            await service.finish(
                caller, asked.challenge_id, Proof(method, "000000"), NOWHERE, now=now
            )


async def test_codes_are_sent_as_rarely_as_at_the_entry(
    caller: Caller, mailbox: Mailbox, now: datetime
) -> None:
    for n, wait in ((0, 0), (1, 29), (30, 0), (60, 0), (90, 510), (600, 0)):
        at = now + timedelta(seconds=n)
        if wait == 0:
            await service.begin(caller, now=at)
        else:
            with pytest.raises(RateLimited) as slow:
                await service.begin(caller, now=at)
            assert slow.value.retry_after == wait
    assert len(await mailbox.latest(9)) == 4


async def test_an_ended_session_proves_nothing(
    caller: Caller, mailbox: Mailbox, admin: asyncpg.Connection, now: datetime
) -> None:
    asked = await service.begin(caller, now=now)
    await service.sign_out(caller, now=now)
    proof = Proof("email_code", await _code(mailbox), PASSWORD)
    with pytest.raises(SignInRequired):
        await service.finish(caller, asked.challenge_id, proof, NOWHERE, now=now)
    assert (
        await admin.fetchval("select count(*) from identity.session where proved_at is not null")
        == 0
    )


# --- for a floor above -------------------------------------------------------------------------


async def test_a_purpose_is_proven_once_by_its_own_code_alone(
    ana: Person, mailbox: Mailbox, now: datetime
) -> None:
    await service.send_code(ana.id, purpose="pay 1 to ben", now=now)
    first = await _code(mailbox)
    later = now + MINUTE
    await service.send_code(ana.id, purpose="pay 2 to eve", now=later)
    with pytest.raises(ChallengeFailed) as failed:
        await service.prove(ana.id, "email_code", first, purpose="pay 2 to eve", now=later)
    assert failed.value.extra == {"tries_left": 4}
    await service.prove(ana.id, "email_code", first, purpose="pay 1 to ben", now=later)
    with pytest.raises(ChallengeExpired):
        await service.prove(ana.id, "email_code", first, purpose="pay 1 to ben", now=later)


async def test_a_purpose_has_five_tries_and_ten_minutes(ana: Person, now: datetime) -> None:
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(ChallengeFailed) as failed:
            await service.prove(ana.id, "totp", "000000", purpose="pay", now=now)
        assert failed.value.extra == {"tries_left": left}
    with pytest.raises((ChallengeExpired, RateLimited)):
        await service.prove(ana.id, "totp", "000000", purpose="pay", now=now)


async def test_a_late_code_is_too_late(ana: Person, mailbox: Mailbox, now: datetime) -> None:
    await service.send_code(ana.id, purpose="pay", now=now)
    code = await _code(mailbox)
    with pytest.raises(ChallengeExpired):
        await service.prove(ana.id, "email_code", code, purpose="pay", now=now + 10 * MINUTE)
