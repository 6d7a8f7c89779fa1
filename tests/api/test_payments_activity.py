"""GET /v1/transactions and the pages of lists: filters, cursors, offsets."""

import asyncio
import base64
from collections.abc import Mapping
from typing import Any, Final

import httpx2
import pytest

from tests.support.payers import PAYMENTS, Payer, Town, problem
from tests.support.waiting import BIG

ACTIVITY: Final = "/v1/transactions"


async def listed(client: httpx2.AsyncClient, **wanted: Any) -> list[dict[str, Any]]:
    """List what a filter lets through."""
    answer = await client.get(ACTIVITY, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def walk(client: httpx2.AsyncClient, path: str, **wanted: Any) -> list[list[dict[str, Any]]]:
    """Follow the cursors from the first page to the last."""
    pages: list[list[dict[str, Any]]] = []
    params: Mapping[str, Any] | None = wanted
    while params is not None:
        answer = await client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        pages.append(page["items"])
        more = page["next_cursor"]
        params = {**wanted, "cursor": more} if more else None
        assert len(pages) < 50
    return pages


async def test_each_party_has_a_line_with_the_balance_after(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, 1368, note="pizza")).json()["payment"]
    [mine, start] = await listed(ana.http)
    assert mine["id"] == sent["id"]
    assert (mine["kind"], mine["state"], mine["direction"]) == ("payment", "COMPLETED", "out")
    assert (mine["amount"], mine["balance_after"], mine["fee"]) == (-1368, 8632, 0)
    assert mine["counterparty"]["handle"] == "ben"
    assert (mine["note"], mine["at"]) == ("pizza", sent["completed_at"])
    assert (start["kind"], start["amount"], start["counterparty"]) == ("deposit", 10_000, None)
    [theirs, _] = await listed(ben.http)
    assert (theirs["direction"], theirs["amount"], theirs["balance_after"]) == ("in", 1368, 11_368)
    assert theirs["counterparty"]["handle"] == "ana"


async def test_lines_add_up_to_the_balance(ana: Payer, ben: Payer) -> None:
    for amount in (700, 1, 9299, 5):
        await ana.pay(ben.who, amount)
        await ben.pay(ana.who, amount // 2 or 1)
    for payer in (ana, ben):
        lines = await listed(payer.http)
        moved = [line for line in lines if line["state"] == "COMPLETED"]
        assert sum(line["amount"] for line in moved) == (await payer.balance())["available"]
        afters = [line["balance_after"] for line in moved]
        steps = [line["amount"] for line in moved]
        assert all(a == b + s for a, b, s in zip(afters, afters[1:], steps, strict=False))


async def test_declined_line_moves_nothing_and_is_the_payers(ana: Payer, ben: Payer) -> None:
    await ana.pay(ben.who, 20_000)
    [line] = await listed(ana.http, state="DECLINED")
    assert (line["amount"], line["balance_after"]) == (-20_000, None)
    assert await listed(ben.http, state="DECLINED") == []


async def test_every_filter_alone_and_together(ana: Payer, ben: Payer, eve: Payer) -> None:
    one = (await ana.pay(ben.who, 100, note="Pizza night")).json()["payment"]
    two = (await ana.pay(eve.who, 250, note="rent")).json()["payment"]
    three = (await ben.pay(ana.who, 400, note="caf\u00e9")).json()["payment"]
    four = (await ana.pay(ben.who, 40_000)).json()["payment_id"]

    async def found(**wanted: Any) -> list[str]:
        return [line["id"] for line in await listed(ana.http, **wanted)]

    deposit = (await found(kind="deposit"))[0]
    all_of = [four, three["id"], two["id"], one["id"], deposit]
    assert await found() == all_of
    assert await found(kind="payment") == all_of[:4]
    assert await found(direction="in") == [three["id"], deposit]
    assert await found(direction="out") == [four, two["id"], one["id"]]
    assert await found(state="COMPLETED") == all_of[1:]
    assert await found(state="DECLINED") == [four]
    assert await found(min_amount=250) == [four, three["id"], two["id"], deposit]
    assert await found(max_amount=250) == [two["id"], one["id"]]
    assert await found(min_amount=250, max_amount=400) == [three["id"], two["id"]]
    assert await found(min_amount=400, max_amount=250) == []
    assert await found(person=ben.who.shown) == [four, three["id"], one["id"]]
    assert await found(person=ana.who.shown) == []
    assert await found(q="PIZZA") == [one["id"]]
    assert await found(q="CAF\u00c9") == [three["id"]]
    assert await found(q="%") == []
    assert await found(q="_") == []
    assert await found(**{"from": two["completed_at"]}) == all_of[:3]
    assert await found(to=two["completed_at"]) == [one["id"], deposit]
    both = {"from": one["completed_at"], "to": three["completed_at"]}
    assert await found(**both) == [two["id"], one["id"]]
    assert await found(person=ben.who.shown, direction="out", q="night") == [one["id"]]
    assert await found(q="@EVE") == [two["id"]]
    assert await found(q="be", state="COMPLETED") == [three["id"], one["id"]]


@pytest.mark.shipped_rules
async def test_what_waited_and_came_back_is_found_by_its_kind_and_state(
    town: Town, ben: Payer
) -> None:
    rich = await town.payer("rich", funded_minor=200_000, tier=2)
    held = (await rich.pay(ben.who, BIG)).json()["payment"]["id"]
    [line] = await listed(rich.http, state="IN_REVIEW", kind="payment", direction="out")
    assert (line["id"], line["balance_after"]) == (held, 200_000 - BIG)
    assert await listed(ben.http, kind="payment") == []
    await rich.http.post(f"/v1/payments/{held}/cancel")
    [line] = await listed(rich.http, state="CANCELLED", kind="payment")
    assert line["id"] == held
    [back] = await listed(rich.http, kind="release")
    assert (back["payment_id"], back["amount"], back["balance_after"]) == (held, BIG, 200_000)
    assert await listed(rich.http, state="IN_REVIEW") == []


async def test_words_match_in_every_normal_form(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, note="cafe\u0301")).json()["payment"]
    assert sent["note"] == "caf\u00e9"
    for words in ("caf\u00e9", "cafe\u0301"):
        assert [line["id"] for line in await listed(ana.http, q=words)] == [sent["id"]]


