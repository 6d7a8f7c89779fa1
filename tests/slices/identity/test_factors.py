"""Authenticator apps and recovery codes: each proof opens once, for whoever races."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quid.identity import service
from quid.identity.errors import ChallengeExpired, ChallengeFailed, FactorMissing
from quid.identity.queries import access
from quid.identity.types import (
    NOWHERE,
    ApiTokens,
    MethodName,
    Person,
    Proof,
    SignedIn,
    StepUp,
)
from quid.kit import db
from quid.kit.errors import RateLimited
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in

pytestmark = pytest.mark.usefixtures("house")
STEP = timedelta(seconds=30)
DAY = timedelta(days=1)


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture
async def caller(ana: Person, now: datetime) -> Caller:
    """Ana in a browser."""
    done = signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))
    return Caller(ana.id, done.session_id, "cookie")


@pytest.fixture
async def app(caller: Caller, now: datetime) -> pyotp.TOTP:
    """Ana's authenticator app, on since the step before `now`."""
    offer = await service.offer_totp(caller, now=now)
    app = pyotp.TOTP(offer.secret)
    await service.confirm_totp(caller, app.at(now - STEP), NOWHERE, now=now)
    return app


async def _begin(now: datetime) -> StepUp:
    asked = await service.sign_in("ana", PASSWORD, is_remembered=False, now=now)
    assert isinstance(asked, StepUp)
    return asked


async def _enter(method: MethodName, text: str, now: datetime) -> SignedIn | ApiTokens:
    asked = await _begin(now)
    return await service.finish_sign_in(asked.challenge_id, Proof(method, text), NOWHERE, now=now)


# --- the app -----------------------------------------------------------------------------------


async def test_an_app_is_on_from_its_first_code(
    caller: Caller, database: db.Database, admin: asyncpg.Connection, now: datetime
) -> None:
    offer = await service.offer_totp(caller, now=now)
    uri = urlsplit(offer.uri)
    told = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Quid:ana")
    assert (told["secret"], told["issuer"]) == ([offer.secret], ["Quid"])
    assert len(offer.secret) == 32  # 160 bits, as RFC 4226 wants
    signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))

    app = pyotp.TOTP(offer.secret)
    codes = await service.confirm_totp(caller, app.at(now), NOWHERE, now=now)
    assert len(set(codes)) == 10
    stored = str(await admin.fetch("select * from identity.totp")) + str(
        await admin.fetch("select * from identity.recovery_code")
    )
    plain = [offer.secret, *codes, *(c.replace("-", "") for c in codes)]
    assert not [s for s in plain if s in stored]
    async with database.read() as conn:
        methods = await access.methods_of(conn, caller.user_id, now=now)
    assert [(m.name, m.enrolled_at) for m in methods] == [("totp", now), ("recovery_code", now)]
    assert {m.name for m in (await _begin(now)).methods} == {"totp", "recovery_code"}


async def test_a_wrong_first_code_turns_nothing_on(caller: Caller, now: datetime) -> None:
    with pytest.raises(FactorMissing):
        await service.confirm_totp(caller, "000000", NOWHERE, now=now)
    app = pyotp.TOTP((await service.offer_totp(caller, now=now)).secret)
    for code in (app.at(now + 2 * STEP), app.at(now - 2 * STEP), "", "\u0660" * 6):
        with pytest.raises(ChallengeFailed):
            await service.confirm_totp(caller, code, NOWHERE, now=now)
    signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))


async def test_a_second_offer_takes_the_place_of_the_first(caller: Caller, now: datetime) -> None:
    first = pyotp.TOTP((await service.offer_totp(caller, now=now)).secret)
    second = pyotp.TOTP((await service.offer_totp(caller, now=now)).secret)
    with pytest.raises(ChallengeFailed):
        await service.confirm_totp(caller, first.at(now), NOWHERE, now=now)
    await service.confirm_totp(caller, second.at(now), NOWHERE, now=now)


async def test_another_app_replaces_the_one_that_is_on(
    caller: Caller, app: pyotp.TOTP, now: datetime
) -> None:
    other = pyotp.TOTP((await service.offer_totp(caller, now=now)).secret)
    assert isinstance(await _enter("totp", app.at(now), now), SignedIn)
    await service.confirm_totp(caller, other.at(now), NOWHERE, now=now)
    later = now + STEP
    with pytest.raises(ChallengeFailed):
        await _enter("totp", app.at(later), later)
    assert isinstance(await _enter("totp", other.at(later), later), SignedIn)


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_a_code_of_the_step_before_or_after_counts(
    steps: int, app: pyotp.TOTP, now: datetime
) -> None:
    at = now + 10 * STEP
    assert isinstance(await _enter("totp", app.at(at + steps * STEP), at), SignedIn)


