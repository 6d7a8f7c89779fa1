"""Sessions end when they should, and a copied refresh token ends both holders'."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.jobs import JOBS
from quid.identity.service import Tokens
from quid.identity.types import ApiTokens, SignedIn
from quid.kit import db
from quid.kit.errors import SignInRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in, tokens

pytestmark = pytest.mark.usefixtures("house")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def _cookie(token: str, now: datetime) -> Caller:
    return await service.authenticate(authorization=None, cookie=token, now=now)


async def _bearer(token: str, now: datetime) -> Caller:
    return await service.authenticate(authorization=f"Bearer {token}", cookie=None, now=now)


@pytest.fixture
async def browser(join: Joined, now: datetime) -> SignedIn:
    """Ana in a browser."""
    await join("ana")
    return signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))


@pytest.fixture
async def api(join: Joined, now: datetime) -> ApiTokens:
    """Ben with a pair of tokens."""
    await join("ben")
    return tokens(await service.issue_token("ben", PASSWORD, now=now))


async def test_a_browser_session_dies_after_30_idle_minutes(
    browser: SignedIn, now: datetime
) -> None:
    assert browser.life_seconds is None
    await _cookie(browser.token, now + 29 * MINUTE)
    await _cookie(browser.token, now + 58 * MINUTE)
    with pytest.raises(SignInRequired):
        await _cookie(browser.token, now + 88 * MINUTE)


async def test_a_browser_session_lives_12_hours_at_most(browser: SignedIn, now: datetime) -> None:
    at = now
    while at < now + 12 * HOUR:
        await _cookie(browser.token, at)
        at += 20 * MINUTE
    with pytest.raises(SignInRequired):
        await _cookie(browser.token, now + 12 * HOUR)


async def test_remembered_is_30_days_without_an_idle_limit(join: Joined, now: datetime) -> None:
    await join("ana")
    signed = signed_in(await service.sign_in("ana", PASSWORD, is_remembered=True, now=now))
    assert signed.life_seconds == 30 * 24 * 3600
    await _cookie(signed.token, now + 29 * DAY)
    with pytest.raises(SignInRequired):
        await _cookie(signed.token, now + 30 * DAY)


async def test_use_is_written_at_most_once_a_minute(
    browser: SignedIn, admin: asyncpg.Connection, now: datetime
) -> None:
    seen = "select last_seen_at from identity.session"
    await _cookie(browser.token, now + 59 * timedelta(seconds=1))
    assert await admin.fetchval(seen) == now
    await asyncio.gather(*(_cookie(browser.token, now + MINUTE) for _ in range(8)))
    assert await admin.fetchval(seen) == now + MINUTE


async def test_a_late_use_does_not_wake_a_dead_session(
    browser: SignedIn, database: db.Database, now: datetime
) -> None:
    await service.sign_out(await _cookie(browser.token, now), now=now)
    with pytest.raises(SignInRequired):
        await _cookie(browser.token, now + MINUTE)
    async with database.read() as conn:
        row = await queries.session(conn, browser.session_id)
    assert row
    assert (row.last_seen_at, row.revoked_at) == (now, now)


async def test_only_hashes_are_stored(
    browser: SignedIn, api: ApiTokens, admin: asyncpg.Connection
) -> None:
    stored = str(await admin.fetch("select * from identity.session"))
    secrets = [browser.token, *api.refresh_token.split("."), api.access_token]
    assert not [s for s in secrets if s in stored]
    assert len(browser.token) >= 43


async def test_sign_out_ends_the_session_at_once(
    api: ApiTokens, admin: asyncpg.Connection, now: datetime
) -> None:
    caller = await _bearer(api.access_token, now)
    await service.sign_out(caller, now=now)
    with pytest.raises(SignInRequired):
        await _bearer(api.access_token, now)
    with pytest.raises(SignInRequired):
        await service.refresh(api.refresh_token, now=now)
    await service.sign_out(caller, now=now)
    acts = await admin.fetch("select action from kit.audit order by id")
    assert sorted(a["action"] for a in acts) == ["identity.sign_in", "identity.sign_out"]


@pytest.mark.parametrize("cookie", [None, "", "x", "\x00", "é" * 50, "\udcff"])
async def test_a_made_up_cookie_is_nobody(cookie: str | None, now: datetime) -> None:
    with pytest.raises(SignInRequired):
        await service.authenticate(authorization=None, cookie=cookie, now=now)


async def test_a_refresh_secret_is_no_cookie(api: ApiTokens, now: datetime) -> None:
    selector = api.refresh_token.partition(".")[0]
    with pytest.raises(SignInRequired):
        await _cookie(selector, now)


async def test_a_refresh_token_gives_a_new_pair_of_the_same_session(
    api: ApiTokens, now: datetime
) -> None:
    later = now + 20 * MINUTE
    fresh = await service.refresh(api.refresh_token, now=later)
    assert fresh.session_id == api.session_id
    assert fresh.refresh_token != api.refresh_token
    assert (await _bearer(fresh.access_token, later)).session_id == api.session_id
    with pytest.raises(SignInRequired):
        await _bearer(api.access_token, later)


async def test_a_refresh_token_lives_30_days_from_its_last_use(
    api: ApiTokens, now: datetime
) -> None:
    fresh = await service.refresh(api.refresh_token, now=now + 29 * DAY)
    fresh = await service.refresh(fresh.refresh_token, now=now + 58 * DAY)
    with pytest.raises(SignInRequired):
        await service.refresh(fresh.refresh_token, now=now + 88 * DAY)


async def test_a_used_refresh_token_that_comes_back_ends_the_session(
    api: ApiTokens, admin: asyncpg.Connection, now: datetime
) -> None:
    fresh = await service.refresh(api.refresh_token, now=now)
    for _ in range(3):
        with pytest.raises(SignInRequired):
            await service.refresh(api.refresh_token, now=now)
    with pytest.raises(SignInRequired):
        await service.refresh(fresh.refresh_token, now=now)
    with pytest.raises(SignInRequired):
        await _bearer(fresh.access_token, now)
    acts = await admin.fetch("select action from kit.audit where action like '%reused'")
    assert len(acts) == 1


async def test_one_refresh_token_at_once_gives_one_pair(api: ApiTokens, now: datetime) -> None:
    answers = await asyncio.gather(
        *(service.refresh(api.refresh_token, now=now) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(a, ApiTokens) for a in answers) == 1


@pytest.mark.parametrize("token", ["", ".", "x", "x.y", "x.y.z", "\x00.\x00", "é" * 99])
async def test_a_made_up_refresh_token_is_refused(token: str, now: datetime) -> None:
    with pytest.raises(SignInRequired):
        await service.refresh(token, now=now)


async def test_reading_a_token_needs_no_database(
    api: ApiTokens, house: Runtime, now: datetime
) -> None:
    del house._parts[db.Database]
    caller = service.read_token(f"Bearer {api.access_token}", now=now)
    assert caller.session_id == api.session_id
    assert service.read_token(f"Bearer {api.access_token}", now=now) is caller
    with pytest.raises(SignInRequired):
        service.read_token(f"Bearer {api.access_token}", now=now + 15 * MINUTE)


async def test_live_sessions_are_told_from_ended_ones(
    browser: SignedIn, api: ApiTokens, database: db.Database, now: datetime
) -> None:
    unknown = UUID(int=1)
    asked = [browser.session_id, api.session_id, unknown]
    async with database.read() as conn:
        told = await queries.session_is_live(conn, asked, now=now + HOUR)
    assert told == {browser.session_id: False, api.session_id: True, unknown: False}


async def test_what_is_over_is_forgotten(
    browser: SignedIn, api: ApiTokens, database: db.Database, admin: asyncpg.Connection,
    now: datetime,
) -> None:  # fmt: skip
    assert browser.session_id != api.session_id
    await service.start("new@example.org", now=now)
    job = next(j for j in JOBS if j.name == "identity.forget")
    for at, sessions, codes in ((now, 2, 1), (now + 2 * DAY, 2, 0), (now + 91 * DAY, 1, 0)):
        async with database.transaction() as tx:
            await job.run(tx, at)
        assert await admin.fetchval("select count(*) from identity.session") == sessions
        assert await admin.fetchval("select count(*) from identity.challenge") == codes


async def test_another_key_reads_nothing(api: ApiTokens, house: Runtime, now: datetime) -> None:
    house.put(Tokens(bytes(32)))
    with pytest.raises(SignInRequired):
        service.read_token(f"Bearer {api.access_token}", now=now)
