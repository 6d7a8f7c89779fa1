"""A card processor's events come in any order: the charge itself is looked at, and believed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from quid.funding.service import start
from quid.funding.service.booking import shown
from quid.funding.types import (
    EventState,
    NewOperation,
    Operation,
    OpKind,
    OpState,
    Provider,
    Purpose,
)
from quid.kit import clock, ids
from tests.contracts.deeds import card_order, save_card
from tests.support.crossing import Crossing

ROW = """
insert into funding.inbox (id, provider, dedupe_key, kind, topic, object_ref, is_live, raw,
  received_at, next_at)
values ($1, $2, 'k', 'bell', $3, $4, false, '', $5, $5)"""


async def started(crossing: Crossing, cents: int = 1_000, fee: int = 30) -> Operation:
    op_id = ids.new(ids.bucket(crossing.user_id), clock.now())
    new = NewOperation(
        op_id,
        OpKind.CARD_CHARGE,
        Purpose.PAYMENT,
        crossing.user_id,
        crossing.source_id,
        cents,
        fee=fee,
        payment_id=UUID(int=1),
    )
    async with crossing.database.transaction() as tx:
        op = await start(tx, new, now=clock.now())
    await crossing.admin.execute(
        "update funding.operation set state = 15, next_at = null where id = $1", op.id
    )
    return op


async def charged(crossing: Crossing, op: Operation) -> str:
    card = await save_card(crossing.rails, crossing.sandbox)
    order = replace(card_order(card), op_id=shown(op), cents=op.net)
    prepared = await crossing.rails.card.prepare(order)
    again = replace(card_order(card, step="confirm"), op_id=shown(op), cents=op.net)
    await crossing.rails.card.confirm(replace(again, ref=prepared.ref))
    return prepared.ref


async def test_a_charge_is_what_the_processor_says_now(crossing: Crossing) -> None:
    op = await started(crossing)
    ref = await charged(crossing, op)
    await crossing.pull(Provider.STRIPE)
    assert await crossing.state(op) == OpState.CONFIRMING  # nobody's, until we know its name
    assert await crossing.events(EventState.ORPHAN) != []
    await crossing.known(op, ref)
    await crossing.pull(Provider.STRIPE)
    assert await crossing.state(op) == OpState.SUCCEEDED
    assert await crossing.events(EventState.ORPHAN) == []
    assert await crossing.events(EventState.PENDING) == []
    # What is read again, for the list begins five minutes back, is there already.
    many = len(await crossing.events())
    await crossing.pull(Provider.STRIPE, now=clock.now() + timedelta(seconds=59))
    await crossing.admin.execute("update funding.cursor set pulled_at = null")
    await crossing.pull(Provider.STRIPE)
    assert len(await crossing.events()) == many


async def test_an_event_of_a_charge_that_is_not_there_stops_nothing(crossing: Crossing) -> None:
    op, other = await started(crossing), await crossing.deposit()
    await crossing.known(op, "pi_nobody")
    await crossing.admin.execute(
        "insert into funding.event (id, provider, event_id, kind, object_ref, status, raw, at,"
        " received_at, state) values ($1, 2, 'evt_x', 'charge.succeeded', 'pi_nobody',"
        " 'succeeded', '', $2, $2, 10)",
        ids.new(0, clock.now()),
        clock.now(),
    )
    done = await crossing.pull(Provider.STRIPE)
    assert done is not None
    assert (done.quarantined, done.is_whole) == (1, True)
    assert await crossing.events(EventState.QUARANTINED) == ["charge.succeeded"]
    assert await crossing.state(other[0]) == OpState.PENDING


async def test_a_bell_about_an_item_that_is_nobodys_is_answered(crossing: Crossing) -> None:
    for n, topic in enumerate(("item", "session")):
        await crossing.admin.execute("delete from funding.inbox")
        at = clock.now()
        await crossing.admin.execute(ROW, ids.new(n, at), 1, topic, "nobody", at)
        await crossing.pull()
        waiting = await crossing.admin.fetchval(
            "select count(*) from funding.inbox where answered_at is null"
        )
        assert waiting == 0, topic


async def test_a_bell_that_cannot_be_answered_is_put_off_and_given_up_in_the_end(
    crossing: Crossing,
) -> None:
    """A row that no code can read: the name of the item is not the source's."""
    at = clock.now()
    await crossing.admin.execute(ROW, ids.new(1, at), 1, "item", crossing.item.item_ref, at)
    await crossing.admin.execute("update funding.source set token = '\\x00', state = 20")
    for _ in range(8):
        await crossing.admin.execute("update funding.inbox set next_at = now() - interval '1 s'")
        await crossing.pull_again()
    row = await crossing.admin.fetchrow("select answered_at, tries, reason from funding.inbox")
    assert row is not None
    assert (row["tries"], row["answered_at"] is not None) == (8, True)
    assert row["reason"]
