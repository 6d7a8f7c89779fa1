"""Deposits and withdrawals over HTTP: answers, refusals, and whose they are."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from quid.kit import clock, ids
from quid.kit.runtime import Runtime
from tests.slices.funding.conftest import bank_process, sandbox
from tests.support.payers import Payer, Town, problem
from tests.support.sandbox import Sandbox
from tests.support.teller import Teller

__all__ = ["bank_process", "sandbox"]
_PROVED = "update identity.session set proved_at = $2, proved_by = 'totp' where user_id = $1"


@pytest.fixture
def teller(sandbox: Sandbox, app_runtime: Runtime) -> Teller:
    """The counter."""
    return Teller(app_runtime, sandbox)


@pytest.fixture
async def ana(town: Town, teller: Teller) -> Payer:
    """Ana, known by law, with $100.00."""
    made = await town.payer("ana", tier=0)
    await teller.verify(made.who)
    return made


async def _bank(teller: Teller, who: Payer, **how: Any) -> str:
    source = await teller.bank(who.who, **how)
    return ids.show("fs", source.id)


async def _ask(who: Payer, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {"idempotency-key": key or str(uuid4())}
    return await who.http.post(f"/v1/{path}", json=body, headers=headers)


async def test_a_deposit_is_asked_for_looked_at_and_listed(teller: Teller, ana: Payer) -> None:
    bank = await _bank(teller, ana)
    body = {"funding_source_id": bank, "amount": 5_000}
    quote = await ana.http.post("/v1/deposits/quote", json=body)
    assert (quote.status_code, quote.json()["fee"], quote.json()["net"]) == (200, 0, 5_000)
    answer = await _ask(ana, "deposits", body, "one")
    assert answer.status_code == 202, answer.text
    told = answer.json()["deposit"]
    assert (told["state"], told["amount"], told["kind"]) == ("PENDING", 5_000, "deposit")
    assert told["expected_on"] is not None
    states = [s["state"] for s in told["timeline"]]
    assert states == ["NEW", "AUTHORIZING", "SUBMITTING", "PENDING"]
    assert answer.json()["balance"]["available"] == 10_000
    again = await _ask(ana, "deposits", body, "one")
    assert again.json()["deposit"]["id"] == told["id"]
    one = await ana.http.get(f"/v1/deposits/{told['id']}")
    assert one.json()["deposit"]["id"] == told["id"]
    listed = await ana.http.get("/v1/deposits", params={"limit": 1})
    assert [d["id"] for d in listed.json()["deposits"]] == [told["id"]]
    more = await ana.http.get("/v1/deposits", params={"cursor": listed.json()["next_cursor"]})
    assert more.json()["deposits"] == []
    back = await ana.http.post(f"/v1/deposits/{told['id']}/cancel")
    assert back.json()["deposit"]["state"] == "CANCELLED"


async def test_the_first_withdrawal_to_a_bank_wants_a_proof(
    teller: Teller, ana: Payer, admin: asyncpg.Connection
) -> None:
    teller.fund()
    bank = await _bank(teller, ana)
    body = {"funding_source_id": bank, "amount": 10_000, "type": "instant"}
    quote = await ana.http.post("/v1/withdrawals/quote", json=body)
    assert (quote.json()["fee"], quote.json()["net"]) == (175, 9_825)
    problem(await _ask(ana, "withdrawals", body), 401, "STEP_UP_REQUIRED")
    await admin.execute(_PROVED, ana.who.id, clock.now())
    answer = await _ask(ana, "withdrawals", body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["balance"]["available"] == 0
    told = answer.json()["withdrawal"]
    assert (told["state"], told["fee"], told["net"]) == ("PENDING", 175, 9_825)


@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", True, None, 10**12])
async def test_an_amount_that_is_none(teller: Teller, ana: Payer, amount: object) -> None:
    bank = await _bank(teller, ana)
    for path in ("deposits", "withdrawals", "deposits/quote", "withdrawals/quote"):
        answer = await _ask(ana, path, {"funding_source_id": bank, "amount": amount})
        problem(answer, 400, "INVALID_AMOUNT")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"amount": 100, "funding_source_id": "fs_nothing"}, (404, "NOT_FOUND")),
        ({"amount": 100}, (400, "MISSING_FIELD")),
        ({"amount": 100, "funding_source_id": "x", "fee": 0}, (400, "VALIDATION_ERROR")),
    ],
)
async def test_a_body_that_is_none(
    teller: Teller, ana: Payer, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert teller.rails
    problem(await _ask(ana, "deposits", body), *expected)


async def test_without_a_key_nothing_is_asked_for(teller: Teller, ana: Payer) -> None:
    bank = await _bank(teller, ana)
    answer = await ana.http.post("/v1/deposits", json={"funding_source_id": bank, "amount": 100})
    problem(answer, 400, "IDEMPOTENCY_KEY_MISSING")


async def test_a_bank_that_answers_nothing_is_waited_for_by_somebody_else(
    teller: Teller, ana: Payer
) -> None:
    bank = await _bank(teller, ana)
    teller.box.fault("hang", seconds=8, match={"path": "/transfer/authorization/create"})
    began = clock.now()
    answer = await _ask(ana, "deposits", {"funding_source_id": bank, "amount": 100})
    assert (clock.now() - began).total_seconds() < 6
    assert answer.status_code == 202
    assert answer.json()["deposit"]["state"] == "AUTHORIZING"


async def test_a_strangers_is_not_there(teller: Teller, ana: Payer, eve: Payer) -> None:
    bank = await _bank(teller, ana)
    made = await _ask(ana, "deposits", {"funding_source_id": bank, "amount": 100})
    deposit_id = made.json()["deposit"]["id"]
    for path in (f"deposits/{deposit_id}", f"withdrawals/{deposit_id}"):
        problem(await eve.http.get(f"/v1/{path}"), 404, "NOT_FOUND")
    problem(await eve.http.post(f"/v1/deposits/{deposit_id}/cancel"), 404, "NOT_FOUND")
    body = {"funding_source_id": bank, "amount": 100}
    for path in ("deposits", "withdrawals", "deposits/quote", "withdrawals/quote"):
        problem(await _ask(eve, path, body), 404, "NOT_FOUND")
