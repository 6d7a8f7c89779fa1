"""Paying over HTTP: the answer, its replay, and who may look at it."""

import asyncio
import uuid

import asyncpg
import httpx2
import redis.asyncio as redis

from quid.kit import ids
from tests.support.payers import PAYMENTS, Payer, books_of, keyed, problem


async def test_payment_is_final_in_one_call(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    answer = await ana.pay(ben.who, 1368, note="pizza")
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers
    sent = answer.json()
    assert sent["payment"]["state"] == "COMPLETED"
    assert sent["payment"]["amount"] == sent["payment"]["total"] == 1368
    assert sent["payment"]["payer"]["id"] == ana.who.shown
    assert sent["payment"]["payee"]["handle"] == "ben"
    assert sent["payment"]["note"] == "pizza"
    assert [s["state"] for s in sent["payment"]["state_history"]] == [
        "INITIATED",
        "AUTHORIZED",
        "COMPLETED",
    ]
    assert {**sent["balance"], "holds": [], "restriction": None} == await ana.balance()
    assert sent["balance"]["available"] == 10_000 - 1368
    assert (await ben.balance())["available"] == 10_000 + 1368
    payment_id = ids.read("pay", sent["payment"]["id"])
    assert await admin.fetchval("select amount from ledger.journal where id = $1", payment_id)


async def test_replay_gives_the_same_bytes_and_moves_nothing(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    first = await ana.pay(ben.who, 1368, key="k")
    before = await books_of(admin)
    for _ in range(3):
        again = await ana.pay(ben.who, 1368, key="k")
        assert again.content == first.content
        assert again.status_code == 201
        assert again.headers["idempotency-replayed"] == "true"
    assert await books_of(admin) == before


async def test_replay_without_valkey_gives_the_same_bytes(
    ana: Payer, ben: Payer, valkey_url: str, admin: asyncpg.Connection
) -> None:
    first = await ana.pay(ben.who, 1368, key="k")
    before = await books_of(admin)
    async with redis.Redis.from_url(valkey_url) as valkey:
        await valkey.flushdb()
    again = await ana.pay(ben.who, 1368, key="k")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert await books_of(admin) == before


async def test_key_in_the_body_is_the_key_of_the_header(ana: Payer, ben: Payer) -> None:
    first = await ana.pay(ben.who, 1368, key="k")
    body = {"payee_id": ben.who.shown, "amount": 1368, "currency": "USD", "idempotency_key": "k"}
    again = await ana.http.post(PAYMENTS, json=body)
    assert again.content == first.content
    same = await ana.http.post(PAYMENTS, json=body, headers=keyed("k"))
    assert same.content == first.content


async def test_same_key_with_another_body_is_refused(
    ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection
) -> None:
    await ana.pay(ben.who, 1368, key="k", note="for the roof")
    before = await books_of(admin)
    changes = [
        (ben.who, {"amount": 1369, "note": "for the roof"}),
        (eve.who, {"amount": 1368, "note": "for the roof"}),
        (ben.who, {"amount": 1368, "note": "for the floor"}),
        (ben.who, {"amount": 1368, "note": "for the roof", "visibility": "private"}),
    ]
    for payee, body in changes:
        told = problem(await ana.pay(payee, key="k", **body), 422, "IDEMPOTENCY_KEY_REUSED")
        assert told["money_moved"] == "no"
        assert not told["retryable"]
        shown = str({**told, "request_id": ""})
        assert "roof" not in shown
        assert "1368" not in shown
    assert await books_of(admin) == before


async def test_key_of_another_person_is_another_key(ana: Payer, ben: Payer) -> None:
    one = await ana.pay(ben.who, 100, key="k")
    other = await ben.pay(ana.who, 200, key="k")
    assert (one.status_code, other.status_code) == (201, 201)
    assert "idempotency-replayed" not in other.headers


async def test_parties_see_the_payment_and_nobody_else_does(
    ana: Payer, ben: Payer, eve: Payer, client: httpx2.AsyncClient
) -> None:
    sent = (await ana.pay(ben.who, 1368, note="pizza")).json()["payment"]
    path = f"{PAYMENTS}/{sent['id']}"
    assert (await ana.http.get(path)).json() == sent
    seen = (await ben.http.get(path)).json()
    hidden: dict[str, object] = {"fee": None, "total": None, "funding": []}
    own = {name: seen[name] for name in ("my_visibility", "my_show_amount")}
    assert seen == sent | hidden | own
    unknown = await eve.http.get(f"{PAYMENTS}/{ids.show('pay', uuid.uuid4())}")
    stranger = await eve.http.get(path)
    told = problem(stranger, 404, "NOT_FOUND")
    same = problem(unknown, 404, "NOT_FOUND")
    assert {**told, "request_id": ""} == {**same, "request_id": ""}
    problem(await client.get(path), 401, "SIGN_IN_REQUIRED")


async def test_id_of_another_kind_is_not_there(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who)).json()["payment"]
    wrong = [
        sent["id"].replace("pay_", "usr_"),
        sent["id"].upper(),
        sent["id"][4:],
        sent["id"] + "0",
        sent["id"][:-1],
        "pay_" + "z" * 26,
        "pay_\u00e9" + sent["id"][5:],
        "%00",
        "..%2f..",
        str(ids.read("pay", sent["id"])),
    ]
    for text in wrong:
        problem(await ana.http.get(f"{PAYMENTS}/{text}"), 404, "NOT_FOUND")


async def test_lists_are_of_the_caller_alone(ana: Payer, ben: Payer, eve: Payer) -> None:
    one = (await ana.pay(ben.who, 100)).json()["payment"]
    two = (await ben.pay(ana.who, 50)).json()["payment"]
    listed = (await ana.http.get(PAYMENTS)).json()
    assert [p["id"] for p in listed["items"]] == [two["id"], one["id"]]
    assert listed["next_cursor"] is None
    assert listed["items"][1] == one
    assert (await eve.http.get(PAYMENTS)).json() == {"items": [], "next_cursor": None}


async def test_lost_answer_is_found_by_its_key(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, 100, key="lost")).json()["payment"]
    found = (await ana.http.get(PAYMENTS, params={"idempotency_key": "lost"})).json()
    assert found == {"items": [sent], "next_cursor": None}
    other = (await ben.http.get(PAYMENTS, params={"idempotency_key": "lost"})).json()
    assert other["items"] == []
    none = (await ana.http.get(PAYMENTS, params={"idempotency_key": "never"})).json()
    assert none["items"] == []
    answer = await ana.http.get(PAYMENTS, params={"idempotency_key": "gr\u00fcn"})
    problem(answer, 400, "VALIDATION_ERROR")


