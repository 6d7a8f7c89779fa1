"""Cards: what each test card does when it is saved, charged, refunded and disputed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quid_sandbox.stripe.cards import CARDS
from quid_sandbox.stripe.money import card_fee
from tests.support.till import Till, open_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path) as opened:
        yield opened


async def balance(till: Till) -> tuple[int, int]:
    answer = (await till.get("/v1/balance")).body
    return answer["available"][0]["amount"], answer["pending"][0]["amount"]


async def only(till: Till, path: str) -> dict[str, Any]:
    """The one object of a list."""
    [doc] = (await till.get(path)).body["data"]
    return dict(doc)


# ---------------------------------------------------------------------- charges


@settings(deadline=None)
@given(st.integers(50, 99_999_999))
def test_a_charge_costs_what_is_published(cents: int) -> None:
    assert abs(card_fee(cents) - 30 - cents * 0.029) <= 0.5


async def test_a_charge_is_paid_its_fee_taken_its_money_there_on_the_second_banking_day(
    till: Till,
) -> None:
    answer = await till.pay(
        "pm_card_visa", 2000, metadata={"op_id": "op_1"},
        expand=["latest_charge.balance_transaction"],
    )  # fmt: skip
    charge = answer.body["latest_charge"]
    row = charge["balance_transaction"]
    assert (answer.body["status"], answer.body["amount_received"]) == ("succeeded", 2000)
    assert (charge["paid"], charge["captured"], charge["metadata"]) == (
        True,
        True,
        {"op_id": "op_1"},
    )
    assert (row["amount"], row["fee"], row["net"]) == (2000, 88, 1912)
    assert (row["type"], row["status"], row["source"]) == ("charge", "pending", charge["id"])
    # From Monday to Wednesday.
    assert row["available_on"] - row["created"] == 33 * 3600
    assert await balance(till) == (0, 1912)
    await till.advance(hours=34)
    assert await balance(till) == (1912, 0)
    assert (await till.read(f"/v1/balance_transactions/{row['id']}"))["status"] == "available"
    assert (await till.events())[-1] == "balance.available"


async def test_money_that_bypasses_is_there_at_once(till: Till) -> None:
    await till.pay("pm_card_bypassPending", 10_000)
    assert await balance(till) == (10_000 - 320, 0)


DECLINED = [card for card in CARDS if card.decline is not None]


@pytest.mark.parametrize("card", DECLINED, ids=lambda card: card.name)
async def test_a_decline_leaves_a_failed_charge_and_an_intent_for_another_card(
    till: Till, card: Any
) -> None:
    answer = await till.pay(f"pm_card_{card.name}")
    error = answer.error
    assert (answer.status, error["type"]) == (402, "card_error")
    assert (error["code"], error.get("decline_code")) == (
        card.decline.code,
        card.decline.decline_code,
    )
    intent = error["payment_intent"]
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["code"] == card.decline.code
    charge = await only(till, "/v1/charges")
    assert (charge["status"], charge["failure_code"]) == ("failed", card.decline.code)
    assert till.movements() == []
    assert (await till.events())[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    assert (await till.made(path, {"payment_method": "pm_card_visa"}))["status"] == "succeeded"


async def test_an_intent_is_paid_once_whatever_the_key(till: Till) -> None:
    paid = await till.pay("pm_card_visa")
    path = f"/v1/payment_intents/{paid.body['id']}"
    for step in ("confirm", "cancel"):
        answer = await till.post(f"{path}/{step}", key=f"again:{step}")
        assert answer.error["code"] == "payment_intent_unexpected_state"
        assert answer.error["payment_intent"]["status"] == "succeeded"
    assert till.movements() == ["balance_transaction.charge"]


async def test_a_cancelled_intent_is_never_paid(till: Till) -> None:
    intent = await till.made("/v1/payment_intents", {
        "amount": 500, "currency": "usd", "payment_method_types": ["card"],
    })  # fmt: skip
    path = f"/v1/payment_intents/{intent['id']}"
    assert (await till.made(f"{path}/cancel", {}))["status"] == "canceled"
    answer = await till.post(f"{path}/confirm", {"payment_method": "pm_card_visa"})
    assert answer.error["code"] == "payment_intent_unexpected_state"
    assert till.movements() == []


async def test_a_card_of_another_customer_is_refused(till: Till) -> None:
    ana, ben = [(await till.made("/v1/customers", {}))["id"] for _ in range(2)]
    card = await till.made("/v1/payment_methods/pm_card_visa/attach", {"customer": ana})
    assert (await till.pay(card["id"], customer=ben)).status == 400
    assert (await till.pay(card["id"], customer=ana)).body["status"] == "succeeded"
    await till.made(f"/v1/payment_methods/{card['id']}/detach", {})
    assert "may not be used again" in (await till.pay(card["id"], customer=ana)).error["message"]


# ---------------------------------------------------------------------- saving


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
async def test_a_card_is_saved_or_the_issuer_says_no(till: Till, card: Any) -> None:
    customer = (await till.made("/v1/customers", {}))["id"]
    answer = await till.post(
        f"/v1/payment_methods/pm_card_{card.name}/attach", {"customer": customer}
    )
    assert answer.status == (200 if card.saves else 402)
    listed = (await till.get(f"/v1/customers/{customer}/payment_methods")).body["data"]
    assert [method["card"]["last4"] for method in listed] == [card.last4] * card.saves


async def test_one_number_has_one_fingerprint(till: Till) -> None:
    first, second = [await till.pay("pm_card_visa", expand=["payment_method"]) for _ in range(2)]
    other = await till.pay("pm_card_visa_debit", expand=["payment_method"])
    prints = [a.body["payment_method"]["card"]["fingerprint"] for a in (first, second, other)]
    assert prints[0] == prints[1] != prints[2]


async def test_numbers_are_not_taken_by_the_api(till: Till) -> None:
    card = {"number": CARDS[0].number}
    answer = await till.post("/v1/payment_methods", {"type": "card", "card": card})
    assert (answer.status, "unsafe" in answer.error["message"]) == (402, True)
    assert CARDS[0].number not in str(till.journal())


async def test_a_customer_is_deleted_with_its_cards(till: Till) -> None:
    customer = (await till.made("/v1/customers", {}))["id"]
    card = await till.made("/v1/payment_methods/pm_card_visa/attach", {"customer": customer})
    gone = await till._ask("DELETE", f"/v1/customers/{customer}", {})
    assert gone.body == {"id": customer, "object": "customer", "deleted": True}
    assert (await till.read(f"/v1/customers/{customer}"))["deleted"] is True
    assert (await till.read(f"/v1/payment_methods/{card['id']}"))["customer"] is None


# ---------------------------------------------------------------------- refunds


async def refund(till: Till, card: str, cents: int = 2000, **fields: object) -> dict[str, Any]:
    paid = await till.pay(f"pm_card_{card}", cents)
    return await till.made("/v1/refunds", {"payment_intent": paid.body["id"], **fields})


async def test_a_refund_is_done_at_once_in_part_and_in_whole(till: Till) -> None:
    first = await refund(till, "bypassPending", amount=500, metadata={"op_id": "op_1"})
    assert (first["status"], first["amount"]) == ("succeeded", 500)
    charge = await only(till, "/v1/charges")
    assert (charge["amount_refunded"], charge["refunded"]) == (500, False)
    rest = await till.made("/v1/refunds", {"charge": charge["id"]})
    assert rest["amount"] == 1500
    assert (await only(till, "/v1/charges"))["refunded"] is True
    answer = await till.post("/v1/refunds", {"charge": charge["id"]})
    assert answer.error["code"] == "charge_already_refunded"
    # The fee is not given back.
    assert await balance(till) == (-88, 0)


async def test_more_than_is_left_is_not_refunded(till: Till) -> None:
    first = await refund(till, "visa", amount=1999)
    answer = await till.post("/v1/refunds", {"charge": first["charge"], "amount": 2})
    assert (answer.status, answer.error["param"]) == (400, "amount")
    assert till.movements() == ["balance_transaction.charge", "balance_transaction.refund"]


async def test_a_refund_may_take_a_while(till: Till) -> None:
    made = await refund(till, "pendingRefund")
    assert made["status"] == "pending"
    await till.advance(minutes=2)
    assert (await till.read(f"/v1/refunds/{made['id']}"))["status"] == "succeeded"
    assert "refund.updated" in await till.events()
    assert "refund.failed" not in await till.events()


async def test_a_refund_may_fail_after_it_was_done_and_the_money_is_back(till: Till) -> None:
    made = await refund(till, "refundFail")
    assert made["status"] == "succeeded"
    before = sum(await balance(till))
    await till.advance(minutes=2)
    failed = await till.read(f"/v1/refunds/{made['id']}", ["failure_balance_transaction"])
    assert (failed["status"], failed["failure_balance_transaction"]["net"]) == ("failed", 2000)
    charge = await only(till, "/v1/charges")
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    assert sum(await balance(till)) == before + 2000
    assert "refund.failed" in await till.events()


async def test_a_refund_of_a_card_is_never_cancelled(till: Till) -> None:
    made = await refund(till, "pendingRefund")
    assert (await till.post(f"/v1/refunds/{made['id']}/cancel")).status == 400


async def test_what_was_not_paid_is_not_refunded(till: Till) -> None:
    declined = await till.pay("pm_card_chargeDeclined")
    intent = declined.error["payment_intent"]["id"]
    assert (await till.post("/v1/refunds", {"payment_intent": intent})).status == 400
    assert (await till.post("/v1/refunds", {"payment_intent": "pi_none"})).status == 400
    assert (await till.post("/v1/refunds", {"amount": 5})).status == 400


async def test_money_of_a_day_is_announced_once(till: Till) -> None:
    for _ in range(3):
        await till.pay("pm_card_visa")
    await till.advance(days=2)
    await till.pay("pm_card_visa")
    await till.advance(days=2)
    assert (await till.events()).count("balance.available") == 2


@pytest.mark.parametrize("suffix", ["123", "A*B", "ABCDEFGHIJKLMNOPQ", 'A"B'])
async def test_a_text_that_no_statement_can_bear_is_refused(till: Till, suffix: str) -> None:
    said = {"amount": 500, "currency": "usd", "statement_descriptor_suffix": suffix}
    answer = await till.post("/v1/payment_intents", said)
    assert answer.error["param"] == "statement_descriptor_suffix"


# ---------------------------------------------------------------------- rules


def rule(till: Till, **said: object) -> None:
    with till.store.transaction() as tx:
        tx.put("rule", said, ident=f"{tx.next('rule'):06}")


@pytest.mark.parametrize(
    ("code", "status", "last"),
    [
        (None, "succeeded", "payment_intent.succeeded"),
        ("do_not_honor", "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
async def test_a_charge_may_be_processed_for_a_while(
    till: Till, code: str | None, status: str, last: str
) -> None:
    rule(till, charge="processing", amount=1368, seconds=3600, code=code)
    made = (await till.pay("pm_card_visa", 1368)).body
    assert (made["status"], (await till.events())[-1]) == (
        "processing",
        "payment_intent.processing",
    )
    assert till.movements() == []
    path = f"/v1/payment_intents/{made['id']}"
    assert (await till.post(f"{path}/confirm")).status == 400
    await till.advance(hours=1)
    assert (await till.read(path))["status"] == status
    assert last in await till.events()
    assert (await till.pay("pm_card_visa", 1369)).body["status"] == "succeeded"


async def test_a_saved_card_may_be_declined_by_a_rule(till: Till) -> None:
    rule(till, charge="declined", last4="4242", code="insufficient_funds")
    answer = await till.pay("pm_card_visa")
    assert (answer.status, answer.error["decline_code"]) == (402, "insufficient_funds")
    assert (await till.pay("pm_card_visa_debit")).status == 200


async def test_a_charge_may_be_disputed_by_a_rule(till: Till) -> None:
    rule(till, charge="fraudulent", op_id="op_1", seconds=10)
    rule(till, charge="declined", code="late")
    await till.pay("pm_card_visa", metadata={"op_id": "op_1"})
    await till.advance(seconds=11)
    assert (await only(till, "/v1/disputes"))["reason"] == "fraudulent"
