"""What a person changes of themselves: their names and wishes, and nothing that is the house's."""

from datetime import timedelta

import asyncpg
import httpx2
import pytest

from quid.identity import rules, service
from quid.identity.errors import DuplicateEntry
from quid.identity.types import ProfileChange
from quid.kit import clock
from quid.kit.web import Door
from tests.support.api import client_of, signed_in
from tests.support.people import People, Someone


@pytest.fixture
async def ana(people: People) -> Someone:
    """Who changes."""
    return await people.add("ana")


@pytest.fixture
async def as_ana(client: httpx2.AsyncClient, ana: Someone) -> httpx2.AsyncClient:
    """Ana's client."""
    return await signed_in(client, ana.handle)


async def test_names_change_and_are_seen_at_once(as_ana: httpx2.AsyncClient) -> None:
    changes = {
        "display_name": "Ana Zoe\u0308 Ω",
        "handle": "ana_z",
        "locale": "de-AT",
        "timezone": "Europe/Vienna",
    }
    answer = await as_ana.patch("/v1/me", json=changes)
    assert answer.status_code == 200
    me = (await as_ana.get("/v1/me")).json()
    assert answer.json() == me
    assert {k: me[k] for k in changes} == {**changes, "display_name": "Ana Zo\u00eb Ω"}
    assert (await as_ana.get("/v1/users/ana_z")).status_code == 200
    assert (await as_ana.get("/v1/users/ana")).status_code == 404


async def test_a_handle_changes_once_in_thirty_days_and_its_old_one_stays_theirs(
    as_ana: httpx2.AsyncClient, ana: Someone, people: People
) -> None:
    assert (await as_ana.patch("/v1/me", json={"handle": "mill"})).status_code == 200
    same = await as_ana.patch("/v1/me", json={"handle": "mill", "locale": "fr"})
    assert same.status_code == 200
    again = await as_ana.patch("/v1/me", json={"handle": "miller"})
    assert (again.status_code, again.json()["code"]) == (409, "STATE_CONFLICT")
    assert "30 days" in again.json()["detail"]
    # Nobody else gets the handle that old links lead to, nor one that looks like it.
    ben = await people.add("ben")
    for wanted in ("ana", "an_a", "rnill", "mi11"):
        with pytest.raises(DuplicateEntry):
            await service.change_profile(ben.id, ProfileChange(handle=wanted), now=clock.now())
    later = clock.now() + rules.HANDLE_PAUSE + timedelta(minutes=1)
    back = await service.change_profile(ana.id, ProfileChange(handle="ana"), now=later)
    assert back.handle == "ana"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "MISSING_FIELD", "display_name"),
        ({"display_name": ""}, "MISSING_FIELD", "display_name"),
        ({"display_name": "x" * 61}, "VALIDATION_ERROR", "display_name"),
        ({"display_name": "a\u202eb"}, "VALIDATION_ERROR", "display_name"),
        ({"handle": "Ana"}, "VALIDATION_ERROR", "handle"),
        ({"handle": "an"}, "VALIDATION_ERROR", "handle"),
        ({"locale": "english"}, "VALIDATION_ERROR", "locale"),
        ({"timezone": "../../etc"}, "VALIDATION_ERROR", "timezone"),
        ({"tier": 2}, "VALIDATION_ERROR", "tier"),
        ({"balance": 10**9}, "VALIDATION_ERROR", "balance"),
        ({"role": "admin"}, "VALIDATION_ERROR", "role"),
        ({"email": "x@example.org"}, "VALIDATION_ERROR", "email"),
        ({"state": "verified"}, "VALIDATION_ERROR", "state"),
    ],
)
async def test_what_is_wrong_or_not_theirs_changes_nothing(
    as_ana: httpx2.AsyncClient, body: dict[str, object], code: str, field: str
) -> None:
    before = (await as_ana.get("/v1/me")).json()
    answer = await as_ana.patch("/v1/me", json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)
    assert (await as_ana.get("/v1/me")).json() == before


