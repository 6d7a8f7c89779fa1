"""The doors of access: a second factor through HTTP, origins behind a proxy, addresses."""

import re

import httpx2
import pyotp
import pytest

from quid.identity.ports import Letterbox
from quid.identity.service import Notices
from quid.kit import clock
from quid.kit.cache import Cache
from quid.kit.config import Core
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.api import ORIGIN, PASSWORD, client_of, signed_in
from tests.support.people import People

SIGN_IN, TOKEN, STEP_UP = "/v1/auth/sign-in", "/v1/auth/token", "/v1/auth/step-up"
ANA = {"identifier": "ana", "password": PASSWORD}
OURS = {"origin": ORIGIN}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def _code(rt: Runtime) -> str:
    box = rt.part(Letterbox)  # type: ignore[type-abstract]  # a port
    for mail in await box.latest(9):
        if found := re.match(r"\d{6}", mail.subject):
            return found[0]
    raise AssertionError("no code was sent")


async def _step_up(client: httpx2.AsyncClient, rt: Runtime, **headers: str) -> httpx2.Response:
    asked = await client.post(STEP_UP, json={}, headers=headers)
    assert asked.status_code == 200, asked.text
    assert [m["name"] for m in asked.json()["methods"]] == ["email_code"]
    body = {
        "challenge_id": asked.json()["challenge_id"],
        "method": "email_code",
        "proof": await _code(rt),
        "password": PASSWORD,
    }
    return await client.post(STEP_UP, json=body, headers=headers)


async def _app_on(client: httpx2.AsyncClient, rt: Runtime) -> tuple[pyotp.TOTP, list[str]]:
    assert (await _step_up(client, rt)).status_code == 200
    app = pyotp.TOTP((await client.post("/v1/auth/totp")).json()["secret"])
    done = await client.post("/v1/auth/totp/confirm", json={"code": app.now()})
    assert done.status_code == 200, done.text
    return app, done.json()["recovery_codes"]


