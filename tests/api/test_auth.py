"""The doors of entry: equal answers, strict bodies, cookies that only our pages can use."""

import json
import re
from collections.abc import Mapping
from uuid import UUID

import asyncpg
import httpx2
import pytest

from quid.identity.ports import Letterbox
from quid.kit import ids
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.api import ORIGIN, PASSWORD, client_of
from tests.support.people import People

WRONG = "wrong password 123"
START, CODE, SIGN_UP = "/v1/auth/start", "/v1/auth/code", "/v1/auth/sign-up"
SIGN_IN, SIGN_OUT = "/v1/auth/sign-in", "/v1/auth/sign-out"
TOKEN, REFRESH = "/v1/auth/token", "/v1/auth/refresh"
SIGN_UP_BODY = {
    "ticket": "t",
    "display_name": "Zoë",
    "handle": "zoe",
    "password": PASSWORD,
    "default_visibility": "private",
    "locale": "de-AT",
    "timezone": "Europe/Vienna",
}


def _without_id(body: Mapping[str, object]) -> dict[str, object]:
    return {k: v for k, v in body.items() if k != "request_id"}


async def _prove(
    client: httpx2.AsyncClient, rt: Runtime, email: str, *, remember: bool = False
) -> httpx2.Response:
    started = await client.post(START, json={"identifier": email})
    assert started.status_code == 200, started.text
    box = rt.part(Letterbox)  # type: ignore[type-abstract]  # a port
    code = re.search(r"\d{6}", (await box.latest(1))[0].subject)
    assert code
    body = {"challenge_id": started.json()["challenge_id"], "code": code[0], "remember": remember}
    return await client.post(CODE, json=body)


# --- sign-up -----------------------------------------------------------------------------------