async def test_privacy_starts_shut_and_changes_by_wish(
    as_ana: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    first = (await as_ana.get("/v1/me/privacy")).json()
    assert first == {
        "default_visibility": "friends",
        "show_amount": False,
        "friend_list": "me",
        "findable_by_email": True,
        "findable_by_phone": False,
        "who_may_request": "anyone",
        "reminders": True,
    }
    wish = {"default_visibility": "private", "findable_by_email": False, "friend_list": "public"}
    for _ in range(2):
        answer = await as_ana.patch("/v1/me/privacy", json=wish)
        assert (answer.status_code, answer.json()) == (200, {**first, **wish})
    told = await admin.fetch("select details->>'fields' from kit.audit where action like '%priv%'")
    assert [row[0] for row in told] == ["default_visibility findable_by_email friend_list"]
    for bad in ({}, {"friend_list": "all"}, {"show_amount": "yes"}, {"secret": True}):
        assert (await as_ana.patch("/v1/me/privacy", json=bad)).status_code == 400
    assert (await as_ana.get("/v1/me/privacy")).json() == {**first, **wish}


async def test_friends_by_http(app: Door, as_ana: httpx2.AsyncClient, people: People) -> None:
    ben = await people.add("ben")
    asked = await as_ana.put(f"/v1/friends/{ben.shown}")
    assert (asked.status_code, asked.json()["state"]) == (200, "PENDING")
    assert (asked.json()["asked_by_me"], asked.json()["user"]["is_friend"]) == (True, False)
    async with client_of(app) as client:
        as_ben = await signed_in(client, "ben")
        ana = (await as_ben.get("/v1/friends?state=pending")).json()["items"][0]["user"]
        accepted = await as_ben.put(f"/v1/friends/{ana['id']}")
        assert (accepted.json()["state"], accepted.json()["user"]["is_friend"]) == (
            "ACCEPTED",
            True,
        )
    listed = (await as_ana.get("/v1/friends?state=accepted&limit=1")).json()
    assert [f["user"]["handle"] for f in listed["items"]] == ["ben"]
    page = f"/v1/friends?state=accepted&cursor={listed['next_cursor']}"
    assert (await as_ana.get(page)).json() == {"items": [], "next_cursor": None}
    foreign = await as_ana.get(page.replace("accepted", "pending"))
    assert foreign.json()["code"] == "INVALID_CURSOR"
    for wrong in ("usr_x", "pay_" + "0" * 26, "usr_" + "0" * 26):
        assert (await as_ana.put(f"/v1/friends/{wrong}")).status_code == 404
    for _ in range(2):
        assert (await as_ana.delete(f"/v1/friends/{ben.shown}")).status_code == 204
    assert (await as_ana.get("/v1/friends?state=accepted")).json()["items"] == []


async def test_search_by_http_is_bounded(as_ana: httpx2.AsyncClient, people: People) -> None:
    await people.add("ben")
    found = (await as_ana.get("/v1/users", params={"query": "be"})).json()
    assert [c["handle"] for c in found["items"]] == ["ben"]
    assert "email" not in found["items"][0]
    for bad in ({"query": "b"}, {"query": "x" * 65}, {"query": "be", "limit": "21"}, {}):
        assert (await as_ana.get("/v1/users", params=bad)).status_code == 400
    codes = [(await as_ana.get("/v1/users", params={"query": "zz"})).status_code for _ in range(21)]
    assert 429 in codes


FACTS = {
    "legal_name": "Ana Lindt",
    "birth_date": "1990-05-01",
    "address": {"line1": "Main 1", "city": "Wien", "postal_code": "1010", "country": "AT"},
    "tax_id_last4": "1234",
}


async def test_verification_by_http(client: httpx2.AsyncClient, people: People) -> None:
    await people.add("cleo", tier=0, funded_minor=0)
    as_cleo = await signed_in(client, "cleo")
    here = "/v1/me/verification"
    none = {"tier": 0, "state": "none"}
    assert (await as_cleo.get(here)).json().items() >= none.items()
    for wrong in (
        {"birth_date": "1990-02-30"},
        {"birth_date": 0},
        {"tax_id_last4": "12345"},
        {"address": {**FACTS["address"], "country": "Austria"}},  # type: ignore[dict-item]  # a dict
        {"tier": 2},
        {"state": "verified"},
    ):
        answer = await as_cleo.post(here, json={**FACTS, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), wrong
    done = await as_cleo.post(here, json=FACTS)
    assert done.json() == {"tier": 1, "state": "verified", "needs": ["document"]}
    assert (await as_cleo.get("/v1/me")).json()["tier"] == 1
    large = b"%PDF-1.7 " + b"x" * 300_000
    kind = {"content-type": "application/pdf"}
    sent = await as_cleo.post(f"{here}/documents", content=large, headers=kind)
    assert sent.json() == {"tier": 1, "state": "pending", "needs": []}
    bad = await as_cleo.post(f"{here}/documents", content=b"MZ" + large, headers=kind)
    assert (bad.status_code, bad.json()["code"]) == (400, "VALIDATION_ERROR")
