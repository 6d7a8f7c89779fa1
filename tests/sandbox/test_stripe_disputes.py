"""Chargebacks, inquiries and warnings: what they take, what decides them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.till import Till, open_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


async def disputed(till: Till, card: str = "createDispute") -> dict[str, Any]:
    """A payment that was disputed a little later."""
    await till.pay(f"pm_card_{card}", 5000)
    await till.advance(minutes=2)
    [dispute] = (await till.get("/v1/disputes")).body["data"]
    return dict(dispute)


async def answered(till: Till, dispute: dict[str, Any], words: str) -> dict[str, Any]:
    said = {"evidence": {"uncategorized_text": words}}
    return await till.made(f"/v1/disputes/{dispute['id']}", said)


def nets(dispute: dict[str, Any]) -> list[int]:
    return [row["net"] for row in dispute["balance_transactions"]]


async def test_a_chargeback_takes_the_amount_and_a_fee(till: Till) -> None:
    dispute = await disputed(till)
    assert (dispute["status"], dispute["amount"]) == ("needs_response", 5000)
    assert (dispute["reason"], dispute["network_reason_code"]) == ("fraudulent", "10.4")
    assert nets(dispute) == [-6500]
    assert dispute["balance_transactions"][0]["fee"] == 1500
    assert dispute["evidence_details"]["due_by"] > dispute["created"]
    assert (await till.read(f"/v1/charges/{dispute['charge']}"))["disputed"] is True
    assert (await till.events())[-2:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]


async def test_a_charge_taken_back_is_not_refunded_too(till: Till) -> None:
    dispute = await disputed(till)
    answer = await till.post("/v1/refunds", {"charge": dispute["charge"]})
    assert answer.error["code"] == "charge_disputed"


async def test_winning_gives_the_amount_back_and_not_the_fee(till: Till) -> None:
    dispute = await disputed(till)
    dispute = await answered(till, dispute, "winning_evidence")
    assert dispute["status"] == "under_review"
    await till.advance(minutes=2)
    dispute = await till.read(f"/v1/disputes/{dispute['id']}")
    assert (dispute["status"], nets(dispute)) == ("won", [-6500, 5000])
    assert (await till.events())[-2:] == [
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


async def test_losing_moves_nothing_more(till: Till) -> None:
    dispute = await answered(till, await disputed(till), "losing_evidence")
    await till.advance(minutes=2)
    dispute = await till.read(f"/v1/disputes/{dispute['id']}")
    assert (dispute["status"], nets(dispute)) == ("lost", [-6500])
    assert (await till.post(f"/v1/disputes/{dispute['id']}/close")).status == 400


async def test_other_evidence_stays_under_review(till: Till) -> None:
    dispute = await answered(till, await disputed(till), "they did buy it")
    await till.advance(days=30)
    dispute = await till.read(f"/v1/disputes/{dispute['id']}")
    assert (dispute["status"], nets(dispute)) == ("under_review", [-6500])


async def test_evidence_may_be_kept_before_it_is_sent(till: Till) -> None:
    dispute = await disputed(till)
    said = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    kept = await till.made(f"/v1/disputes/{dispute['id']}", said)
    assert (kept["status"], kept["evidence_details"]["submission_count"]) == ("needs_response", 0)


async def test_giving_up_is_losing(till: Till) -> None:
    dispute = await disputed(till)
    assert (await till.made(f"/v1/disputes/{dispute['id']}/close", {}))["status"] == "lost"


async def test_silence_is_losing(till: Till) -> None:
    dispute = await disputed(till)
    await till.advance(days=8)
    dispute = await till.read(f"/v1/disputes/{dispute['id']}")
    assert (dispute["status"], dispute["evidence_details"]["past_due"]) == ("lost", True)


async def test_an_inquiry_takes_nothing(till: Till) -> None:
    dispute = await disputed(till, "createDisputeInquiry")
    assert (dispute["status"], nets(dispute)) == ("warning_needs_response", [])
    await till.advance(days=8)
    assert (await till.read(f"/v1/disputes/{dispute['id']}"))["status"] == "warning_closed"
    assert till.movements() == ["balance_transaction.charge"]


async def test_a_warning_is_a_word_alone(till: Till) -> None:
    await till.pay("pm_card_createIssuerFraudRecord")
    await till.advance(minutes=2)
    [warning] = (await till.get("/v1/radar/early_fraud_warnings")).body["data"]
    assert warning["actionable"] is True
    assert (await till.get("/v1/disputes")).body["data"] == []
    assert (await till.events())[-1] == "radar.early_fraud_warning.created"


async def test_what_was_given_back_is_not_taken_back_too(till: Till) -> None:
    paid = await till.pay("pm_card_createDispute")
    await till.made("/v1/refunds", {"payment_intent": paid.body["id"]})
    await till.advance(minutes=2)
    assert (await till.get("/v1/disputes")).body["data"] == []
    assert till.movements() == ["balance_transaction.charge", "balance_transaction.refund"]
