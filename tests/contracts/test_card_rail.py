"""CardRail against the sandbox: saving, charging, refunds, claims."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quid.funding.errors import Declined, KeyConflict
from quid.funding.ports import ProviderKey, Rails
from tests.contracts.deeds import BACK, card_order, press, save_card, type_card
from tests.support.sandbox import Sandbox

_BANK_ASKS = "4000002760003184"


def key(text: str) -> ProviderKey:
    return ProviderKey(text)


async def test_a_card_is_saved_on_the_page_and_its_number_stays_there(
    rails: Rails, sandbox: Sandbox
) -> None:
    started = await rails.card.start_save("usr_1", BACK, customer_ref=None, key=key("ses_1:save"))
    assert started.url.startswith(sandbox.stripe)
    assert (await rails.card.finish_save(started.session_ref)).state == "not_yet"
    assert type_card(sandbox, started.url) == f"{BACK}?session_id={started.session_ref}"
    done = await rails.card.finish_save(started.session_ref)
    assert done.state == "done"
    assert done.card is not None
    assert (done.card.brand, done.card.last4, done.card.funding) == ("visa", "4242", "credit")
    assert done.card.fingerprint


async def test_one_person_is_one_customer(rails: Rails, sandbox: Sandbox) -> None:
    for n in (1, 2):
        await rails.card.start_save("usr_1", BACK, customer_ref=None, key=key(f"ses_{n}:save"))
    assert len(sandbox.state("stripe.customer")) == 1


async def test_a_charge_is_prepared_confirmed_and_booked(rails: Rails, sandbox: Sandbox) -> None:
    card = await save_card(rails, sandbox)
    prepared = await rails.card.prepare(card_order(card))
    assert (prepared.status, prepared.fee) == ("prepared", None)
    done = await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    assert (done.status, done.cents, done.fee, done.refunded) == ("succeeded", 2_000, 88, 0)
    assert done.available_on is not None
    assert done.op_id == card_order(card).op_id
    assert await rails.card.get(prepared.ref) == done
    day = timedelta(days=1)
    assert await rails.card.list(done.created_at - day, done.created_at + day) == [done]


async def test_the_same_keys_charge_once(rails: Rails, sandbox: Sandbox) -> None:
    card = await save_card(rails, sandbox)
    for _ in range(3):
        prepared = await rails.card.prepare(card_order(card))
        await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    assert len(sandbox.state("stripe.charge")) == 1


async def test_a_key_with_another_amount_is_a_conflict(rails: Rails, sandbox: Sandbox) -> None:
    card = await save_card(rails, sandbox)
    await rails.card.prepare(card_order(card))
    with pytest.raises(KeyConflict):
        await rails.card.prepare(card_order(card, 2_001))


async def test_a_decline_is_an_answer_with_its_reason(rails: Rails, sandbox: Sandbox) -> None:
    card = replace(await save_card(rails, sandbox), method_ref="pm_card_chargeDeclinedExpiredCard")
    prepared = await rails.card.prepare(card_order(card))
    done = await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    assert (done.status, done.code) == ("declined", "expired_card")
    looked = await rails.card.get(prepared.ref)
    assert looked is not None
    assert (looked.status, looked.code) == ("declined", "expired_card")


@pytest.mark.parametrize(("answer", "status"), [("approve", "succeeded"), ("fail", "declined")])
async def test_a_bank_may_ask_its_customer(
    rails: Rails, sandbox: Sandbox, answer: str, status: str
) -> None:
    card = await save_card(rails, sandbox)
    card = replace(card, method_ref="pm_card_authenticationRequired")
    prepared = await rails.card.prepare(card_order(card))
    asked = await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    assert asked.status == "requires_action"
    assert asked.action_url is not None
    press(sandbox, asked.action_url, answer=answer)
    done = await rails.card.get(prepared.ref)
    assert done is not None
    assert (done.status, done.action_url) == (status, None)


async def test_a_charge_is_cancelled_until_it_has_succeeded(rails: Rails, sandbox: Sandbox) -> None:
    card = await save_card(rails, sandbox)
    first = await rails.card.prepare(card_order(card, n=1))
    assert (await rails.card.cancel(first.ref, key=key("op_1:cancel"))).status == "cancelled"
    second = await rails.card.prepare(card_order(card, n=2))
    await rails.card.confirm(replace(card_order(card, n=2, step="confirm"), ref=second.ref))
    assert (await rails.card.cancel(second.ref, key=key("op_2:cancel"))).status == "succeeded"


async def test_a_refund_is_listed_and_never_more_than_the_charge(
    rails: Rails, sandbox: Sandbox
) -> None:
    card = await save_card(rails, sandbox)
    prepared = await rails.card.prepare(card_order(card))
    await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    part = await rails.card.refund(prepared.ref, 500, "op_r", key=key("op_r:refund"))
    again = await rails.card.refund(prepared.ref, 500, "op_r", key=key("op_r:refund"))
    assert (part.ref, part.cents, part.op_id) == (again.ref, 500, "op_r")
    assert await rails.card.refunds(prepared.ref) == [part]
    charge = await rails.card.get(prepared.ref)
    assert charge is not None
    assert charge.refunded == 500
    await rails.card.refund(prepared.ref, 1_500, "op_s", key=key("op_s:refund"))
    with pytest.raises(Declined, match="charge_already_refunded"):
        await rails.card.refund(prepared.ref, 1, "op_t", key=key("op_t:refund"))


async def test_a_claim_of_the_network_takes_the_money_and_a_fee(
    rails: Rails, sandbox: Sandbox
) -> None:
    card = await save_card(rails, sandbox, "4000000000000259")
    prepared = await rails.card.prepare(card_order(card))
    await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    sandbox.advance(hours=1)
    [claim] = await rails.card.chargebacks(prepared.ref)
    assert (claim.cents, claim.fee, claim.status, claim.is_money) == (2_000, 1_500, "open", True)
    assert claim.due_by is not None


async def test_a_card_is_forgotten_once_and_again(rails: Rails, sandbox: Sandbox) -> None:
    card = await save_card(rails, sandbox)
    await rails.card.forget(card.method_ref)
    await rails.card.forget(card.method_ref)
    await rails.card.forget("pm_nothing")


async def test_what_is_not_there_is_none(rails: Rails) -> None:
    assert await rails.card.get("pi_nothing") is None
    assert list(await rails.card.refunds("pi_nothing")) == []
