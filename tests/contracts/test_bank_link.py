"""BankLink and AccountVerify against the sandbox: pages, items, accounts, numbers, owners."""

import pytest

from quid.funding.errors import ActionRequired, Declined
from quid.funding.ports import LinkedItem, LinkWanted, Owner, Rails
from quid.kit.crypto import Secret
from tests.contracts.deeds import BACK, HOOKS, account, link_in, press
from tests.support.sandbox import Sandbox


def wanted(**other: object) -> LinkWanted:
    values = {"user_ref": "usr_1", "purpose": "new", "return_url": BACK, "webhook_url": HOOKS}
    return LinkWanted(**{**values, "ttl_seconds": 1800, **other})  # type: ignore[arg-type]  # as above


async def test_a_person_links_a_bank_through_its_pages(rails: Rails, sandbox: Sandbox) -> None:
    started = await rails.link.start_link(wanted())
    assert started.url.startswith(sandbox.plaid)
    assert (await rails.link.finish_link(started.session_ref)).state == "not_yet"
    assert link_in(sandbox, started.url) == BACK
    done = await rails.link.finish_link(started.session_ref)
    [linked] = done.items
    assert done.state == "done"
    assert linked.institution == "First Platypus Bank"
    assert {a.name for a in linked.accounts} == {"Plaid Checking", "Returns Checking"}
    assert all(a.type == "checking" and a.persistent_ref and a.mask for a in linked.accounts)
    assert "access" not in repr(done)


async def test_asking_again_gives_the_same_item(rails: Rails, sandbox: Sandbox) -> None:
    started = await rails.link.start_link(wanted())
    link_in(sandbox, started.url)
    first, second = [await rails.link.finish_link(started.session_ref) for _ in range(2)]
    assert first.items[0].item_ref == second.items[0].item_ref


async def test_a_person_may_leave_the_pages(rails: Rails, sandbox: Sandbox) -> None:
    started = await rails.link.start_link(wanted())
    press(sandbox, started.url, step="exit")
    assert (await rails.link.finish_link(started.session_ref)).state == "exited"


async def test_a_session_nobody_opened_is_declined(rails: Rails) -> None:
    with pytest.raises(Declined, match="INVALID_LINK_TOKEN"):
        await rails.link.finish_link("link-sandbox-nothing")


async def test_a_broken_login_asks_for_the_person_and_is_repaired_by_a_page(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    sandbox.get("/sandbox/item/reset_login", access_token=item.token.reveal())
    with pytest.raises(ActionRequired):
        await rails.accounts.balance(item.token, account(item).ref)
    started = await rails.link.start_link(wanted(purpose="repair", token=item.token))
    press(sandbox, started.url, step="login", username="user_good", password="pass_good")
    done = await rails.link.finish_link(started.session_ref)
    assert (done.state, done.items) == ("done", ())
    assert (await rails.accounts.balance(item.token, account(item).ref)).available == 10_000


async def test_numbers_and_balance_are_of_the_account_asked_for(
    rails: Rails, item: LinkedItem
) -> None:
    mine = account(item)
    numbers = await rails.accounts.numbers(item.token, mine.ref)
    assert numbers.account.reveal().endswith(mine.mask)
    assert len(numbers.routing) == 9
    assert numbers.can_pull
    assert numbers.can_push
    assert numbers.account.reveal() not in repr(numbers)
    balance = await rails.accounts.balance(item.token, mine.ref)
    assert (balance.available, balance.current) == (10_000, 11_000)
    assert (await rails.accounts.account(item.token, mine.ref)).ref == mine.ref


async def test_an_owner_is_scored(rails: Rails, item: LinkedItem) -> None:
    ref = account(item).ref
    same = Owner("Alberta Bobbeth Charleson", "ana@quid.test")
    other = Owner("Somebody Else")
    high = await rails.accounts.owner_match(item.token, ref, same)
    low = await rails.accounts.owner_match(item.token, ref, other)
    assert high is not None
    assert low is not None
    assert high >= 70 > low


async def test_typed_numbers_become_an_item(rails: Rails) -> None:
    made = await rails.link.adopt_numbers("021000021", Secret("1111222233330000"), "savings")
    [only] = made.accounts
    assert (only.type, only.mask) == ("savings", "0000")
    assert made.item_ref


async def test_a_changed_token_kills_the_old_one(rails: Rails, item: LinkedItem) -> None:
    fresh = await rails.link.rotate(item.token)
    assert await rails.accounts.account(fresh, account(item).ref)
    with pytest.raises(Declined, match="INVALID_ACCESS_TOKEN"):
        await rails.accounts.account(item.token, account(item).ref)


async def test_an_item_ends_once_and_again(rails: Rails, item: LinkedItem) -> None:
    await rails.link.unlink(item.token)
    await rails.link.unlink(item.token)
    with pytest.raises(Declined):
        await rails.accounts.numbers(item.token, account(item).ref)
