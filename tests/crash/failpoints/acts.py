"""What happens without a request: commands of a shell, timed jobs, the worker's part."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from quid.entrypoints import worker
from quid.funding import service as funding
from quid.funding.ports import Rails
from quid.funding.service import booking
from quid.funding.store import operations
from quid.funding.types import Move, Operation, OpState, Provider
from quid.kit import clock, db, ids, jobs, outbox
from quid.kit.config import Core
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.notifications.service import sending
from quid.payments import service as payments
from tests.crash.failpoints.paper_bank import PaperBank, rails_of

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
CONSUMERS: Final = worker.CONSUMERS
Act = Callable[[Runtime, Mapping[str, str]], Awaitable[None]]


def _person(facts: Mapping[str, str], handle: str) -> UUID:
    found = ids.read("usr", facts[handle])
    assert found is not None
    return found


async def fund(_: Runtime, facts: Mapping[str, str]) -> None:
    """An operator puts money into a wallet, under a key."""
    await payments.fund(_person(facts, "ana"), 2500, key="again", operator="test", now=clock.now())


async def consume(rt: Runtime, _: Mapping[str, str]) -> None:
    """The worker takes the events that wait."""
    for consumer in CONSUMERS:
        await outbox.consume(rt.part(db.Database), consumer)


async def deliver(rt: Runtime, facts: Mapping[str, str]) -> None:
    """The worker tells of what has happened and hands mails over, until none is left.

    Half an hour on it takes over what somebody died of, and tries again what failed.
    """
    await consume(rt, facts)
    for later in (timedelta(0), timedelta(minutes=30)):
        while await sending.send_due("email", now=clock.now() + later):
            pass


async def _moved(rt: Runtime, facts: Mapping[str, str], act: str) -> None:
    """Ana moves money from or to her bank, under a key, until the bank has taken it back."""
    bank = PaperBank(rt.part(Core).home / "bank")
    rt.put(rails_of(bank), kind=Rails)
    ana, source = _person(facts, "ana"), ids.read("fs", facts["moving_bank"])
    assert source is not None
    now = clock.now()
    key = Key(ana, act, digest16(b"again"), digest16(b"the same"))
    cmd = Move(ids.new(ids.bucket(ana), now), key, ana, source, 2500)
    ask = funding.deposit if act == funding.DEPOSIT else funding.withdraw
    asked = await ask(cmd, now=now)
    op = await _taken(rt, asked.op_id)
    last = "funds_available" if act == funding.DEPOSIT else "settled"
    for word in ("posted", last, "returned"):
        seen = await bank.get(ref=op.provider_ref)
        assert seen is not None
        told = replace(seen, status=word)
        await funding.observe(Provider.PLAID, [told], cause="event", now=clock.now())
    assert len([m for m in bank.movements() if booking.shown(op) in m]) == 1


async def _taken(rt: Runtime, op_id: UUID) -> Operation:
    """Drive an operation until its bank has it, whoever has died meanwhile."""
    for _ in range(5):
        async with rt.part(db.Database).transaction() as tx:
            op = await operations.locked(tx, op_id)
            assert op is not None
            if op.state >= OpState.PENDING:
                return op
            await operations.save(tx, replace(op, next_at=_LONG_AGO), now=clock.now())
        await funding.drive(op_id, within=20, now=clock.now())
    raise AssertionError("the bank never took it")


async def deposit(rt: Runtime, facts: Mapping[str, str]) -> None:
    """Money comes in from a bank, and goes back to it."""
    await _moved(rt, facts, funding.DEPOSIT)


async def withdraw(rt: Runtime, facts: Mapping[str, str]) -> None:
    """Money goes out to a bank, and comes back from it."""
    await _moved(rt, facts, funding.WITHDRAW)


def _job(job: jobs.Job) -> Act:
    async def act(rt: Runtime, _: Mapping[str, str]) -> None:
        await jobs.run_once(rt.part(db.Database), job, now=clock.now())

    return act


async def forget(_: Runtime, facts: Mapping[str, str]) -> None:
    """Not a flow: what the engine must find, money put in under a key that is new each time."""
    key = clock.now().isoformat()
    await payments.fund(_person(facts, "ana"), 2500, key=key, operator="test", now=clock.now())


ACTS: Final[Mapping[str, Act]] = {
    "fund": fund,
    "consume": consume,
    "deliver": deliver,
    "deposit": deposit,
    "withdraw": withdraw,
    "forget": forget,
    **{f"job {job.name}": _job(job) for job in worker.JOBS},
}
