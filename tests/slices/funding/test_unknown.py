"""What nobody answered for: looked up, made again under its key, never doubled, never undone
before it is known."""

import asyncio

import pytest

from quid.funding import service
from quid.funding.types import OpState
from quid.kit import clock
from quid.ledger.types import Kind
from tests.support.people import Someone
from tests.support.teller import Teller


async def test_a_submit_whose_answer_was_lost_is_found_again(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    teller.box.fault("reset", times=3, effect=True, match={"path": "/transfer/create"})
    op = await teller.deposit(ana, bank, 5_000)
    assert OpState(op.state) is OpState.SUBMITTING
    assert op.unsure_since is not None
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING
    assert op.unsure_since is None
    assert len(teller.box.effects("transfer.created")) == 1
    assert await teller.books(ana) == {Kind.INCOMING: 5_000}


async def test_a_submit_that_never_arrived_is_made_again(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    teller.box.fault("reset", match={"path": "/transfer/create"})
    op = await teller.deposit(ana, bank, 5_000)
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1


async def test_after_its_authorization_it_is_only_looked_up(teller: Teller, ben: Someone) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    teller.box.fault("reset", match={"path": "/transfer/create"})
    op = await teller.withdraw(ben, bank, 5_000)
    assert OpState(op.state) is OpState.SUBMITTING
    assert await teller.books(ben) == {Kind.WALLET: 5_000}
    op = await teller.drive((await teller.age(op, hours=49)).id)
    assert (OpState(op.state), op.failure_code) == (OpState.FAILED, "NOT_DONE")
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert teller.box.effects("transfer.created") == []


async def test_whoever_dies_between_intent_and_answer_is_succeeded(
    teller: Teller, ana: Someone
) -> None:
    """The intent is there, the lease is over: the next one looks before it moves anything."""
    bank = await teller.bank(ana)
    teller.box.fault("reset", effect=True, match={"path": "/transfer/create"})
    op = await teller.deposit(ana, bank, 5_000)
    async with teller.database.transaction() as tx:
        await tx.execute(
            "update funding.call set outcome = null, done_at = null where step = 'submit'"
        )
        await tx.execute("update funding.operation set unsure_since = null")
    op = await teller.drive((await teller.age(op, hours=25)).id)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1


@pytest.mark.parametrize("path", ["/transfer/authorization/create"])
async def test_a_decision_whose_answer_was_lost_is_asked_for_again(
    teller: Teller, ana: Someone, path: str
) -> None:
    bank = await teller.bank(ana)
    teller.box.fault("reset", effect=True, match={"path": path})
    op = await teller.deposit(ana, bank, 5_000)
    assert OpState(op.state) is OpState.AUTHORIZING
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING


async def test_two_drive_one_operation_once(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    cmd = teller.move(ana, bank, 5_000, service.DEPOSIT)
    asked = await service.deposit(cmd, now=clock.now())
    other = service.Drives()
    mine = teller.rt.part(service.Drives)
    tasks = [d.begin(asked.op_id, now=clock.now()) for d in (mine, other)]
    for task in tasks:
        await task
    assert OpState((await teller.read(asked.op_id)).state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1
    assert len(teller.box.effects("authorization.created")) <= 1


async def test_a_look_up_that_fails_does_not_make_the_submit_certain(
    teller: Teller, ben: Someone
) -> None:
    """The push has left, its answer was lost, and then nobody answers for a day: it has left."""
    teller.fund()
    bank = await teller.bank(ben)
    teller.box.fault("reset", effect=True, match={"path": "/transfer/create"})
    op = await teller.withdraw(ben, bank, 5_000)
    assert op.unsure_since is not None
    assert op.next_at is not None
    teller.box.fault("status", times=3, match={"path": "/transfer/get"}, status=500)
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.SUBMITTING
    async with teller.database.transaction() as tx:  # its day is over, its authorization is not
        await tx.execute(
            "update funding.operation set deadline = now() - interval '1 s', next_at = now()"
        )
    op = await teller.drive(op.id)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1
    assert await teller.books(ben) == {Kind.WALLET: 5_000}


async def test_whoever_died_in_a_submit_is_not_certain_after_a_failed_look_up(
    teller: Teller, ben: Someone
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    teller.box.fault("reset", effect=True, match={"path": "/transfer/create"})
    op = await teller.withdraw(ben, bank, 5_000)
    async with teller.database.transaction() as tx:
        await tx.execute(
            "update funding.call set outcome = null, done_at = null where step = 'submit'"
        )
        await tx.execute("update funding.operation set unsure_since = null, next_at = now()")
    teller.box.fault("status", times=3, match={"path": "/transfer/get"}, status=500)
    op = await teller.drive(op.id)
    assert OpState(op.state) is OpState.SUBMITTING
    assert op.unsure_since is not None


async def test_a_fault_of_ours_after_a_lost_answer_undoes_nothing(
    teller: Teller, ben: Someone
) -> None:
    """Its account cannot be named for a while, by our own fault: what has left has left."""
    teller.fund()
    bank = await teller.bank(ben)
    teller.box.fault("reset", effect=True, match={"path": "/transfer/create"})
    op = await teller.withdraw(ben, bank, 5_000)
    assert op.next_at is not None
    async with teller.database.transaction() as tx:
        await tx.execute("update funding.source set token = null where id = $1", bank.id)
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.SUBMITTING
    assert op.unsure_since is not None
    assert await teller.books(ben) == {Kind.WALLET: 5_000}
    async with teller.database.transaction() as tx:
        await tx.execute("update funding.source set token = $2 where id = $1", bank.id, bank.token)
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1


async def test_whoever_comes_late_with_an_error_disturbs_nobody(
    teller: Teller, ben: Someone
) -> None:
    """Its lease was over, another has gone on: what it hears of our float then is of yesterday."""
    teller.fund()
    bank = await teller.bank(ben)
    cmd = teller.move(ben, bank, 5_000, service.WITHDRAW)
    asked = await service.withdraw(cmd, now=clock.now())
    teller.box.fault("latency", seconds=1.5, match={"path": "/transfer/ledger/get"})
    late = service.Drives().begin(asked.op_id, now=clock.now())
    await asyncio.sleep(0.3)
    async with teller.database.transaction() as tx:
        await tx.execute("update funding.operation set next_at = now()")
    teller.box.fault("latency", seconds=2.5, match={"path": "/transfer/create"})
    mine = service.Drives().begin(asked.op_id, now=clock.now())
    await asyncio.sleep(0.3)
    teller.box.get(
        "/transfer/ledger/withdraw", amount="100000.00", network="ach", idempotency_key="gone"
    )
    await late
    await mine
    op = await teller.read(asked.op_id)
    assert OpState(op.state) is OpState.PENDING
    op = await teller.drive((await teller.age(op, hours=1)).id)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1
