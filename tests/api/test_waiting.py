"""Payments that wait, over HTTP: what the payer reads and may do, and what operators decide."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from quid.kit.runtime import Runtime
from tests.support.operators import Staff
from tests.support.payers import Payer, Town, problem
from tests.support.waiting import BIG, ask_for_proofs, code_now, give_totp, wrong_code

pytestmark = pytest.mark.shipped_rules


@pytest.fixture
async def rich(town: Town) -> Payer:
    """Rich, who joined a moment ago, with $3,000.00."""
    return await town.payer("rich", funded_minor=300_000, tier=2)


@pytest.fixture
async def held(rich: Payer, ben: Payer) -> Mapping[str, Any]:
    """Rich's payment to Ben, in review."""
    answer = await rich.pay(ben.who, BIG, key="held")
    assert answer.status_code == 201
    payment: Mapping[str, Any] = answer.json()["payment"]
    assert payment["state"] == "IN_REVIEW"
    return payment


async def test_a_payment_in_review_says_so_to_its_payer_alone(
    rich: Payer, ben: Payer, held: Mapping[str, Any]
) -> None:
    shown = (await rich.http.get(f"/v1/payments/{held['id']}")).json()
    assert shown == held
    assert shown["review"]["reason"] == "unusual_payment"
    assert shown["can"] == {"verify": False, "cancel": True, "change_visibility": True}
    assert [s["state"] for s in shown["state_history"]] == ["INITIATED", "IN_REVIEW"]
    balance = await rich.balance()
    assert (balance["available"], balance["on_hold"]) == (300_000 - BIG, BIG)
    assert balance["holds"] == [{"reason": "review", "amount": BIG, "ref": held["id"]}]
    problem(await ben.http.get(f"/v1/payments/{held['id']}"), 404, "NOT_FOUND")
    assert (await ben.http.get("/v1/payments")).json()["items"] == []
    assert (await ben.balance())["available"] == 10_000
    listed = (await rich.http.get("/v1/payments")).json()["items"]
    assert [p["id"] for p in listed] == [held["id"]]
    words = str(shown).lower()
    assert not any(w in words for w in ("fraud", "score", "rule", "launder", "sanction", "model"))


async def test_the_balance_of_an_answer_is_the_one_that_is_read(
    rich: Payer, ben: Payer, held: Mapping[str, Any]
) -> None:
    sent = (await rich.pay(ben.who, 100)).json()
    read = await rich.balance()
    own = ("holds", "restriction")
    assert {k: v for k, v in read.items() if k not in own} == sent["balance"]
    assert sent["balance"]["on_hold"] == BIG
    assert held["amount"] == BIG


async def test_a_repeated_request_shows_the_present_state_at_once(
    rich: Payer, ben: Payer, held: Mapping[str, Any]
) -> None:
    again = await rich.pay(ben.who, BIG, key="held")
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["payment"] == held
    answer = await rich.http.post(f"/v1/payments/{held['id']}/cancel")
    assert answer.json()["state"] == "CANCELLED"
    assert answer.json()["review"] is None
    again = await rich.pay(ben.who, BIG, key="held")
    assert again.status_code == 201
    assert again.json()["payment"]["state"] == "CANCELLED"
    told = problem(await rich.http.post(f"/v1/payments/{held['id']}/cancel"), 409, "STATE_CONFLICT")
    assert told["state"] == "CANCELLED"
    assert (await rich.balance())["available"] == 300_000


