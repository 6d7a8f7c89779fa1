"""Appeals against holds and against payments that we stopped, and what a hold says of itself."""

from datetime import timedelta

import asyncpg
import pytest

from quid.funding import queries as funding
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, ids
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from tests.support.disputes import (
    ANSWER,
    TEXT,
    appeal,
    holds,
    listed,
    report,
)
from tests.support.operators import Desk
from tests.support.payers import Payer, keyed, problem
from tests.support.waiting import BIG, waiting_payment


async def freeze(who: Payer, scope: FreezeScope = FreezeScope.SEND) -> None:
    """Put somebody on hold."""
    cmd = FreezePerson(
        user_id=who.who.id,
        scope=scope,
        reason_class=FreezeReason.SECURITY,
        text="Somebody else may have had your password.",
        review_on=clock.now().date() + timedelta(days=7),
        by="test",
        reason="for the test",
    )
    await identity.freeze(cmd, now=clock.now())


async def test_who_is_on_hold_reads_what_it_is_and_appeals(
    ana: Payer, ben: Payer, analyst: Desk
) -> None:
    assert await holds(ana) == []
    await freeze(ana)
    [hold] = await holds(ana)
    assert hold == {
        "id": hold["id"],
        "case_number": hold["case_number"],
        "scope": "send",
        "reason_class": "security",
        "text": "Somebody else may have had your password.",
        "since": hold["since"],
        "review_on": (clock.now().date() + timedelta(days=7)).isoformat(),
        "lifts_at": None,
        "is_own": False,
    }
    shown = (await analyst.look(f"people/{ana.who.shown}"))["freezes"]
    assert [f["case_number"] for f in shown] == [hold["case_number"]]
    made = await appeal(ana, f"me/holds/{hold['id']}")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["claim"], told["hold_id"], told["payment_id"]) == ("hold", hold["id"], None)
    assert told["answer_on"] == funding.banking_day_after(clock.now(), 2).isoformat()
    assert told["at_latest_on"] is None
    assert await listed(ana, hold_id=hold["id"]) == [told]
    again = problem(await appeal(ana, f"me/holds/{hold['id']}"), 409, "STATE_CONFLICT")
    assert again["dispute_id"] == told["id"]
    problem(await appeal(ben, f"me/holds/{hold['id']}"), 404, "NOT_FOUND")
    lost = await analyst.press(f"disputes/{told['id']}/decide", decision="lost", text=ANSWER)
    assert lost.status_code == 200, lost.text
    assert (await appeal(ana, f"me/holds/{hold['id']}")).status_code == 201


async def test_a_hold_that_has_ended_or_is_ones_own_takes_no_appeal(
    ana: Payer, admin: asyncpg.Connection
) -> None:
    await freeze(ana)
    [hold] = await holds(ana)
    await admin.execute("update identity.freeze set is_own = true, lifts_at = now() + '1 day'")
    [own] = await holds(ana)
    assert (own["is_own"], own["review_on"], own["lifts_at"] is not None) == (True, None, True)
    problem(await appeal(ana, f"me/holds/{hold['id']}"), 409, "STATE_CONFLICT")
    await admin.execute("update identity.freeze set lifted_by = 'test', lifted_at = now()")
    assert await holds(ana) == []
    problem(await appeal(ana, f"me/holds/{hold['id']}"), 404, "NOT_FOUND")


@pytest.mark.shipped_rules
async def test_a_payment_that_we_stopped_is_appealed_by_its_payer_once(
    ana: Payer, ben: Payer, analyst: Desk, app_runtime: Runtime
) -> None:
    await payments.fund(ana.who.id, BIG, key="more", operator="test", now=clock.now())
    payment = ids.show("pay", await waiting_payment(app_runtime, ana.who, ben.who))
    problem(await appeal(ana, f"payments/{payment}"), 409, "STATE_CONFLICT")
    stopped = await analyst.press(f"payments/{payment}/reject")
    assert stopped.json()["payment"]["state"] == "REJECTED"
    problem(await appeal(ben, f"payments/{payment}"), 404, "NOT_FOUND")
    problem(await report(ana, payment), 409, "STATE_CONFLICT")
    made = await appeal(ana, f"payments/{payment}")
    assert made.status_code == 201, made.text
    dispute = made.json()
    assert (dispute["claim"], dispute["payment_id"]) == ("rejected", payment)
    decided = await analyst.press(f"disputes/{dispute['id']}/decide", decision="lost", text=ANSWER)
    assert decided.status_code == 200, decided.text
    again = problem(await appeal(ana, f"payments/{payment}"), 409, "STATE_CONFLICT")
    assert (again["dispute_id"], again["state"]) == (dispute["id"], "LOST")


async def test_an_appeal_wants_a_key_and_words(ana: Payer) -> None:
    await freeze(ana)
    [hold] = await holds(ana)
    path = f"me/holds/{hold['id']}"
    problem(await appeal(ana, path, text="no"), 400, "VALIDATION_ERROR")
    answer = await ana.http.post(f"/v1/{path}/appeal", json={"text": TEXT})
    problem(answer, 400, "IDEMPOTENCY_KEY_MISSING")
    answer = await ana.http.post(f"/v1/{path}/appeal", json={}, headers=keyed())
    problem(answer, 400, "MISSING_FIELD")
