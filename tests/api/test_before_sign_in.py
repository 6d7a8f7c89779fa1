"""What a screen may know before anybody has signed in, and whom of the demo one may be."""

import re
from datetime import datetime, timedelta

import asyncpg
import httpx2
import pytest

from quid.entrypoints.personas import PERSONAS
from quid.identity import service
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, db
from quid.kit.config import Core
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from quid.notifications.types.push import BrowserPush
from quid.social.settings import SocialSettings
from tests.support.api import ORIGIN, client_of
from tests.support.operators import Staff
from tests.support.payers import problem
from tests.support.people import People

BECOME = "/demo/sign-in"


@pytest.fixture
def demo(app_runtime: Runtime) -> None:
    """The application in demo mode."""
    app_runtime.put(app_runtime.part(Core).model_copy(update={"demo": True}))


def counted(app_runtime: Runtime, per_minute: int) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": per_minute}))


# --- the house ----------------------------------------------------------------------------------


async def test_the_house_says_what_it_is_and_is_asked_every_five_minutes(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/v1/app")
    assert answer.headers["cache-control"] == "public, max-age=300"
    said = answer.json()
    assert said == {
        "name": "Quid",
        "demo": False,
        "amounts": {"currency": "USD", "min": 1, "max": 500_000},
        "languages": ["en", "es", "de", "fr", "ar"],
        "passkeys": True,
        "push": True,
        "public_feed": True,
        "mailbox": None,
    }


async def test_the_house_says_what_it_has_not(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    app_runtime.put(SocialSettings(public_feed=False))
    app_runtime.put(BrowserPush("", ()))
    said = (await client.get("/v1/app")).json()
    assert (said["push"], said["public_feed"]) == (False, False)


@pytest.mark.parametrize(
    ("origin", "has"),
    [
        ("https://pay.example.org", True),
        ("http://pay.localhost:8080", True),
        ("http://192.0.2.7", False),
        ("http://localhost.example.org", False),
    ],
)
async def test_passkeys_are_where_browsers_hand_them_out(
    client: httpx2.AsyncClient, app_runtime: Runtime, origin: str, *, has: bool
) -> None:
    app_runtime.put(app_runtime.part(Core).model_copy(update={"public_origin": origin}))
    assert (await client.get("/v1/app")).json()["passkeys"] == has


@pytest.mark.usefixtures("demo")
async def test_a_demo_says_that_it_is_one_and_where_its_mails_are(
    client: httpx2.AsyncClient,
) -> None:
    said = (await client.get("/v1/app")).json()
    assert said["demo"]
    assert (await client.get(said["mailbox"])).status_code == 200


# --- a pay link ---------------------------------------------------------------------------------


async def test_a_pay_link_says_whose_it_is_and_no_more(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    said = (await client.get("/v1/public/users/ana")).json()
    assert set(said) == {"handle", "display_name", "avatar_seed"}
    assert (said["handle"], said["display_name"]) == ("ana", "Ana")
    assert re.fullmatch(r"[0-9a-f]{12}", said["avatar_seed"])


@pytest.mark.parametrize("handle", ["nobody", "op_admin", "ANA", "ana%00", "@ana", "a" * 400])
async def test_a_pay_link_of_nobody_is_not_there(
    client: httpx2.AsyncClient, people: People, staff: Staff, handle: str
) -> None:
    await people.add("ana")
    await staff.join("admin")
    answer = await client.get(httpx2.URL(f"{ORIGIN}/v1/public/users/{handle}"))
    problem(answer, 404, "NOT_FOUND")


async def test_nobody_learns_by_a_pay_link_that_somebody_is_on_hold(
    client: httpx2.AsyncClient, people: People
) -> None:
    ana = await people.add("ana")
    before = await client.get("/v1/public/users/ana")
    freeze = FreezePerson(
        user_id=ana.id,
        scope=FreezeScope.ALL,
        reason_class=FreezeReason.SECURITY,
        text="We are looking.",
        review_on=(clock.now() + timedelta(days=9)).date(),
        by="test",
        reason="a test of what is told",
    )
    await service.freeze(freeze, now=clock.now())
    assert (await client.get("/v1/public/users/ana")).content == before.content


async def test_nobody_lists_people_by_guessing_pay_links(
    client: httpx2.AsyncClient, people: People, app_runtime: Runtime
) -> None:
    await people.add("ana")
    counted(app_runtime, 4)
    answers = [await client.get(f"/v1/public/users/no_{n}") for n in range(6)]
    assert {a.status_code for a in answers} == {404, 429}


# --- the demo -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo")
async def test_demo_people_are_those_who_are_there_each_with_a_line(
    client: httpx2.AsyncClient, people: People
) -> None:
    assert (await client.get("/demo/people")).json() == {"items": []}
    for handle in ("ben", "stranger", "ana"):
        await people.add(handle)
    items = (await client.get("/demo/people")).json()["items"]
    assert [i["handle"] for i in items] == ["ana", "ben"]
    assert set(items[0]) == {"handle", "display_name", "avatar_seed", "line"}
    assert all(i["line"] for i in items)
    assert all(p.line for p in PERSONAS)


async def _become(client: httpx2.AsyncClient, handle: str, **more: object) -> httpx2.Response:
    return await client.post(BECOME, json={"handle": handle, **more}, headers={"origin": ORIGIN})


@pytest.mark.usefixtures("demo")
async def test_one_press_is_a_session_of_theirs(
    client: httpx2.AsyncClient, people: People, admin: asyncpg.Connection
) -> None:
    ana = await people.add("ana")
    became = await _become(client, "ana")
    assert (became.status_code, became.json()["id"]) == (200, ana.shown)
    assert "max-age" not in became.headers.get_list("set-cookie")[-1].lower()
    assert (await client.get("/v1/me")).json()["handle"] == "ana"
    [row] = await admin.fetch(
        "select action, details from kit.audit where action = 'identity.sign_in'"
    )
    assert "demo" in row["details"]


@pytest.mark.usefixtures("demo")
async def test_a_demo_session_is_remembered_where_it_is_wished(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    became = await _become(client, "ana", remember=True)
    assert any("max-age=2592000" in c.lower() for c in became.headers.get_list("set-cookie"))


@pytest.mark.usefixtures("demo")
async def test_somebody_of_the_demo_with_an_app_needs_no_code_and_may_act_for_ten_minutes(
    client: httpx2.AsyncClient, people: People, app_runtime: Runtime
) -> None:
    ana = await people.add("ana")
    async with app_runtime.part(db.Database).transaction() as tx:
        await service.give_totp(tx, ana.id, "JBSWY3DPEHPK3PXP" * 2, now=clock.now())
    assert (await _become(client, "ana")).status_code == 200
    proven = await client.post("/v1/auth/recovery-codes", headers={"origin": ORIGIN})
    assert proven.status_code == 200


@pytest.mark.usefixtures("demo")
async def test_nobody_is_anybody_but_the_people_of_the_demo(
    client: httpx2.AsyncClient, people: People, staff: Staff
) -> None:
    await people.add("zoe")
    await staff.join("admin")
    for handle in ("zoe", "op_admin", "nobody", "ana"):
        problem(await _become(client, handle), 404, "NOT_FOUND")
    assert (await client.get("/v1/me")).status_code == 401


@pytest.mark.usefixtures("demo")
async def test_another_site_makes_nobody_somebody(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    elsewhere = {"origin": "https://elsewhere.example"}
    answer = await client.post(BECOME, json={"handle": "ana"}, headers=elsewhere)
    problem(answer, 403, "FORBIDDEN")
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("demo")
async def test_the_press_is_counted_and_strict(
    client: httpx2.AsyncClient, people: People, app_runtime: Runtime
) -> None:
    await people.add("ana")
    for body in ({}, {"handle": 1}, {"handle": "ana", "is_admin": True}, {"handle": ""}):
        assert (await client.post(BECOME, json=body)).status_code == 400
    counted(app_runtime, 4)
    answers = [await _become(client, "ana") for _ in range(6)]
    assert {a.status_code for a in answers} == {200, 429}


async def test_outside_a_demo_nobody_is_somebody(
    client: httpx2.AsyncClient, people: People, admin: asyncpg.Connection
) -> None:
    await people.add("ana")
    problem(await client.get("/demo/people"), 404, "NOT_FOUND")
    problem(await _become(client, "ana"), 404, "NOT_FOUND")
    assert await admin.fetchval("select count(*) from identity.session") == 0


# --- sessions, and the two names of this machine ------------------------------------------------


@pytest.mark.usefixtures("demo")
async def test_a_session_says_until_when_it_stands(
    client: httpx2.AsyncClient, people: People
) -> None:
    await people.add("ana")
    await _become(client, "ana")
    [one] = (await client.get("/v1/me/sessions")).json()["items"]
    made, idle, end = (
        datetime.fromisoformat(one[k]) for k in ("created_at", "idle_until", "ends_at")
    )
    assert (idle - made, end - made) == (timedelta(minutes=30), timedelta(hours=12))


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://127.0.0.1:8080"])
async def test_this_machine_is_itself_by_either_name(
    app: Door, people: People, origin: str
) -> None:
    await people.add("ana")
    async with client_of(app) as client:
        client.base_url = origin
        client.headers["origin"] = origin
        assert (await client.post(BECOME, json={"handle": "ana"})).status_code == 200
        changed = await client.patch("/v1/me", json={"display_name": "Ana L"})
        assert changed.status_code == 200
        other = {"origin": origin.replace("localhost", "x").replace("127.0.0.1", "localhost")}
        refused = await client.patch("/v1/me", json={"display_name": "Eve"}, headers=other)
        problem(refused, 403, "FORBIDDEN")
