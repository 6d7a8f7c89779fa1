"""Whatever happens to cards, the processor's book is the sum of what its objects say."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.till import Till, open_till

CARDS = (
    "visa", "bypassPending", "createDispute", "createDisputeInquiry", "pendingRefund", "refundFail",
    "chargeDeclined", "authenticationRequired",
)  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(CARDS), st.integers(50, 100_000)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 60_000)),
    st.tuples(st.just("evidence"), st.integers(0, 9), st.sampled_from(["winning", "losing"])),
    st.tuples(st.just("close"), st.integers(0, 9), st.none()),
    st.tuples(st.just("advance"), st.sampled_from([1, 3, 200]), st.none()),
)


async def everything(till: Till, path: str) -> list[dict[str, Any]]:
    """All of a list, oldest first."""
    found = (await till.get(path, {"limit": 100})).body
    assert not found["has_more"]
    return list(reversed(found["data"]))


async def step(till: Till, name: str, which: Any, how: Any) -> None:
    """Do something; a refusal is an answer too, and moves nothing."""
    before = till.movements()
    answer = None
    if name == "pay":
        answer = await till.pay(f"pm_card_{which}", how)
    elif name == "advance":
        await till.advance(hours=which)
    elif name == "refund":
        charges = await everything(till, "/v1/charges")
        if charges:
            charge = charges[which % len(charges)]["id"]
            answer = await till.post("/v1/refunds", {"charge": charge, "amount": how})
    elif disputes := await everything(till, "/v1/disputes"):
        path = f"/v1/disputes/{disputes[which % len(disputes)]['id']}"
        if name == "close":
            answer = await till.post(f"{path}/close")
        else:
            evidence = {"uncategorized_text": f"{how}_evidence"}
            answer = await till.post(path, {"evidence": evidence})
    if answer is not None and answer.status >= 400:
        assert till.movements() == before


async def check(till: Till) -> None:
    """The book, beside the objects."""
    charges = {doc["id"]: doc for doc in await everything(till, "/v1/charges")}
    refunds = await everything(till, "/v1/refunds")
    disputes = await everything(till, "/v1/disputes")
    total = 0
    for charge in charges.values():
        back = sum(r["amount"] for r in refunds if r["charge"] == charge["id"] and good(r))
        assert charge["amount_refunded"] == back <= charge["amount"]
        assert charge["refunded"] is (back == charge["amount"])
        if charge["status"] == "succeeded":
            total += charge["amount"] - (charge["amount"] * 29 + 500) // 1000 - 30 - back
    for dispute in disputes:
        if not dispute["status"].startswith("warning_"):
            total -= 1500 + (dispute["amount"] if dispute["status"] != "won" else 0)
    balance = (await till.get("/v1/balance")).body
    assert balance["available"][0]["amount"] + balance["pending"][0]["amount"] == total
    for intent in await everything(till, "/v1/payment_intents"):
        own = [c for c in charges.values() if c["payment_intent"] == intent["id"]]
        paid = [c for c in own if c["status"] == "succeeded"]
        assert len(paid) == (intent["status"] == "succeeded")


def good(refund: dict[str, Any]) -> bool:
    return bool(refund["status"] != "failed")


async def play(steps: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as home, open_till(Path(home)) as till:
        for name, which, how in steps:
            await step(till, name, which, how)
        await check(till)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=15))
def test_the_book_is_the_sum_of_what_the_objects_say(steps: list[tuple[str, Any, Any]]) -> None:
    asyncio.run(play(steps))