@pytest.mark.parametrize("steps", [-2, 2])
async def test_a_code_of_another_time_does_not(steps: int, app: pyotp.TOTP, now: datetime) -> None:
    at = now + 10 * STEP
    with pytest.raises(ChallengeFailed) as failed:
        await _enter("totp", app.at(at + steps * STEP), at)
    assert failed.value.extra == {"tries_left": 4}


async def test_a_step_is_used_once_and_none_before_it(app: pyotp.TOTP, now: datetime) -> None:
    at = now + 10 * STEP
    assert isinstance(await _enter("totp", app.at(at), at), SignedIn)
    for code in (app.at(at), app.at(at - STEP)):
        with pytest.raises(ChallengeFailed):
            await _enter("totp", code, at)
    assert isinstance(await _enter("totp", app.at(at + STEP), at), SignedIn)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    shown=st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), min_size=2, max_size=8),
)
async def test_of_any_codes_each_step_counts_once_and_never_backwards(
    shown: list[tuple[int, int]], house: Runtime, join: Joined, now: datetime
) -> None:
    person = await join(f"p{uuid4().hex[:20]}")
    app = pyotp.TOTP(pyotp.random_base32())
    async with house.part(db.Database).transaction() as tx:
        await service.give_totp(tx, person.id, app.secret, now=now)
    last, at = 0, now
    for n, (waited, offset) in enumerate(shown):
        at += waited * STEP
        step = int(at.timestamp()) // 30 + offset
        code = app.generate_otp(step)
        is_good = abs(offset) <= 1 and step > last
        [done] = await asyncio.gather(
            service.prove(person.id, "totp", code, purpose=f"act {n}", now=at),
            return_exceptions=True,
        )
        if isinstance(done, RateLimited):  # five failures: the gate is shut for a moment
            return
        assert (done is None) == is_good
        assert is_good or isinstance(done, ChallengeFailed)
        last = step if is_good else last


async def test_one_code_shown_by_many_at_once_opens_once(app: pyotp.TOTP, now: datetime) -> None:
    at = now + 10 * STEP
    asked = [await _begin(at) for _ in range(4)]
    proof = Proof("totp", app.at(at))
    done = await asyncio.gather(
        *(service.finish_sign_in(a.challenge_id, proof, NOWHERE, now=at) for a in asked),
        return_exceptions=True,
    )
    assert sum(isinstance(d, SignedIn) for d in done) == 1
    assert sum(isinstance(d, ChallengeFailed) for d in done) == 3


async def test_without_the_app_a_password_is_enough_again(
    caller: Caller, app: pyotp.TOTP, now: datetime
) -> None:
    assert app
    await _begin(now)
    await service.turn_totp_off(caller, NOWHERE, now=now)
    signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))
    with pytest.raises(FactorMissing):
        await service.turn_totp_off(caller, NOWHERE, now=now)
    with pytest.raises(FactorMissing):
        await service.renew_recovery_codes(caller, NOWHERE, now=now)


async def test_a_secret_copied_to_another_person_opens_nothing(
    app: pyotp.TOTP, join: Joined, admin: asyncpg.Connection, now: datetime
) -> None:
    ben = await join("ben")
    await admin.execute(
        "update identity.totp set user_id = $1 where enrolled_at is not null", ben.id
    )
    asked = await service.sign_in("ben", PASSWORD, is_remembered=False, now=now)
    assert isinstance(asked, StepUp)
    with pytest.raises(ValueError, match="copied from elsewhere"):
        await service.finish_sign_in(
            asked.challenge_id, Proof("totp", app.at(now)), NOWHERE, now=now
        )


# --- recovery codes ----------------------------------------------------------------------------


@pytest.fixture
async def codes(caller: Caller, app: pyotp.TOTP, now: datetime) -> list[str]:
    """Ana's ten codes."""
    assert app
    return await service.renew_recovery_codes(caller, NOWHERE, now=now)


