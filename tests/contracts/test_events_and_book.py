"""Events and Treasury against the sandbox: lists with cursors, and the provider's own book."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from quid.funding.ports import EventPage, LinkedItem, Rails
from quid.funding.types import Provider
from tests.contracts.deeds import card_order, order, save_card
from tests.support.sandbox import Sandbox

STEPS = ("posted", "settled", "funds_available")


async def settle(rails: Rails, item: LinkedItem, sandbox: Sandbox, n: int = 1) -> str:
    """A pull of $13.68 from its beginning to its end."""
    verdict = await rails.ach.authorize(order(item, n=n))
    made = await rails.ach.submit(order(item, n=n, authorization_ref=verdict.ref))
    for step in STEPS:
        sandbox.get("/sandbox/transfer/simulate", transfer_id=made.ref, event_type=step)
    return made.ref


async def charge(rails: Rails, sandbox: Sandbox, n: int = 1) -> str:
    card = await save_card(rails, sandbox, n=n)
    prepared = await rails.card.prepare(card_order(card, n=n))
    await rails.card.confirm(replace(card_order(card, n=n, step="confirm"), ref=prepared.ref))
    return prepared.ref


async def walk(rails: Rails, provider: Provider, cursor: str, limit: int) -> list[EventPage]:
    """All pages behind a cursor."""
    pages = []
    while True:
        page = await rails.events[provider].pull(cursor, limit)
        pages.append(page)
        cursor = page.cursor
        if not page.has_more:
            return pages


@pytest.mark.parametrize("limit", [1, 3, 500])
async def test_bank_events_come_in_order_once(
    rails: Rails, item: LinkedItem, sandbox: Sandbox, limit: int
) -> None:
    ref = await settle(rails, item, sandbox)
    pages = await walk(rails, Provider.PLAID, "", limit)
    events = [e for page in pages for e in page.events if e.object_ref == ref]
    assert [e.status for e in events] == ["pending", *STEPS]
    assert {e.cents for e in events} == {1_368}
    assert json.loads(events[0].raw)["transfer_id"] == ref
    assert (await rails.events[Provider.PLAID].pull(pages[-1].cursor, limit)).events == ()


async def test_a_bank_event_that_nobody_can_read_is_kept_beside_the_others(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    await settle(rails, item, sandbox)
    whole = await rails.events[Provider.PLAID].pull("", 500)
    sandbox.fault(
        "field", match={"path": "/transfer/event/sync"}, field="transfer_events.*.timestamp"
    )
    page = await rails.events[Provider.PLAID].pull("", 500)
    assert {e.kind for e in page.events} == {"unreadable"}
    assert [e.event_id for e in page.events] == [e.event_id for e in whole.events]
    assert page.cursor == whole.cursor


async def test_a_word_that_nobody_knows_is_kept_and_not_acted_on(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    await settle(rails, item, sandbox)
    sandbox.fault(
        "field",
        match={"path": "/transfer/event/sync"},
        field="transfer_events.*.event_type",
        to="unknown",
    )
    page = await rails.events[Provider.PLAID].pull("", 500)
    assert {(e.kind, e.status) for e in page.events} == {("something_new", None)}


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_card_events_are_walked_to_the_end_and_begin_again_before_the_newest(
    rails: Rails, sandbox: Sandbox, limit: int
) -> None:
    first = await charge(rails, sandbox)
    pages = await walk(rails, Provider.STRIPE, "", limit)
    seen = {e.event_id: e for page in pages for e in page.events}
    assert any(e.object_ref == first and e.status == "succeeded" for e in seen.values())
    assert len(seen) == sum(len(page.events) for page in pages)
    sandbox.advance(minutes=2)
    second = await charge(rails, sandbox, n=2)
    later = {
        e.event_id: e
        for page in await walk(rails, Provider.STRIPE, pages[-1].cursor, limit)
        for e in page.events
    }
    assert seen.keys() <= later.keys()
    assert any(later[i].object_ref == second for i in later.keys() - seen.keys())


async def test_a_walk_leaves_the_old_behind(rails: Rails, sandbox: Sandbox) -> None:
    await charge(rails, sandbox)
    sandbox.advance(minutes=30)
    second = await charge(rails, sandbox, n=2)
    pages = await walk(rails, Provider.STRIPE, "", 100)
    again = await walk(rails, Provider.STRIPE, pages[-1].cursor, 100)
    about = {e.object_ref for page in again for e in page.events if e.status}
    assert about == {second}


async def test_a_card_event_that_nobody_can_read_is_kept_beside_the_others(
    rails: Rails, sandbox: Sandbox
) -> None:
    await charge(rails, sandbox)
    whole = await rails.events[Provider.STRIPE].pull("", 100)
    sandbox.fault("field", match={"path": "/v1/events"}, field="data.*.type")
    page = await rails.events[Provider.STRIPE].pull("", 100)
    assert {e.kind for e in page.events} == {"unreadable"}
    assert [e.event_id for e in page.events] == [e.event_id for e in whole.events]


async def test_the_bank_networks_book_is_their_sum(
    rails: Rails, item: LinkedItem, sandbox: Sandbox
) -> None:
    book = rails.treasury[Provider.PLAID]
    before = await book.position()
    ref = await settle(rails, item, sandbox)
    after = await book.position()
    assert after.available + after.pending == before.available + before.pending + 1_368
    made = await rails.ach.get(ref=ref)
    assert made is not None
    day = timedelta(days=1)
    lines = await book.book(made.created_at - day, made.created_at + day)
    assert sum(line.cents for line in lines if line.object_ref == ref) == 1_368


async def test_the_card_processors_book_has_the_fee_beside_the_money(
    rails: Rails, sandbox: Sandbox
) -> None:
    ref = await charge(rails, sandbox)
    made = await rails.card.get(ref)
    assert made is not None
    day = timedelta(days=1)
    book = rails.treasury[Provider.STRIPE]
    [line] = await book.book(made.created_at - day, made.created_at + day)
    assert (line.object_ref, line.cents, line.fee, line.kind) == (ref, 2_000, 88, "charge")
    assert await book.book(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)) == []
    position = await book.position()
    assert position.available + position.pending == 2_000 - 88