async def test_a_stranger_becomes_a_person_and_stays_signed_in(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    proven = await _prove(client, app_runtime, "zoe@example.org")
    ticket = proven.json()["ticket"]
    assert "quid_session" not in client.cookies
    made = await client.post(SIGN_UP, json=SIGN_UP_BODY | {"ticket": ticket})
    assert made.status_code == 201
    me = made.json()
    assert ids.read("usr", me["id"])
    assert {k: me[k] for k in ("handle", "email", "tier", "default_visibility", "on_hold")} == {
        "handle": "zoe",
        "email": "zoe@example.org",
        "tier": 0,
        "default_visibility": "private",
        "on_hold": [],
    }
    assert (await client.get("/v1/me")).json() == me
    again = await client.post(SIGN_UP, json=SIGN_UP_BODY | {"ticket": ticket, "handle": "zoe2"})
    assert (again.status_code, again.json()["code"]) == (410, "CHALLENGE_EXPIRED")


async def test_a_code_signs_a_known_person_in(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People
) -> None:
    ana = await people.add("ana")
    proven = await _prove(client, app_runtime, "ANA@example.org")
    assert proven.json()["id"] == ana.shown
    assert (await client.get("/v1/me")).status_code == 200


async def test_a_wrong_code_says_how_many_tries_are_left(client: httpx2.AsyncClient) -> None:
    started = (await client.post(START, json={"identifier": "new@example.org"})).json()
    for guess in ("000000", "000001"):
        body = {"challenge_id": started["challenge_id"], "code": guess}
        failed = await client.post(CODE, json=body)
    if failed.status_code == 422:  # one time in half a million, the guess is right
        problem = failed.json()
        assert (problem["code"], problem["tries_left"]) == ("CHALLENGE_FAILED", 3)


async def test_a_code_asked_again_too_soon_is_told_when(client: httpx2.AsyncClient) -> None:
    await client.post(START, json={"identifier": "new@example.org"})
    soon = await client.post(START, json={"identifier": "new@example.org"})
    assert (soon.status_code, soon.json()["code"]) == (429, "RATE_LIMITED")
    assert 1 <= int(soon.headers["retry-after"]) <= 30


async def test_an_id_of_another_kind_is_not_there(client: httpx2.AsyncClient) -> None:
    for challenge in ("chl_", "x", ids.show("usr", UUID(int=5))):
        answer = await client.post(CODE, json={"challenge_id": challenge, "code": "123456"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_a_taken_handle_names_the_field(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People
) -> None:
    await people.add("ana")
    ticket = (await _prove(client, app_runtime, "zoe@example.org")).json()["ticket"]
    for handle in ("ana", "a_na"):
        taken = await client.post(SIGN_UP, json=SIGN_UP_BODY | {"ticket": ticket, "handle": handle})
        problem = taken.json()
        assert (taken.status_code, problem["code"], problem["field"]) == (
            409,
            "DUPLICATE_ENTRY",
            "handle",
        )


# --- passwords ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SIGN_IN, TOKEN])
async def test_unknown_person_and_wrong_password_look_the_same(
    path: str, client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    answers = [
        await client.post(path, json={"identifier": who, "password": WRONG})
        for who in ("ana", "nobody", "ana@example.org", "nobody@example.org", "not an identifier")
    ]
    assert {a.status_code for a in answers} == {401}
    assert len({json.dumps(_without_id(a.json()), sort_keys=True) for a in answers}) == 1
    assert answers[0].json()["code"] == "SIGN_IN_FAILED"
    assert len({tuple(sorted(a.headers)) for a in answers}) == 1


async def test_the_sixth_try_after_five_failures_waits(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    for _ in range(5):
        await client.post(TOKEN, json={"identifier": "ana", "password": WRONG})
    slowed = await client.post(TOKEN, json={"identifier": "ana", "password": PASSWORD})
    assert (slowed.status_code, slowed.json()["code"]) == (429, "RATE_LIMITED")
    assert slowed.headers["retry-after"] == "1"


# --- cookies -----------------------------------------------------------------------------------


def _session_cookie(answer: httpx2.Response) -> str:
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if "quid_session=" in c]
    return cookie


async def test_a_cookie_ends_with_the_browser_or_is_remembered_30_days(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    body = {"identifier": "ana", "password": PASSWORD}
    plain = _session_cookie(await client.post(SIGN_IN, json=body)).lower()
    assert plain.startswith("quid_session=")
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "path=/" in plain
    assert "secure" not in plain
    assert "max-age" not in plain
    kept = _session_cookie(await client.post(SIGN_IN, json=body | {"remember": True}))
    assert "max-age=2592000" in kept.lower()


async def test_who_comes_by_a_code_can_be_remembered_as_who_has_a_password(
    client: httpx2.AsyncClient, people: People, app_runtime: Runtime
) -> None:
    await people.add("ana")
    by_code = await _prove(client, app_runtime, "ana@example.org", remember=True)
    assert "max-age=2592000" in _session_cookie(by_code).lower()
    ticket = (await _prove(client, app_runtime, "zoe@example.org")).json()["ticket"]
    new = await client.post(SIGN_UP, json=SIGN_UP_BODY | {"ticket": ticket, "remember": True})
    assert "max-age=2592000" in _session_cookie(new).lower()


async def test_on_https_the_cookie_is_bound_to_the_host(app: Door, people: People) -> None:
    await people.add("ana")
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="https://quid.test"
    ) as client:
        done = await client.post(SIGN_IN, json={"identifier": "ana", "password": PASSWORD})
        cookie = _session_cookie(done)
        assert cookie.startswith("__Host-quid_session=")
        assert "Secure" in cookie
        assert (await client.get("/v1/me")).status_code == 200


async def test_signing_out_ends_the_session_on_the_server(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    await client.post(SIGN_IN, json={"identifier": "ana", "password": PASSWORD})
    cookie = client.cookies["quid_session"]
    gone = await client.post(SIGN_OUT, headers={"origin": ORIGIN})
    assert gone.status_code == 204
    assert "quid_session" not in client.cookies
    kept = await client.get("/v1/me", headers={"cookie": f"quid_session={cookie}"})
    assert (kept.status_code, kept.json()["code"]) == (401, "SIGN_IN_REQUIRED")


async def test_a_new_session_has_a_new_secret(client: httpx2.AsyncClient, people: People) -> None:
    await people.add("ana")
    seen = set()
    for _ in range(3):
        await client.post(SIGN_IN, json={"identifier": "ana", "password": PASSWORD})
        seen.add(client.cookies["quid_session"])
    assert len(seen) == 3


async def test_another_site_cannot_act_with_the_cookie(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    ben = await people.add("ben")
    await client.post(SIGN_IN, json={"identifier": "ana", "password": PASSWORD})
    for origin in (None, "null", "http://evil.test", "https://quid.test", ""):
        headers = {} if origin is None else {"origin": origin}
        for method, path in (("POST", SIGN_OUT), ("PUT", f"/v1/friends/{ben.shown}/block")):
            answer = await client.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (await client.get("/v1/me")).status_code == 200


async def test_another_site_cannot_sign_its_visitor_in(client: httpx2.AsyncClient) -> None:
    simple = {"content-type": "text/plain"}
    for path, body in BODIES.items():
        answer = await client.post(path, json=body, headers={"origin": "http://evil.test"})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
        answer = await client.post(path, content=json.dumps(body), headers=simple)
        assert answer.status_code == 400


# --- tokens ------------------------------------------------------------------------------------


async def test_a_token_pair_works_refreshes_and_ends(app: Door, people: People) -> None:
    await people.add("ana")
    async with client_of(app) as client:
        body = {"identifier": "ana", "password": PASSWORD}
        pair = (await client.post(TOKEN, json=body)).json()
        assert sorted(pair) == ["access_token", "expires_in", "refresh_token", "token_type"]
        assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 900)
        fresh = await client.post(REFRESH, json={"refresh_token": pair["refresh_token"]})
        assert fresh.status_code == 200
        bearer = {"authorization": f"Bearer {fresh.json()['access_token']}"}
        assert (await client.get("/v1/me", headers=bearer)).json()["handle"] == "ana"
        reused = await client.post(REFRESH, json={"refresh_token": pair["refresh_token"]})
        assert (reused.status_code, reused.json()["code"]) == (401, "SIGN_IN_REQUIRED")
        assert (await client.get("/v1/me", headers=bearer)).status_code == 401
        last = {"refresh_token": fresh.json()["refresh_token"]}
        assert (await client.post(REFRESH, json=last)).status_code == 401


async def test_a_bearer_signs_out_without_an_origin(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    body = {"identifier": "ana", "password": PASSWORD}
    token = (await client.post(TOKEN, json=body)).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert (await client.post(SIGN_OUT, headers=bearer)).status_code == 204
    assert (await client.post(SIGN_OUT, headers=bearer)).status_code == 401


async def test_a_made_up_token_is_nobody(client: httpx2.AsyncClient) -> None:
    for header in ("", "Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c"):
        answer = await client.get("/v1/me", headers={"authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_REQUIRED")


# --- bad bodies --------------------------------------------------------------------------------

BODIES: dict[str, dict[str, object]] = {
    START: {"identifier": "new@example.org"},
    CODE: {"challenge_id": ids.show("chl", UUID(int=5)), "code": "123456", "remember": False},
    SIGN_UP: {**SIGN_UP_BODY, "remember": False},
    SIGN_IN: {"identifier": "ana", "password": WRONG, "remember": False},
    TOKEN: {"identifier": "ana", "password": WRONG},
    REFRESH: {"refresh_token": "x.y"},
}
FIELDS = [(path, name) for path, body in BODIES.items() for name in body]
OPTIONAL = {"default_visibility", "locale", "timezone", "remember"}


# Many bodies to one application: none of them changes anything, so none needs its own database.


async def test_a_field_of_a_wrong_type_or_size_is_refused_by_name(
    client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    bad: list[object] = [7, 1.5, None, [], {}, "", "x" * 5000]
    for path, field in FIELDS:
        for value in [*bad, "true" if field == "remember" else True]:
            answer = await client.post(path, json=BODIES[path] | {field: value})
            problem = answer.json()
            assert answer.status_code == 400, (path, field, value, problem)
            assert problem["code"] in ("VALIDATION_ERROR", "MISSING_FIELD")
            assert problem["field"] == field
            assert "x" * 100 not in answer.text  # what was sent is not sent back
    assert not await admin.fetchval("select count(*) from identity.person")


async def test_a_missing_field_is_named(client: httpx2.AsyncClient) -> None:
    for path, field in FIELDS:
        if field in OPTIONAL:
            continue
        body = {k: v for k, v in BODIES[path].items() if k != field}
        problem = (await client.post(path, json=body)).json()
        told = (problem["status"], problem["code"], problem["field"])
        assert told == (400, "MISSING_FIELD", field)


async def test_an_unknown_field_is_refused(client: httpx2.AsyncClient) -> None:
    for path, body in BODIES.items():
        for extra in ("tier", "role", "balance", "state", "id", "is_admin"):
            problem = (await client.post(path, json=body | {extra: 2})).json()
            assert (problem["status"], problem["field"]) == (400, extra)


async def test_what_is_no_json_object_is_refused(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    surrogate = b'{"identifier":"\\ud800"}'
    for path in BODIES:
        for content in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", surrogate):
            answer = await client.post(path, content=content, headers=headers)
            assert answer.status_code == 400, (path, content, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_sign_up_says_which_field_is_wrong(client: httpx2.AsyncClient) -> None:
    for field, value in (
        ("display_name", "a\u202eb"),
        ("display_name", "a\x00b"),
        ("display_name", "x" * 61),
        ("handle", "Ana"),
        ("handle", "a b"),
        ("handle", "ana\n"),
        ("password", "x" * 11),
        ("default_visibility", "everyone"),
        ("locale", "../x"),
        ("timezone", "a/b/c/d"),
    ):
        problem = (await client.post(SIGN_UP, json=SIGN_UP_BODY | {field: value})).json()
        assert (problem["status"], problem["field"]) == (400, field)


async def test_a_huge_body_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post(START, json={"identifier": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_no_secret_leaves(
    client: httpx2.AsyncClient, people: People, admin: asyncpg.Connection
) -> None:
    await people.add("ana")
    body = {"identifier": "ana", "password": PASSWORD}
    texts = [(await client.post(SIGN_IN, json=body)).text, (await client.get("/v1/me")).text]
    stored = await admin.fetchval("select password_hash from identity.person")
    assert stored.startswith("$argon2id$")
    for text in texts:
        assert "argon2" not in text
        assert "hash" not in text
        assert client.cookies["quid_session"] not in text
