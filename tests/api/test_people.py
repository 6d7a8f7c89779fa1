"""One's own view, other people's cards, and blocks."""

from datetime import date

import httpx2
import pytest

from quid.identity import service
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, ids
from quid.kit.web import Door
from tests.support.api import client_of, signed_in
from tests.support.people import People, Someone


@pytest.fixture
async def ana(people: People) -> Someone:
    """Who looks."""
    return await people.add("ana")


@pytest.fixture
async def ben(people: People) -> Someone:
    """Who is looked at."""
    return await people.add("ben")


@pytest.fixture
async def as_ana(client: httpx2.AsyncClient, ana: Someone) -> httpx2.AsyncClient:
    """Ana's client."""
    return await signed_in(client, ana.handle)


async def test_a_card_holds_no_more_than_it_says(as_ana: httpx2.AsyncClient, ben: Someone) -> None:
    card = (await as_ana.get("/v1/users/ben")).json()
    assert set(card) == {
        *("avatar_seed", "display_name", "handle", "id", "is_friend", "member_since"),
        *("mutual_friends", "times_paid", "items", "friendship", "is_muted"),
    }
    assert (card["id"], card["handle"], card["display_name"]) == (ben.shown, "ben", "Ben")
    assert date.fromisoformat(card["member_since"])
    assert card == (await as_ana.get("/v1/users/ben")).json()


async def test_a_page_says_what_its_person_is_to_me(
    app: Door, as_ana: httpx2.AsyncClient, ana: Someone, ben: Someone
) -> None:
    async with client_of(app) as client:
        as_ben = await signed_in(client, "ben")

        async def to_each_other() -> tuple[str, str]:
            ben_to_ana = (await as_ana.get("/v1/users/ben")).json()["friendship"]
            return ben_to_ana, (await as_ben.get("/v1/users/ana")).json()["friendship"]

        assert await to_each_other() == ("none", "none")
        await as_ana.put(f"/v1/friends/{ben.shown}")
        assert await to_each_other() == ("asked_by_me", "asks_me")
        await as_ben.put(f"/v1/friends/{ana.shown}")
        assert await to_each_other() == ("friends", "friends")
        assert (await as_ana.put(f"/v1/friends/{ben.shown}/mute")).status_code == 204
        assert (await as_ana.get("/v1/users/ben")).json()["is_muted"]
        assert not (await as_ben.get("/v1/users/ana")).json()["is_muted"]


async def test_only_an_exact_handle_finds_somebody(
    as_ana: httpx2.AsyncClient, ben: Someone
) -> None:
    assert (await as_ana.get(f"/v1/users/{ben.handle}")).status_code == 200
    for wrong in ("nobody", "Ben", "@ben", "ben%20", "be", "ben@example.org", "%00", "b%C3%A9n"):
        answer = await as_ana.get(f"/v1/users/{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_a_block_hides_both_from_each_other_until_it_is_lifted(
    app: Door, as_ana: httpx2.AsyncClient, ana: Someone, ben: Someone
) -> None:
    async with client_of(app) as client:
        as_ben = await signed_in(client, "ben")
        for _ in range(2):
            assert (await as_ana.put(f"/v1/friends/{ben.shown}/block")).status_code == 204
        assert (await as_ana.get("/v1/users/ben")).status_code == 404
        assert (await as_ben.get("/v1/users/ana")).status_code == 404
        listed = (await as_ana.get("/v1/friends?state=blocked")).json()
        assert [(f["user"]["handle"], f["state"]) for f in listed["items"]] == [("ben", "BLOCKED")]
        assert listed["next_cursor"] is None
        assert (await as_ben.get("/v1/friends?state=blocked")).json()["items"] == []
        # The blocked one cannot lift it, and cannot tell it from somebody who may be blocked.
        assert (await as_ben.delete(f"/v1/friends/{ana.shown}/block")).status_code == 204
        assert (await as_ana.get("/v1/users/ben")).status_code == 404
        for _ in range(2):
            assert (await as_ana.delete(f"/v1/friends/{ben.shown}/block")).status_code == 204
        assert (await as_ben.get("/v1/users/ana")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_block_names_somebody_else_who_exists(
    method: str, as_ana: httpx2.AsyncClient, ana: Someone
) -> None:
    mine = await as_ana.request(method, f"/v1/friends/{ana.shown}/block")
    assert (mine.status_code, mine.json()["code"]) == (400, "VALIDATION_ERROR")
    unknown = ids.show("usr", ids.new(0, clock.now()))
    payment = ids.show("pay", ana.id)
    for wrong in (unknown, payment, "usr_", "x", "ben", "usr_" + "z" * 26):
        answer = await as_ana.request(method, f"/v1/friends/{wrong}/block")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_friends_are_asked_for_by_a_state(as_ana: httpx2.AsyncClient) -> None:
    for query in ("", "?state=", "?state=friends", "?state=BLOCKED"):
        answer = await as_ana.get(f"/v1/friends{query}")
        assert (answer.status_code, answer.json()["field"]) == (400, "state")


async def test_a_field_that_is_called_query_is_named(as_ana: httpx2.AsyncClient) -> None:
    answer = await as_ana.get("/v1/users?query=b")
    assert (answer.status_code, answer.json()["field"]) == (400, "query")


async def test_a_frozen_person_is_told_so_in_their_own_view(
    as_ana: httpx2.AsyncClient, ana: Someone
) -> None:
    cmd = FreezePerson(
        ana.id,
        FreezeScope.SEND,
        FreezeReason.OWED,
        "You owe $1.",
        date(2126, 4, 1),
        "op",
        "case 7: owes",
    )
    await service.freeze(cmd, now=clock.now())
    held = (await as_ana.get("/v1/me")).json()["on_hold"]
    assert held == [
        {"scope": "send", "reason_class": "owed", "text": "You owe $1.", "review_on": "2126-04-01"}
    ]
    assert (await as_ana.get("/v1/users/ana")).status_code == 200


async def test_private_routes_want_a_session(client: httpx2.AsyncClient) -> None:
    for method, path in (
        ("GET", "/v1/me"),
        ("GET", "/v1/users/ben"),
        ("GET", "/v1/friends?state=blocked"),
        ("PUT", "/v1/friends/x/block"),
        ("DELETE", "/v1/friends/x/block"),
        ("POST", "/v1/auth/sign-out"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_REQUIRED")
