"""What happens without a request: commands of a shell, timed jobs, the worker's part."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from quid.entrypoints import worker
from quid.kit import clock, db, ids, jobs, outbox
from quid.kit.runtime import Runtime
from quid.payments import consumers as payments_consumers
from quid.payments import service as payments

CONSUMERS: Final = payments_consumers.CONSUMERS
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
    "forget": forget,
    **{f"job {job.name}": _job(job) for job in worker.JOBS},
}
