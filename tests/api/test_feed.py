"""GET /v1/feed: what is on a page, which cursors fit it, and what its filters do not tell."""

import base64
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from quid.kit import ids
from quid.kit.runtime import Runtime
from quid.social.settings import SocialSettings
from tests.support.feeds import befriend, catch_up
from tests.support.payers import Payer, problem
from tests.support.sharing import share, show_to

FEED: Final = "/v1/feed"
NOBODYS: Final = "pay_" + "0" * 26


async def page(client: httpx2.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """Read a page."""
    answer = await client.get(FEED, params=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ids_on(client: httpx2.AsyncClient, **wanted: Any) -> list[str]:
    """Name the items of a page."""
    return [item["id"] for item in (await page(client, **wanted))["items"]]


async def test_an_item_says_what_its_viewer_may_know(
    ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection, app_runtime: Runtime
) -> None:
    await befriend(ben.who, eve.who)
    sent = (await ana.pay(ben.who, 1368, note="pizza 🍕", visibility="public")).json()["payment"]
    await catch_up(app_runtime, admin)
    expected = {
        "id": sent["id"],
        "kind": "paid",
        "payer": sent["payer"],
        "payee": sent["payee"],
        "note": "pizza 🍕",
        "currency": "USD",
        "visibility": "friends",
        "completed_at": sent["completed_at"],
        "like_count": 0,
        "comment_count": 0,
        "liked_by_me": False,
    }
    for viewer, amount, direction in ((ana, 1368, "out"), (ben, 1368, "in"), (eve, None, None)):
        [item] = (await page(viewer.http))["items"]
        assert item == {**expected, "amount": amount, "direction": direction}
        answer = await viewer.http.get(f"{FEED}/{sent['id']}")
        assert answer.json() == item
    for party in (ana, ben):
        await show_to(party, sent["id"], "friends", show_amount=True)
    [item] = (await page(eve.http))["items"]
    assert item["amount"] == 1368


async def test_counts_leave_out_who_is_across_a_block(ana: Payer, ben: Payer, eve: Payer) -> None:
    shared = await share(ana, ben, "public")
    for liker in (ben, eve):
        assert (await liker.http.put(f"{FEED}/{shared}/likes")).status_code == 200
    written = await eve.http.post(f"{FEED}/{shared}/comments", json={"text": "oh"})
    assert written.status_code == 201
    [item] = (await page(ben.http, scope="mine"))["items"]
    assert (item["like_count"], item["comment_count"], item["liked_by_me"]) == (2, 1, True)
    answer = await ben.http.put(f"/v1/friends/{eve.who.shown}/block")
    assert answer.status_code == 204
    [item] = (await page(ben.http, scope="mine"))["items"]
    assert (item["like_count"], item["comment_count"], item["liked_by_me"]) == (1, 0, True)


async def test_a_cursor_is_good_for_its_list_and_its_person_alone(
    ana: Payer, ben: Payer, admin: asyncpg.Connection, app_runtime: Runtime
) -> None:
    for _ in range(3):
        await share(ana, ben, "public")
    await catch_up(app_runtime, admin)
    mine = {"scope": "mine", "min_amount": 1}
    cursor = (await page(ana.http, **mine, limit=2))["next_cursor"]
    assert len(await ids_on(ana.http, **mine, cursor=cursor)) == 1
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=="))
    raw[3] ^= 1
    forged = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    foreign: list[tuple[Payer, dict[str, Any]]] = [
        (ben, {**mine, "cursor": cursor}),
        (ana, {"cursor": cursor}),
        (ana, {**mine, "scope": "public", "cursor": cursor}),
        (ana, {**mine, "min_amount": 2, "cursor": cursor}),
        (ana, {**mine, "from": "2020-01-01T00:00Z", "cursor": cursor}),
        (ana, {**mine, "cursor": forged}),
        (ana, {**mine, "cursor": "x"}),
    ]
    for who, wanted in foreign:
        problem(await who.http.get(FEED, params=wanted), 400, "INVALID_CURSOR")


async def test_no_bound_finds_an_amount_that_is_hidden(
    ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection, app_runtime: Runtime
) -> None:
    await befriend(ana.who, eve.who)
    sent = (await ana.pay(ben.who, 1368)).json()["payment"]["id"]
    await catch_up(app_runtime, admin)
    low, high = 0, 500_000
    while low < high:  # as somebody would who may not see it
        middle = (low + high) // 2
        for scope in ({}, {"scope": "friends"}):
            assert await ids_on(eve.http, **scope, min_amount=low, max_amount=middle) == []
            assert await ids_on(eve.http, **scope, min_amount=middle) == []
        low = middle + 1
    assert await ids_on(eve.http) == [sent]
    assert await ids_on(ana.http, min_amount=1368, max_amount=1368) == [sent]
    assert await ids_on(ana.http, max_amount=1367) == []


async def test_the_operator_may_switch_the_public_feed_off(
    ana: Payer, ben: Payer, app_runtime: Runtime
) -> None:
    shared = await share(ana, ben, "public")
    assert await ids_on(ana.http, scope="public") == [shared]
    app_runtime.put(SocialSettings(public_feed=False))
    told = problem(await ana.http.get(FEED, params={"scope": "public"}), 403, "FORBIDDEN")
    assert told["detail"] == "There is no public feed here."
    assert await ids_on(ana.http, scope="mine") == [shared]
    assert (await ana.http.get(f"{FEED}/{shared}")).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"offset": 1_001},
        {"scope": "timeline"},
        {"scope": "all"},
        {"from": "2026-03-02T12:00"},
        {"to": "1700000000"},
        {"min_amount": -1},
        {"max_amount": 2**53 + 1},
        {"min_amount": "1.5"},
        {"cursor": "x" * 201},
    ],
)
async def test_what_a_page_does_not_take(ana: Payer, wanted: dict[str, Any]) -> None:
    problem(await ana.http.get(FEED, params=wanted), 400, "VALIDATION_ERROR")


async def test_what_is_no_item_is_not_found(ana: Payer, ben: Payer, eve: Payer) -> None:
    hidden = await share(ana, ben, "private")
    declined = await ana.pay(ben.who, 400_00)
    missing = [
        hidden,
        NOBODYS,
        ana.who.shown,
        declined.json()["payment_id"],
        hidden.replace("pay_", "dep_"),
        ids.show("pay", ana.who.id),
        "pay_x",
    ]
    for named in missing:
        problem(await eve.http.get(f"{FEED}/{named}"), 404, "NOT_FOUND")
    problem(await ana.http.get(f"{FEED}/{missing[3]}"), 404, "NOT_FOUND")