_REFUSED: Final = [
    {"kind": "fee"},
    {"state": "PENDING"},
    {"direction": "sideways"},
    {"min_amount": "-1"},
    {"min_amount": "1e3"},
    {"max_amount": str(2**63)},
    {"max_amount": "9" * 5000},
    {"person": "ben"},
    {"person": "pay_00000000000000000000000000"},
    {"person": "usr_" + "0" * 90},
    {"from": "yesterday"},
    {"from": "2026-03-02T12:00"},
    {"from": "0001-01-01T00:00:00+14:00"},
    {"to": "9999-12-31T23:59:59-14:00"},
    {"from": "1e400"},
    {"from": "1767225600"},
    {"to": "0.5"},
    {"to": "2026-02-30T00:00:00Z"},
    {"q": ""},
    {"q": "x" * 101},
    {"q": "\x00"},
    {"q": "a\u202eb"},
    {"limit": "0"},
    {"limit": "101"},
    {"limit": "many"},
    {"offset": "-1"},
    {"offset": str(2**64)},
]


async def test_filter_out_of_bounds_is_refused(ana: Payer) -> None:
    for wanted in _REFUSED:
        told = problem(await ana.http.get(ACTIVITY, params=wanted), 400, "VALIDATION_ERROR")
        assert told["field"] == next(iter(wanted)), wanted


async def test_ends_of_time_are_times(ana: Payer) -> None:
    assert len(await listed(ana.http, **{"from": "0001-01-01T00:00:00Z"})) == 1
    assert len(await listed(ana.http, to="9999-12-31T23:59:59Z")) == 1


async def test_pages_have_no_repeats_and_no_gaps_while_items_arrive(ana: Payer, ben: Payer) -> None:
    before = [(await ana.pay(ben.who, n + 1)).json()["payment"]["id"] for n in range(12)]
    for path in (ACTIVITY, PAYMENTS):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await ana.http.get(path, params={"limit": 3, **cursor})
            page = answer.json()
            seen += [item["id"] for item in page["items"]]
            await asyncio.gather(ana.pay(ben.who, 1), ben.pay(ana.who, 1))
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(set(seen))
        assert [i for i in seen if i in before] == before[::-1]


async def test_pages_keep_their_filter(ana: Payer, ben: Payer) -> None:
    for n in range(4):
        await ana.pay(ben.who, n + 1)
        await ben.pay(ana.who, n + 1)
    pages = await walk(ana.http, ACTIVITY, limit=2, direction="out")
    assert [len(page) for page in pages] == [2, 2, 0]
    assert [line["amount"] for page in pages for line in page] == [-4, -3, -2, -1]


async def test_offset_counts_from_the_newest(ana: Payer, ben: Payer) -> None:
    for n in range(5):
        await ana.pay(ben.who, n + 1)
    assert [i["amount"] for i in await listed(ana.http, limit=2, offset=2)] == [-3, -2]
    assert [i["amount"] for i in await listed(ana.http, limit=50, offset=5)] == [10_000]
    assert await listed(ana.http, offset=6) == []


async def test_cursor_not_made_for_this_list_is_refused(ana: Payer, ben: Payer) -> None:
    for n in range(3):
        await ana.pay(ben.who, n + 1)
    cursors = {
        path: (await ana.http.get(path, params={"limit": 1})).json()["next_cursor"]
        for path in (ACTIVITY, PAYMENTS)
    }
    theirs = (await ben.http.get(ACTIVITY, params={"limit": 1})).json()["next_cursor"]
    mine = cursors[ACTIVITY]
    raw = base64.urlsafe_b64decode(mine + "=" * (-len(mine) % 4))
    forged = [
        theirs,
        cursors[PAYMENTS],
        "",
        "AAAA",
        "=",
        "!",
        "caf\u00e9",
        "\x00",
        mine[:-2],
        mine + "AAAA",
        base64.urlsafe_b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode().rstrip("="),
        base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode().rstrip("="),
        base64.urlsafe_b64encode(raw[:24]).decode().rstrip("="),
    ]
    for cursor in forged:
        answer = await ana.http.get(ACTIVITY, params={"cursor": cursor})
        problem(answer, 400, "INVALID_CURSOR")
    answer = await ana.http.get(PAYMENTS, params={"cursor": mine})
    problem(answer, 400, "INVALID_CURSOR")


async def test_nobody_is_told_to_sign_in(client: httpx2.AsyncClient) -> None:
    for path in (ACTIVITY, PAYMENTS, "/v1/balance"):
        problem(await client.get(path), 401, "SIGN_IN_REQUIRED")