async def test_no_body_asks_for_a_challenge_as_an_empty_one_does(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    asked = await (await signed_in(client, "ana")).post(STEP_UP)
    assert asked.status_code == 200, asked.text
    assert asked.json()["challenge_id"].startswith("chl_")
    assert (await client.post(STEP_UP, content=b"null")).status_code == 400


async def test_a_client_with_a_second_factor_gets_its_tokens_after_it(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    ana = await signed_in(client, "ana")
    assert (await ana.get("/v1/me")).json()["has_totp"] is False
    _, codes = await _app_on(ana, app_runtime)
    assert (await ana.get("/v1/me")).json()["has_totp"] is True
    async with client_of(app) as other:
        asked = await other.post(TOKEN, json=ANA)
        assert asked.status_code == 200
        step_up = asked.json()["step_up"]
        assert [m["name"] for m in step_up["methods"]] == ["totp", "recovery_code"]
        proof = {"challenge_id": step_up["challenge_id"], "method": "recovery_code"}
        wrong = await other.post(STEP_UP, json=proof | {"proof": "0000-0000-0000"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "CHALLENGE_FAILED")
        assert wrong.json()["tries_left"] == 4
        right = await other.post(STEP_UP, json=proof | {"proof": codes[0]})
        assert right.status_code == 200, right.text
        other.headers["authorization"] = f"Bearer {right.json()['access_token']}"
        assert (await other.get("/v1/me")).json()["handle"] == "ana"
        # Entering by a factor is a proof of it.
        fresh = await other.post("/v1/auth/recovery-codes")
        assert len(fresh.json()["recovery_codes"]) == 10


async def test_a_browser_with_a_second_factor_gets_its_cookie_after_it(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    _, codes = await _app_on(await signed_in(client, "ana"), app_runtime)
    async with client_of(app) as browser:
        asked = await browser.post(SIGN_IN, json=ANA | {"remember": True})
        assert "quid_session" not in browser.cookies
        step_up = asked.json()["step_up"]
        proof = {"challenge_id": step_up["challenge_id"], "method": "recovery_code"}
        done = await browser.post(STEP_UP, json=proof | {"proof": codes[1]})
        assert done.json()["handle"] == "ana"
        assert "max-age=2592000" in done.headers["set-cookie"].lower()
        assert (await browser.get("/v1/me")).status_code == 200


async def test_a_step_up_renews_the_cookie(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    await client.post(SIGN_IN, json=ANA)
    before = client.cookies["quid_session"]
    refused = await client.post("/v1/auth/totp", headers=OURS)
    assert (refused.status_code, refused.json()["code"]) == (401, "STEP_UP_REQUIRED")
    done = await _step_up(client, app_runtime, **OURS)
    assert clock.text(clock.now()) < done.json()["good_until"]
    assert client.cookies["quid_session"] != before
    assert (await client.post("/v1/auth/totp", headers=OURS)).status_code == 200
    old = await client.get("/v1/me", headers={"cookie": f"quid_session={before}"})
    assert old.status_code == 401


async def test_a_step_up_from_another_site_is_refused(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    await client.post(SIGN_IN, json=ANA)
    for headers in ({}, {"origin": "https://evil.test"}, {"origin": "null"}):
        answer = await client.post(STEP_UP, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), headers


async def test_half_a_proof_is_no_proof(client: httpx2.AsyncClient, people: People) -> None:
    await people.add("ana")
    await signed_in(client, "ana")
    asked = (await client.post(STEP_UP, json={})).json()
    for half in ({"method": "totp"}, {"proof": "123456"}, {}):
        body = {"challenge_id": asked["challenge_id"], **half}
        answer = await client.post(STEP_UP, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


async def test_one_sees_ends_and_reads_of_sessions(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    async with client_of(app, **{"user-agent": FIREFOX}) as browser:
        await browser.post(SIGN_IN, json=ANA)
        await signed_in(client, "ana")
        mine = (await browser.get("/v1/me/sessions")).json()["items"]
        assert [s["device"] for s in mine if s["current"]] == ["Firefox on Linux"]
        assert {s["place"] for s in mine} == {"127.0.0.1"}
        other = next(s["id"] for s in mine if not s["current"])
        gone = await browser.delete(f"/v1/me/sessions/{other}", headers=OURS)
        assert gone.status_code == 204
        assert (await client.get("/v1/me")).status_code == 401
        await app_runtime.part(Notices).settle()
        first = (await browser.get("/v1/me/security-events?limit=1")).json()
        assert first["items"][0]["kind"] == "session_revoked"
        second = await browser.get(f"/v1/me/security-events?cursor={first['next_cursor']}")
        assert [e["kind"] for e in second.json()["items"]] == ["new_device"]
        stolen = await browser.get("/v1/me/security-events?cursor=AAAA")
        assert (stolen.status_code, stolen.json()["code"]) == (400, "INVALID_CURSOR")


async def test_a_locked_account_opens_by_recovery(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    await client.post(SIGN_IN, json=ANA)
    assert (await client.post("/v1/me/lock", headers=OURS)).status_code == 204
    assert "quid_session" not in client.cookies
    locked = await client.post(SIGN_IN, json=ANA)
    assert (locked.status_code, locked.json()["code"]) == (403, "ACCOUNT_FROZEN")
    started = await client.post("/v1/auth/start", json={"identifier": "ana@example.org"})
    body = {
        "challenge_id": started.json()["challenge_id"],
        "code": await _code(app_runtime),
        "password": "another good password",
    }
    opened = await client.post("/v1/auth/recover", json=body)
    assert opened.status_code == 200, opened.text
    assert {h["scope"] for h in opened.json()["on_hold"]} == {"send", "withdraw"}
    again = await client.post("/v1/auth/recover", json=body)
    assert (again.status_code, again.json()["code"]) == (410, "CHALLENGE_EXPIRED")


# --- behind a proxy ----------------------------------------------------------------------------


@pytest.fixture
def public(app: Door) -> Door:
    """The application behind a proxy that ends TLS."""
    app.public_origin = "https://pay.example.org"
    return app


async def test_behind_a_proxy_the_browsers_origin_counts(public: Door, people: People) -> None:
    await people.add("ana")
    async with client_of(public) as browser:  # as the proxy calls: plain HTTP, a name of its own
        signed = await browser.post(SIGN_IN, json=ANA)
        cookies = signed.headers.get_list("set-cookie")
        assert all("Secure" in c for c in cookies)
        assert {c.partition("=")[0] for c in cookies} == {
            "__Host-quid_session",
            "__Host-quid_device",
        }
        assert signed.headers["strict-transport-security"].startswith("max-age=")
        jar = "; ".join(c.partition(";")[0] for c in cookies)
        out = "/v1/auth/sign-out"
        for origin in (ORIGIN, "http://pay.example.org", "https://pay.example.org.evil.test"):
            refused = await browser.post(out, headers={"cookie": jar, "origin": origin})
            assert refused.status_code == 403, origin
        ours = {"cookie": jar, "origin": "https://pay.example.org"}
        assert (await browser.post(out, headers=ours)).status_code == 204


@pytest.mark.parametrize(
    ("proxies", "told", "place"),
    [
        (0, ["198.51.100.9"], "127.0.0.1"),
        (1, ["198.51.100.9"], "198.51.100.9"),
        (1, ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        (2, ["evil, 203.0.113.5, 198.51.100.9"], "203.0.113.5"),
        (2, ["203.0.113.5", "198.51.100.9"], "203.0.113.5"),
        (2, ["198.51.100.9"], "127.0.0.1"),
        (1, ["2001:db8::7"], "2001:db8::7"),
        (1, ["<script>"], ""),
    ],
)
async def test_only_proxies_of_ours_are_believed(
    proxies: int, told: list[str], place: str, client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    await People(app_runtime).add("ana")
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"trusted_proxies": proxies}))
    headers = [("x-forwarded-for", t) for t in told]
    issued = await client.post(TOKEN, json=ANA, headers=headers)
    client.headers["authorization"] = f"Bearer {issued.json()['access_token']}"
    [session] = (await client.get("/v1/me/sessions")).json()["items"]
    assert session["place"] == place


async def test_an_address_has_its_share_of_tries(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": 40, "trusted_proxies": 1}))
    home = {"x-forwarded-for": "2001:db8:0:1::1"}
    flat = {"x-forwarded-for": "2001:db8:0:1:ffff::9"}  # the same household
    away = {"x-forwarded-for": "2001:db8:0:2::1"}
    tries = [
        await client.post(
            TOKEN, json=ANA | {"identifier": f"n{n}body"}, headers=(home, flat)[n % 2]
        )
        for n in range(11)
    ]
    assert [t.status_code for t in tries] == [401] * 10 + [429]
    assert (await client.post(TOKEN, json=ANA, headers=away)).status_code == 401


async def test_without_valkey_nobody_enters(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    away = Cache("unix:///nowhere/at/all")
    app_runtime.put(away)
    for path, body in ((TOKEN, ANA), ("/v1/auth/start", {"identifier": "ana@example.org"})):
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
    await away.close()