async def test_each_code_opens_once_however_it_is_typed(codes: list[str], now: datetime) -> None:
    typed = codes[0].upper().replace("-", " ").replace("0", "O").replace("1", "I")
    for n, code in enumerate([typed, *codes[1:]]):
        at = now + n * timedelta(minutes=11)
        assert isinstance(await _enter("recovery_code", code, at), SignedIn)
        with pytest.raises(ChallengeFailed):
            await _enter("recovery_code", code, at)


async def test_one_code_used_by_twenty_at_once_opens_once(
    caller: Caller, codes: list[str], admin: asyncpg.Connection, now: datetime
) -> None:
    purposes = [f"race {n}" for n in range(20)]
    done = await asyncio.gather(
        *(
            service.prove(caller.user_id, "recovery_code", codes[3], purpose=p, now=now)
            for p in purposes
        ),
        return_exceptions=True,
    )
    assert done.count(None) == 1
    assert all(d is None or isinstance(d, ChallengeFailed | RateLimited) for d in done)
    used = "select count(*) from identity.recovery_code where used_at is not null"
    assert await admin.fetchval(used) == 1


async def test_new_codes_end_the_old_ones(caller: Caller, codes: list[str], now: datetime) -> None:
    fresh = await service.renew_recovery_codes(caller, NOWHERE, now=now)
    assert not set(fresh) & set(codes)
    with pytest.raises(ChallengeFailed):
        await _enter("recovery_code", codes[0], now)
    assert isinstance(await _enter("recovery_code", fresh[0], now), SignedIn)


async def test_another_persons_code_opens_nothing(
    codes: list[str], join: Joined, now: datetime
) -> None:
    ben = await join("ben")
    with pytest.raises(ChallengeFailed):
        await service.prove(ben.id, "recovery_code", codes[0], purpose="x", now=now)


# --- tries -------------------------------------------------------------------------------------


async def test_a_challenge_is_locked_after_five_tries(
    app: pyotp.TOTP, admin: asyncpg.Connection, now: datetime
) -> None:
    asked = await _begin(now)
    guesses = await asyncio.gather(
        *(
            service.finish_sign_in(asked.challenge_id, Proof("totp", f"{n:06d}"), NOWHERE, now=now)
            for n in range(40)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(g, ChallengeFailed) for g in guesses) == 5
    assert all(isinstance(g, ChallengeFailed | ChallengeExpired | RateLimited) for g in guesses)
    assert await admin.fetchval("select tries_left from identity.step_up") == 0
    with pytest.raises((ChallengeExpired, RateLimited)):
        await service.finish_sign_in(
            asked.challenge_id, Proof("totp", app.at(now)), NOWHERE, now=now
        )


async def test_beyond_five_failures_of_a_person_each_waits(app: pyotp.TOTP, now: datetime) -> None:
    for _ in range(5):
        with pytest.raises(ChallengeFailed):
            await _enter("totp", "000000", now + DAY)
    with pytest.raises(RateLimited):
        await _enter("totp", app.at(now + 2 * DAY), now + 2 * DAY)


async def test_five_sign_ins_may_wait_for_a_code(app: pyotp.TOTP, now: datetime) -> None:
    for _ in range(5):
        await _begin(now)
    with pytest.raises(RateLimited):
        await _begin(now)
    later = now + timedelta(minutes=10)
    assert isinstance(await _enter("totp", app.at(later), later), SignedIn)


async def test_a_challenge_lives_ten_minutes(app: pyotp.TOTP, now: datetime) -> None:
    asked = await _begin(now)
    late = now + timedelta(minutes=10)
    with pytest.raises(ChallengeExpired):
        await service.finish_sign_in(
            asked.challenge_id, Proof("totp", app.at(late)), NOWHERE, now=late
        )


async def test_a_sign_in_ends_as_it_began(app: pyotp.TOTP, now: datetime) -> None:
    kept = await service.sign_in("ana", PASSWORD, is_remembered=True, now=now)
    assert isinstance(kept, StepUp)
    done = await service.finish_sign_in(
        kept.challenge_id, Proof("totp", app.at(now)), NOWHERE, now=now
    )
    assert isinstance(done, SignedIn)
    assert done.life_seconds == 30 * 24 * 3600
    later = now + STEP
    asked = await service.issue_token("ana", PASSWORD, now=later)
    assert isinstance(asked, StepUp)
    issued = await service.finish_sign_in(
        asked.challenge_id, Proof("totp", app.at(later)), NOWHERE, now=later
    )
    assert isinstance(issued, ApiTokens)
    await service.require_step_up(Caller(done.person.id, issued.session_id, "bearer"), now=later)
