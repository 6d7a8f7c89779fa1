"""What a payment no longer waits for: not asked for again, stopped where it can be, and the
payer's own where it comes all the same."""

import pytest

from quid.funding import service
from quid.funding.types import NewOperation, Operation, OpKind, OpState, Purpose
from quid.kit import clock, ids
from quid.ledger.types import Kind
from tests.support.people import Someone
from tests.support.teller import Teller


async def _asked(teller: Teller, who: Someone) -> Operation:
    """A payment of theirs wants $50.00 of their bank."""
    bank = await teller.bank(who)
    now = clock.now()
    new = NewOperation(
        id=ids.new(ids.bucket(who.id), now),
        kind=OpKind.DEPOSIT,
        purpose=Purpose.PAYMENT,
        user_id=who.id,
        source_id=bank.id,
        cents=5_000,
        payment_id=ids.new(ids.bucket(who.id), now),
    )
    async with teller.database.transaction() as tx:
        return await service.start(tx, new, now=now)


async def _abandoned(teller: Teller, op: Operation) -> Operation:
    for _ in range(2):  # told twice, it is left once
        async with teller.database.transaction() as tx:
            await service.abandon(tx, op.id, now=clock.now())
    return await teller.read(op.id)


async def test_before_it_was_submitted_it_is_over_at_once(teller: Teller, ana: Someone) -> None:
    op = await _abandoned(teller, await _asked(teller, ana))
    assert OpState(op.state) is OpState.CANCELLED
    assert teller.box.effects("transfer.created") == []


async def test_what_the_bank_has_is_stopped_there(teller: Teller, ana: Someone) -> None:
    op = await teller.drive((await _asked(teller, ana)).id)
    assert OpState(op.state) is OpState.PENDING
    op = await _abandoned(teller, op)
    op = await teller.drive(op.id)
    assert OpState(op.state) is OpState.CANCELLED
    assert await teller.books(ana) == {}


async def test_what_cannot_be_stopped_is_the_payers_own(teller: Teller, ana: Someone) -> None:
    op = await teller.drive((await _asked(teller, ana)).id)
    op = await teller.told(op, "posted")
    op = await _abandoned(teller, op)
    op = await teller.drive(op.id)
    op = await teller.told(op, "settled")
    assert await teller.books(ana) == {Kind.WALLET: 5_000}
    assert op.is_released


async def test_what_has_settled_is_given_at_once(teller: Teller, ana: Someone) -> None:
    op = await teller.drive((await _asked(teller, ana)).id)
    op = await teller.told(op, "settled")
    assert await teller.books(ana) == {Kind.INCOMING: 5_000}
    await _abandoned(teller, op)
    assert await teller.books(ana) == {Kind.WALLET: 5_000}


@pytest.mark.parametrize("has_arrived", [True, False])
async def test_what_nobody_answered_for_is_looked_up_and_never_asked_for_again(
    teller: Teller, ana: Someone, has_arrived: bool
) -> None:
    asked = await _asked(teller, ana)
    teller.box.fault("reset", effect=has_arrived, match={"path": "/transfer/create"})
    op = await teller.drive(asked.id)
    assert op.unsure_since is not None
    op = await _abandoned(teller, op)
    op = await teller.drive(op.id)
    if not has_arrived:
        assert OpState(op.state) is OpState.SUBMITTING
        op = await teller.age(op, hours=2)
    op = await teller.drive((await teller.age(op, minutes=1)).id)
    wanted = OpState.CANCELLED if has_arrived else OpState.FAILED
    assert OpState(op.state) is wanted
    assert len(teller.box.effects("transfer.created")) == has_arrived
    assert await teller.books(ana) == {}


async def test_a_stop_that_nobody_answered_for_is_asked_for_again(
    teller: Teller, ana: Someone
) -> None:
    op = await teller.drive((await _asked(teller, ana)).id)
    op = await _abandoned(teller, op)
    teller.box.fault("reset", match={"path": "/transfer/cancel"})
    op = await teller.drive(op.id)
    assert OpState(op.state) is OpState.PENDING
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.CANCELLED
    assert await teller.books(ana) == {}