async def test_a_challenge_is_proved_by_the_app(
    rich: Payer, ben: Payer, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    await ask_for_proofs(admin)
    await give_totp(app_runtime, rich.who)
    payment = (await rich.pay(ben.who, BIG)).json()["payment"]
    challenge = payment["challenge"]
    assert (payment["state"], challenge["methods"]) == ("CHALLENGED", ["totp"])
    assert payment["can"]["verify"]
    where = f"/v1/payments/{payment['id']}/verify"
    body = {"challenge_id": challenge["id"], "method": "totp", "proof": wrong_code()}
    told = problem(await rich.http.post(where, json=body), 422, "CHALLENGE_FAILED")
    assert told["tries_left"] == 4
    problem(await ben.http.post(where, json=body), 404, "NOT_FOUND")
    done = await rich.http.post(where, json={**body, "proof": code_now()})
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "COMPLETED"
    assert (await ben.balance())["available"] == 10_000 + BIG
    told = problem(await rich.http.post(where, json=body), 409, "STATE_CONFLICT")
    assert told["state"] == "COMPLETED"
    arrived = (await ben.http.get("/v1/payments")).json()["items"]
    assert [(p["id"], p["challenge"], p["review"]) for p in arrived] == [
        (payment["id"], None, None)
    ]


async def test_pages_of_payments_are_whole_though_states_came_later(
    rich: Payer, ben: Payer, held: Mapping[str, Any], staff: Staff
) -> None:
    for _ in range(3):
        assert (await rich.pay(ben.who, 100)).status_code == 201
    analyst = await staff.desk("analyst")
    assert (await analyst.press(f"payments/{held['id']}/approve")).status_code == 200
    for payer in (rich, ben):
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            page = await payer.http.get(f"/v1/payments?limit=1{cursor and '&cursor='}{cursor}")
            seen += [p["id"] for p in page.json()["items"]]
            cursor = page.json()["next_cursor"]
        assert len(seen) == len(set(seen)) == 4


# --- operators ---------------------------------------------------------------------------------


async def test_an_analyst_finds_what_waits_and_why_and_lets_it_through(
    rich: Payer, ben: Payer, held: Mapping[str, Any], staff: Staff, admin: asyncpg.Connection
) -> None:
    analyst = await staff.desk("analyst")
    [found] = (await analyst.look("payments"))["items"]
    assert (found["id"], found["amount"], found["state"]) == (held["id"], BIG, "IN_REVIEW")
    assert (found["review"]["rules"], found["review"]["score"]) == (["R1"], 85)
    assert not found["needs_second"]
    assert "note" not in found
    assert "rich" not in str(found)
    done = await analyst.press(f"payments/{held['id']}/approve", key="once")
    assert (done.status_code, done.json()["payment"]["state"]) == (200, "COMPLETED")
    again = await analyst.press(f"payments/{held['id']}/approve", key="once")
    assert again.json() == done.json()
    assert (await ben.balance())["available"] == 10_000 + BIG
    rows = await admin.fetch(
        "select outcome from kit.audit where action = 'payments.approve' order by id"
    )
    assert [r["outcome"] for r in rows] == ["ok"]
    assert (await analyst.look("payments"))["items"] == []
    assert (await rich.balance())["on_hold"] == 0


async def test_a_refused_act_is_on_record(
    held: Mapping[str, Any], staff: Staff, admin: asyncpg.Connection
) -> None:
    for role in ("support", "finance", "auditor", "admin"):
        desk = await staff.desk(role)
        problem(await desk.press(f"payments/{held['id']}/approve"), 403, "FORBIDDEN")
    analyst = await staff.desk("analyst")
    where = f"payments/{held['id']}/reject"
    problem(await analyst.press(where, reason="short"), 400, "VALIDATION_ERROR")
    problem(await analyst.press(where, reason=None), 400, "MISSING_FIELD")
    outcomes = await admin.fetch(
        "select outcome, count(*) as n from kit.audit where action like 'payments.%'"
        " and actor_type = 'operator' and outcome <> 'ok' group by 1"
    )
    assert {r["outcome"]: r["n"] for r in outcomes} == {
        "FORBIDDEN": 4,
        "VALIDATION_ERROR": 1,
        "MISSING_FIELD": 1,
    }
    assert (await analyst.look(f"payments/{held['id']}"))["state"] == "IN_REVIEW"


async def test_two_operators_take_a_payment_back_and_both_people_read_why(
    rich: Payer, ben: Payer, staff: Staff
) -> None:
    payment = (await rich.pay(ben.who, 2_000)).json()["payment"]
    finance = await staff.desk("finance")
    where = f"payments/{payment['id']}/reverse"
    asked = (await finance.press(where, amount=500, reason_class="mistake")).json()
    assert asked["payment"]["state"] == "COMPLETED"
    decide = f"approvals/{asked['approval_id']}/approve"
    problem(await finance.press(decide), 403, "FORBIDDEN")
    second = await staff.desk("compliance")
    assert (await second.press(decide)).status_code == 200
    for payer, start, change in ((rich, 300_000, -1_500), (ben, 10_000, 1_500)):
        assert (await payer.balance())["available"] == start + change
        shown = (await payer.http.get(f"/v1/payments/{payment['id']}")).json()
        assert (shown["state"], shown["reversed_amount"]) == ("COMPLETED", 500)
        assert [(r["amount"], r["reason"]) for r in shown["reversals"]] == [(500, "mistake")]
        line = (await payer.http.get("/v1/transactions?limit=1")).json()["items"][0]
        assert (line["kind"], line["payment_id"]) == ("reversal", payment["id"])
    problem(
        await finance.press(where, amount=1_501, reason_class="mistake"), 400, "VALIDATION_ERROR"
    )


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"challenge_id": "chl_x", "method": "totp", "proof": ""},
        {"challenge_id": "chl_x", "method": "sms", "proof": "1"},
        {"challenge_id": "chl_x", "method": "totp", "proof": "1", "state": "COMPLETED"},
        {"challenge_id": "chl_x", "method": "totp", "proof": 123456},
    ],
)
async def test_a_proof_is_read_strictly(
    rich: Payer, held: Mapping[str, Any], body: Mapping[str, Any]
) -> None:
    answer = await rich.http.post(f"/v1/payments/{held['id']}/verify", json=body)
    assert answer.status_code == 400, answer.text
    assert (await rich.balance())["on_hold"] == BIG


async def test_a_quote_moves_nothing_and_warns(
    rich: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    body = {"payee_id": ben.who.shown, "amount": 1500, "currency": "USD"}
    before = await admin.fetchval("select count(*) from ledger.journal")
    told = (await rich.http.post("/v1/payments/quote", json=body)).json()
    assert (told["total"], told["fee"], told["warnings"]) == (1500, 0, ["NEW_PAYEE"])
    assert told["limits"]["per_payment"] == 500_000
    assert await admin.fetchval("select count(*) from ledger.journal") == before
    problem(
        await rich.http.post("/v1/payments/quote", json={**body, "amount": 300_001}),
        422,
        "INSUFFICIENT_FUNDS",
    )
    problem(
        await rich.http.post("/v1/payments/quote", json={**body, "funding_source_id": "fs_1"}),
        404,
        "NOT_FOUND",
    )


async def test_the_past_is_hidden_in_one_act(rich: Payer, ben: Payer) -> None:
    for _ in range(2):
        await rich.pay(ben.who, 100, visibility="public")
    told = await rich.http.post("/v1/me/privacy/past", json={"visibility": "private"})
    assert told.json() == {"hidden": 2}
    listed = (await ben.http.get("/v1/payments")).json()["items"]
    assert {p["visibility"] for p in listed} == {"private"}
    assert {p["my_visibility"] for p in listed} == {"friends"}