async def test_declined_payment_is_the_payers_alone(ana: Payer, ben: Payer) -> None:
    told = problem(await ana.pay(ben.who, 10_001), 422, "INSUFFICIENT_FUNDS")
    path = f"{PAYMENTS}/{told['payment_id']}"
    mine = (await ana.http.get(path)).json()
    assert mine["state"] == "DECLINED"
    assert mine["completed_at"] is None
    problem(await ben.http.get(path), 404, "NOT_FOUND")
    assert (await ben.http.get(PAYMENTS)).json()["items"] == []
    assert [p["id"] for p in (await ana.http.get(PAYMENTS)).json()["items"]] == [told["payment_id"]]


async def test_stricter_wish_of_the_two_wins(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, visibility="public", show_amount=True)).json()["payment"]
    assert sent["my_visibility"] == "public"
    assert sent["visibility"] == "friends"
    assert sent["show_amount"] is False
    sent = (await ana.pay(ben.who, visibility="private")).json()["payment"]
    assert sent["visibility"] == sent["my_visibility"] == "private"


async def test_version_of_the_balance_strictly_grows(ana: Payer, ben: Payer) -> None:
    versions = [(await ana.balance())["version"]]
    for _ in range(3):
        versions.append((await ana.pay(ben.who, 1)).json()["balance"]["version"])
        await ben.pay(ana.who, 1)
        versions.append((await ana.balance())["version"])
    assert versions == sorted(set(versions))
    refused = await ana.pay(ben.who, 400_000)
    assert refused.status_code >= 400
    assert (await ana.balance())["version"] == versions[-1]


async def test_many_at_once_all_come_through(ana: Payer, ben: Payer) -> None:
    answers = await asyncio.gather(*(ana.pay(ben.who, 10) for _ in range(60)))
    assert {a.status_code for a in answers} == {201}
    left = sorted((a.json()["balance"]["available"] for a in answers), reverse=True)
    assert left == [10_000 - 10 * n for n in range(1, 61)]
