"""The inbox over HTTP: behaviours 26 to 30 of the product, marks, wishes, pages, bad input."""

from typing import Any, Final

import asyncpg
import pytest

from quid.kit import clock, ids
from quid.kit.runtime import Runtime
from quid.notifications.consumers.inbox import INBOX
from tests.support.feeds import catch_up
from tests.support.payers import Payer, Town, keyed, problem

PATH: Final = "/v1/notifications"
BAD: Final = (400, "VALIDATION_ERROR")


class Told:
    """Inboxes after the worker has told everybody."""

    def __init__(self, rt: Runtime, admin: asyncpg.Connection) -> None:
        self._rt, self._admin = rt, admin

    async def inbox(self, who: Payer, query: str = "") -> dict[str, Any]:
        """Read an inbox; of a whole one the badge is what it shows as unread."""
        await catch_up(self._rt, self._admin, [INBOX])
        answer = await who.http.get(f"{PATH}{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        if not query:
            shown = [i for i in found["items"] if not i["is_read"]]
            assert found["unread_count"] == len(shown)
        return found

    async def kinds(self, who: Payer, query: str = "") -> list[str]:
        """Name what an inbox has."""
        return [i["kind"] for i in (await self.inbox(who, query))["items"]]


@pytest.fixture
def told(app_runtime: Runtime, admin: asyncpg.Connection) -> Told:
    """What everybody was told."""
    return Told(app_runtime, admin)


async def befriend(one: Payer, other: Payer) -> None:
    for asker, asked in ((one, other), (other, one)):
        answer = await asker.http.put(f"/v1/friends/{asked.who.shown}")
        assert answer.status_code == 200


async def paid(one: Payer, other: Payer, amount: int = 1500) -> str:
    answer = await one.pay(other.who, amount, note="for the boat house")
    assert answer.status_code == 201
    found: str = answer.json()["payment"]["id"]
    return found


async def test_26_a_like_is_told_by_name_and_marked_as_read(
    ana: Payer, ben: Payer, told: Told
) -> None:
    payment = await paid(ben, ana)
    await told.inbox(ben)
    answer = await ana.http.put(f"/v1/feed/{payment}/likes")
    assert answer.status_code == 200
    found = await told.inbox(ben)
    [like] = [i for i in found["items"] if i["kind"] == "liked"]
    assert like["actor"]["display_name"] == "Ana"
    card = (await ben.http.get("/v1/users/ana")).json()
    assert like["actor"]["avatar_seed"] == card["avatar_seed"]
    assert (like["payment_id"], like["tab"], like["count"]) == (payment, "social", 1)
    assert like["amount"] is None
    assert found["unread_count"] == 1
    answer = await ben.http.post(f"{PATH}/read", json={"ids": [like["id"]]})
    assert answer.json() == {"unread_count": 0, "ids": [like["id"]]}
    assert (await told.inbox(ben))["unread_count"] == 0


async def test_27_both_parties_are_told_and_not_who_spoke(
    town: Town, ana: Payer, ben: Payer, told: Told
) -> None:
    cal = await town.payer("cal")
    await befriend(ana, cal)
    payment = await paid(ana, ben)
    assert (await cal.http.put(f"/v1/feed/{payment}/likes")).status_code == 200
    comment = await cal.http.post(f"/v1/feed/{payment}/comments", json={"text": "fine boat"})
    assert comment.status_code == 201
    for party in (ana, ben):
        lines = (await told.inbox(party, "?tab=social"))["items"]
        talk = {i["kind"]: i for i in lines if i["kind"] in ("liked", "commented")}
        assert set(talk) == {"liked", "commented"}
        assert {i["actor"]["handle"] for i in talk.values()} == {"cal"}
        assert talk["commented"]["comment_id"] == comment.json()["id"]
        assert "fine boat" not in str(lines)
    assert not {"liked", "commented"} & set(await told.kinds(cal))


async def test_28_a_comment_is_told_by_name(ana: Payer, ben: Payer, told: Told) -> None:
    payment = await paid(ben, ana)
    body = {"text": "thank you"}
    assert (await ana.http.post(f"/v1/feed/{payment}/comments", json=body)).status_code == 201
    [line] = (await told.inbox(ben, "?tab=social"))["items"]
    assert (line["kind"], line["actor"]["handle"], line["is_read"]) == ("commented", "ana", False)
    answer = await ben.http.post(f"{PATH}/read", json={"before": line["at"]})
    assert answer.json()["unread_count"] == 0


async def test_29_a_payment_and_a_request_are_told_by_name(
    ana: Payer, ben: Payer, told: Told
) -> None:
    await befriend(ana, ben)
    payment = await paid(ana, ben)
    body = {"requestee_id": ana.who.shown, "amount": 700, "currency": "USD", "note": "half"}
    asked = await ben.http.post("/v1/requests", json=body, headers=keyed())
    assert asked.status_code == 201
    [received] = [i for i in (await told.inbox(ben))["items"] if i["kind"] == "payment_received"]
    assert received["actor"]["display_name"] == "Ana"
    assert (received["payment_id"], received["amount"]) == (payment, 1500)
    [request] = [i for i in (await told.inbox(ana))["items"] if i["kind"] == "request_received"]
    assert request["actor"]["display_name"] == "Ben"
    assert (request["request_id"], request["amount"]) == (asked.json()["id"], 700)


async def test_23_what_becomes_of_a_request_is_told_to_the_other(
    ana: Payer, ben: Payer, told: Told
) -> None:
    await befriend(ana, ben)
    made = []
    for amount in (100, 200, 300):
        body = {"requestee_id": ben.who.shown, "amount": amount, "currency": "USD", "note": "x"}
        answer = await ana.http.post("/v1/requests", json=body, headers=keyed())
        made.append(answer.json()["id"])
    paid_one = await ben.http.post(f"/v1/requests/{made[0]}/pay", json={}, headers=keyed())
    assert paid_one.status_code == 201
    assert (await ben.http.post(f"/v1/requests/{made[1]}/decline")).status_code == 200
    assert (await ana.http.post(f"/v1/requests/{made[2]}/cancel")).status_code == 200
    of_ana = (await told.inbox(ana, "?tab=payments"))["items"]
    assert [(i["kind"], i["request_id"]) for i in of_ana] == [
        ("request_declined", made[1]),
        ("request_paid", made[0]),
    ]
    of_ben = [i["kind"] for i in (await told.inbox(ben, "?tab=payments"))["items"]]
    assert sorted(of_ben) == [
        "payment_sent",
        "request_cancelled",
        "request_received",
        "request_received",
        "request_received",
    ]


async def test_30_an_empty_inbox_is_empty(ana: Payer, told: Told) -> None:
    found = await told.inbox(ana)
    assert found == {"items": [], "unread_count": 0, "next_cursor": None}


async def test_pages_hold_every_line_once(ana: Payer, ben: Payer, told: Told) -> None:
    for amount in range(1, 8):
        await paid(ana, ben, amount)
    whole = (await told.inbox(ben))["items"]
    assert [i["amount"] for i in whole] == [7, 6, 5, 4, 3, 2, 1]
    for tab in ("all", "payments"):
        seen, query = [], f"?tab={tab}&limit=3"
        page = await told.inbox(ben, query)
        while True:
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            page = await told.inbox(ben, f"{query}&cursor={page['next_cursor']}")
        assert seen == whole
    assert await told.kinds(ben, "?tab=social") == []


async def test_a_cursor_is_of_one_person_and_one_tab(ana: Payer, ben: Payer, told: Told) -> None:
    for _ in range(2):
        await paid(ana, ben)
    cursor = (await told.inbox(ben, "?limit=1"))["next_cursor"]
    forged = cursor[:-4] + ("aaaa" if not cursor.endswith("aaaa") else "bbbb")
    for who, query in ((ana, cursor), (ben, f"{cursor}&tab=social"), (ben, forged)):
        answer = await who.http.get(f"{PATH}?limit=1&cursor={query}")
        problem(answer, 400, "INVALID_CURSOR")


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, BAD),
        ({"ids": []}, BAD),
        ({"ids": ["ntf_x"]}, (404, "NOT_FOUND")),
        ({"ids": [ids.show("pay", ids.new(1, clock.now()))]}, (404, "NOT_FOUND")),
        ({"ids": ["x"] * 201}, BAD),
        ({"ids": [7]}, BAD),
        ({"before": "yesterday"}, BAD),
        ({"before": "20260302T120000Z"}, BAD),
        ({"before": "2026-13-02T12:00:00Z"}, BAD),
        ({"before": 1772452800}, BAD),
        ({"before": "2026-03-02T12:00:00"}, BAD),
        ({"before": "0001-01-01T00:00:00+14:00"}, BAD),
        ({"before": "2026-03-02T12:00Z", "is_read": False}, BAD),
        ({"before": "2026-03-02T12:00Z", "ids": ["ntf_x"]}, BAD),
        ({"before": "2026-03-02T12:00Z", "is_read": "yes"}, BAD),
        ({"before": "2026-03-02T12:00Z", "all": True}, BAD),
    ],
)
async def test_a_mark_that_is_not_in_order_changes_nothing(
    body: dict[str, Any], refused: tuple[int, str], ana: Payer, ben: Payer, told: Told
) -> None:
    await paid(ana, ben)
    assert (await told.inbox(ben))["unread_count"] == 1
    problem(await ben.http.post(f"{PATH}/read", json=body), *refused)
    assert (await told.inbox(ben))["unread_count"] == 1


