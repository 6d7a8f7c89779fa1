"""Paying with a bank over HTTP: what is answered at once, what later, and what a stranger sees."""

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.kit import ids
from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.slices.payments.outside.conftest import counter
from tests.support.operators import Staff
from tests.support.outside import Payer as Counter
from tests.support.payers import Payer, Town, problem

__all__ = ["bank_process", "counter", "sandbox", "teller"]


@pytest.fixture
async def ann(town: Town, counter: Counter) -> Payer:
    """Ann, of tier 1, with $20.00."""
    found = await town.payer("ann", funded_minor=2_000, tier=0)
    await counter.teller.verify(found.who)
    return found


@pytest.fixture
async def bob(town: Town) -> Payer:
    """Bob, with nothing."""
    return await town.payer("bob", funded_minor=0)


async def test_it_is_accepted_now_and_done_later(ann: Payer, bob: Payer, counter: Counter) -> None:
    await counter.bank(ann.who)
    body = {"payee_id": bob.who.shown, "amount": 5_000, "currency": "USD"}
    quote = (await ann.http.post("/v1/payments/quote", json=body)).json()
    assert [x["kind"] for x in quote["lines"]] == ["balance", "bank"]
    first = await ann.pay(bob.who, 5_000, key="k", quote_token=quote["quote_token"])
    assert first.status_code == 202, first.text
    told = first.json()["payment"]
    assert (told["state"], told["can"]["cancel"], told["fee"]) == ("PROCESSING", False, 0)
    read = await ann.balance()
    assert {k: v for k, v in read.items() if k in first.json()["balance"]} == first.json()[
        "balance"
    ]
    assert read["holds"] == [{"reason": "payment", "amount": 2_000, "ref": told["id"]}]
    assert (read["pending"], read["on_hold"]) == (3_000, 2_000)
    problem(await bob.http.get(f"/v1/payments/{told['id']}"), 404, "NOT_FOUND")
    problem(await ann.http.post(f"/v1/payments/{told['id']}/cancel"), 409, "STATE_CONFLICT")
    payment_id = ids.read("pay", told["id"])
    assert payment_id is not None
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    again = await ann.pay(bob.who, 5_000, key="k")
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["payment"]["state"] == "COMPLETED"
    assert (await bob.balance())["available"] == 5_000
    listed = (await ann.http.get("/v1/transactions")).json()["items"]
    assert [(x["kind"], x["amount"]) for x in listed][:2] == [
        ("payment", -5_000),
        ("funding", 3_000),
    ]
    assert listed[1]["payment_id"] == told["id"]
    assert (await ann.http.get("/v1/payments")).json()["items"][0]["id"] == told["id"]


async def test_a_quote_of_nobody_or_of_another_amount_pays_nothing(
    ann: Payer, bob: Payer, counter: Counter, admin: asyncpg.Connection
) -> None:
    await counter.bank(ann.who)
    for token in ("", "x", "Zm9yZ2VkZm9yZ2VkZm9yZ2Vk"):
        answer = await ann.pay(bob.who, 100, quote_token=token)
        problem(answer, 409, "QUOTE_EXPIRED")
    body = {"payee_id": bob.who.shown, "amount": 5_000, "currency": "USD"}
    quote = (await ann.http.post("/v1/payments/quote", json=body)).json()
    for amount in (4_999, 5_001):
        answer = await ann.pay(bob.who, amount, quote_token=quote["quote_token"])
        problem(answer, 409, "QUOTE_EXPIRED")
    assert await admin.fetchval("select count(*) from payments.payment") == 0


async def test_a_strangers_bank_is_not_there(ann: Payer, bob: Payer, counter: Counter) -> None:
    bank = await counter.bank(ann.who)
    shown = ids.show("fs", bank.id)
    answer = await bob.pay(ann.who, 100, funding_source_id=shown)
    problem(answer, 404, "NOT_FOUND")
    body = {"payee_id": ann.who.shown, "amount": 100, "currency": "USD"}
    answer = await bob.http.post("/v1/payments/quote", json={**body, "funding_source_id": shown})
    problem(answer, 404, "NOT_FOUND")


async def test_who_owes_is_told_how_much(
    ann: Payer, bob: Payer, counter: Counter, admin: asyncpg.Connection
) -> None:
    bank = await counter.bank(ann.who)
    await counter.trust(ann.who, bank)
    first = await ann.pay(bob.who, 5_000)
    assert first.status_code == 201, first.text
    payment_id = ids.read("pay", first.json()["payment"]["id"])
    assert payment_id is not None
    op = await counter.operation_of(payment_id)
    await counter.teller.told(op, "returned", return_code="R01")
    for answer in (
        await ann.pay(bob.who, 100),
        await ann.pay(bob.who, 100, funding_source_id=ids.show("fs", bank.id)),
    ):
        told = problem(answer, 403, "ACCOUNT_FROZEN")
        assert (told["reason"], told["amount"]) == ("owed", 3_000)
    read = await ann.balance()
    assert read["restriction"] == {"code": "ACCOUNT_FROZEN", "reason": "owed", "amount": 3_000}
    assert (read["owed"], read["withdrawable"]) == (3_000, 0)
    assert await admin.fetchval("select count(*) from funding.operation where state = 10") == 0


async def test_a_charge_goes_back_by_one_up_to_500_dollars_and_by_two_above(
    ann: Payer, bob: Payer, counter: Counter, staff: Staff
) -> None:
    card = await counter.card(ann.who)
    paid = await ann.pay(bob.who, 60_000, funding_source_id=ids.show("fs", card.id))
    assert paid.status_code == 201, paid.text
    payment_id = ids.read("pay", paid.json()["payment"]["id"])
    assert payment_id is not None
    path = f"rails/ops/{ids.show('op', (await counter.operation_of(payment_id)).id)}/refund"
    fay, cas = await staff.desk("finance"), await staff.desk("compliance")
    first = await fay.press(path, amount=10_000)
    assert first.status_code == 202, first.text
    told = first.json()
    assert (told["approval_id"], told["refund"]["amount"]) == (None, 10_000)
    asked = (await fay.press(path, key="rest")).json()
    assert asked["refund"] is None
    assert (await fay.press(path, key="rest")).json() == asked
    done = await cas.press(f"approvals/{asked['approval_id']}/approve")
    assert done.status_code == 200, done.text
    problem(await fay.press(path), 409, "STATE_CONFLICT")
