"""AchRail against the sandbox: decisions, movements, looking up, cancelling, listing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quid.funding.errors import Declined, InsufficientFloat
from quid.funding.ports import LinkedItem, Rails
from quid.kit.crypto import Secret
from tests.contracts.deeds import account, order
from tests.support.sandbox import Sandbox


async def test_a_pull_is_approved_submitted_and_found_again(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    wish = order(item)
    verdict = await rails.ach.authorize(wish)
    assert (verdict.decision, verdict.cents, verdict.code) == ("approved", 1_368, None)
    assert verdict.ref is not None
    made = await rails.ach.submit(replace(wish, authorization_ref=verdict.ref))
    assert (made.cents, made.direction, made.status, made.op_id) == (
        *(1_368, "pull"),
        *("pending", wish.op_id),
    )
    assert made.settle_on is not None
    assert await rails.ach.get(ref=made.ref) == made
    assert await rails.ach.get(authorization_ref=verdict.ref) == made
    assert sandbox.effects("transfer.created") == [f"transfer.created {made.ref}"]


async def test_the_same_key_gives_the_same_decision(rails: Rails, item: LinkedItem) -> None:
    first, second = [await rails.ach.authorize(order(item)) for _ in range(2)]
    assert first == second


async def test_the_same_authorization_moves_once(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    verdict = await rails.ach.authorize(order(item))
    wish = order(item, authorization_ref=verdict.ref)
    first, second = [await rails.ach.submit(wish) for _ in range(2)]
    assert first.ref == second.ref
    assert len(sandbox.effects("transfer.created")) == 1


@pytest.mark.parametrize(
    ("cents", "name", "code"),
    [(10_001, "Plaid Checking", "NSF"), (100, "Empty Checking", "RISK")],
)
async def test_a_bank_without_the_money_declines(
    rails: Rails, item: LinkedItem, cents: int, name: str, code: str
) -> None:
    verdict = await rails.ach.authorize(order(item, cents, name=name))
    assert (verdict.decision, verdict.cents, verdict.code) == ("declined", 0, code)


async def test_numbers_that_were_typed_are_not_checked(rails: Rails) -> None:
    typed = await rails.link.adopt_numbers("021000021", Secret("1111222233330000"), "checking")
    verdict = await rails.ach.authorize(order(typed, name="Checking"))
    assert (verdict.decision, verdict.code) == ("unchecked", "MIGRATED_ACCOUNT_ITEM")


async def test_a_login_that_is_broken_needs_the_person(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    sandbox.get("/sandbox/item/reset_login", access_token=item.token.reveal())
    verdict = await rails.ach.authorize(order(item))
    assert (verdict.decision, verdict.cents) == ("action_required", 0)
    assert verdict.ref is not None


async def test_a_push_above_our_own_balance_waits(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    with pytest.raises(InsufficientFloat):
        await rails.ach.authorize(order(item, 99_999_999, direction="push"))
    assert sandbox.effects("transfer.created") == []


async def test_rtp_arrives_where_the_bank_takes_it(rails: Rails, item: LinkedItem) -> None:
    assert await rails.ach.can_rtp(item.token, account(item).ref)
    assert not await rails.ach.can_rtp(item.token, account(item, "Plaid Saving").ref)


async def test_what_is_not_there_is_none(rails: Rails) -> None:
    assert await rails.ach.get(ref="5d9f1bd2-0000-4000-8000-000000000000") is None
    assert await rails.ach.get(authorization_ref="5d9f1bd2-0000-4000-8000-000000000000") is None


async def test_a_pending_one_is_cancelled_and_a_posted_one_is_not(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    moved = []
    for n in (1, 2):
        verdict = await rails.ach.authorize(order(item, n=n))
        moved.append(await rails.ach.submit(order(item, n=n, authorization_ref=verdict.ref)))
    await rails.ach.cancel(moved[0].ref)
    found = await rails.ach.get(ref=moved[0].ref)
    assert found is not None
    assert found.status == "cancelled"
    sandbox.get("/sandbox/transfer/simulate", transfer_id=moved[1].ref, event_type="posted")
    with pytest.raises(Declined, match="TRANSFER_NOT_CANCELLABLE"):
        await rails.ach.cancel(moved[1].ref)


async def test_a_return_says_why(rails: Rails, item: LinkedItem, sandbox: Sandbox) -> None:
    verdict = await rails.ach.authorize(order(item))
    made = await rails.ach.submit(order(item, authorization_ref=verdict.ref))
    for step in ("posted", "settled"):
        sandbox.get("/sandbox/transfer/simulate", transfer_id=made.ref, event_type=step)
    sandbox.get(
        "/sandbox/transfer/simulate",
        transfer_id=made.ref,
        event_type="returned",
        failure_reason={"ach_return_code": "R10"},
    )
    found = await rails.ach.get(ref=made.ref)
    assert found is not None
    assert (found.status, found.return_code) == ("returned", "R10")
    assert found.standard_return_until is not None
    assert found.unauthorized_return_until is not None


async def test_a_list_is_read_over_its_pages(rails: Rails, item: LinkedItem) -> None:
    for n in range(27):
        verdict = await rails.ach.authorize(order(item, 100, n=n))
        await rails.ach.submit(order(item, 100, n=n, authorization_ref=verdict.ref))
    created = (await rails.ach.get(authorization_ref=verdict.ref)).created_at  # type: ignore[union-attr]  # just made
    day = timedelta(days=1)
    assert len(await rails.ach.list(created - day, created + day)) == 27
    assert list(await rails.ach.list(created + day, created + day * 2)) == []