async def test_wishes_are_taken_and_shown(ana: Payer) -> None:
    before = (await ana.http.get(f"{PATH}/preferences")).json()["items"]
    assert {"topic": "likes", "way": "push", "is_on": False, "is_locked": False} in before
    assert {"topic": "security", "way": "email", "is_on": True, "is_locked": True} in before
    assert not [c for c in before if (c["topic"], c["way"]) == ("comments", "email")]
    # The whole list, one wish changed: what cannot be chosen says no more than is so anyway.
    wanted = [{k: v for k, v in c.items() if k != "is_locked"} for c in before]
    [likes] = [c for c in wanted if (c["topic"], c["way"]) == ("likes", "push")]
    likes["is_on"] = True
    answer = await ana.http.put(f"{PATH}/preferences", json={"items": wanted})
    assert answer.status_code == 200
    changed = [c for c in answer.json()["items"] if c not in before]
    assert changed == [{"topic": "likes", "way": "push", "is_on": True, "is_locked": False}]
    assert (await ana.http.get(f"{PATH}/preferences")).json() == answer.json()


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ({"topic": "money_in", "way": "inbox", "is_on": False}, "items.1.is_on"),
        ({"topic": "checks", "way": "push", "is_on": False}, "items.1.is_on"),
        ({"topic": "security", "way": "email", "is_on": False}, "items.1.is_on"),
        ({"topic": "likes", "way": "email", "is_on": True}, "items.1.is_on"),
        ({"topic": "weather", "way": "email", "is_on": True}, "items.1.topic"),
        ({"topic": "likes", "way": "pigeon", "is_on": True}, "items.1.way"),
        ({"topic": "likes", "way": "push", "is_on": 1}, "items.1.is_on"),
    ],
)
async def test_what_cannot_be_chosen_is_named_and_nothing_is_taken(
    cell: dict[str, Any], field: str, ana: Payer
) -> None:
    before = (await ana.http.get(f"{PATH}/preferences")).json()
    good = {"topic": "comments", "way": "push", "is_on": False}
    answer = await ana.http.put(f"{PATH}/preferences", json={"items": [good, cell]})
    assert problem(answer, 400, "VALIDATION_ERROR")["field"] == field
    assert (await ana.http.get(f"{PATH}/preferences")).json() == before


async def test_acts_are_on_record_and_say_nothing_of_what_was_read(
    ana: Payer, ben: Payer, told: Told, admin: asyncpg.Connection
) -> None:
    await paid(ana, ben)
    [line] = (await told.inbox(ben))["items"]
    for _ in range(2):  # the second changes nothing
        await ben.http.post(f"{PATH}/read", json={"ids": [line["id"]]})
        body = {"items": [{"topic": "likes", "way": "push", "is_on": True}]}
        await ben.http.put(f"{PATH}/preferences", json=body)
    rows = await admin.fetch(
        "select action, details from kit.audit where action like 'notifications.%' order by at"
    )
    assert [tuple(r) for r in rows] == [
        ("notifications.read", "{}"),
        ("notifications.preferences", '{"likes.push": true}'),
    ]
