"""The worker: consumers of events and timed jobs. `python -m quid.entrypoints.worker`."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import uvloop
from pydantic import ValidationError

from quid.collect import jobs as collect
from quid.collect.consumers import CONSUMERS as COLLECT_CONSUMERS
from quid.entrypoints import keeping, wiring
from quid.funding import jobs as funding
from quid.funding.consumers import CONSUMERS as FUNDING_CONSUMERS
from quid.identity import jobs as identity
from quid.kit import config, db, outbox, resealing, runtime, telemetry
from quid.kit.audit import chain
from quid.kit.config import Core
from quid.kit.jobs import Job, keep
from quid.kit.pager import Pager
from quid.ledger import auditor
from quid.ledger import jobs as ledger
from quid.notifications import jobs as notifications
from quid.notifications.consumers import CONSUMERS as NOTIFICATIONS_CONSUMERS
from quid.payments import jobs as payments
from quid.payments.consumers import CONSUMERS as PAYMENTS_CONSUMERS
from quid.social import jobs as social
from quid.social.consumers import CONSUMERS as SOCIAL_CONSUMERS

_HOUR: Final = 3600.0
_CHAIN_SECONDS: Final = 2.0
_RESEAL_SECONDS: Final = 30.0
_FORGET_SECONDS: Final = 5.0


async def _tend_outbox(tx: db.Tx, now: datetime) -> None:
    await outbox.tend(tx, now=now)


async def _forget_inbox(tx: db.Tx, now: datetime) -> None:
    await outbox.forget(tx, now=now)


async def _tend_audit(tx: db.Tx, now: datetime) -> None:
    await chain.tend(tx, now=now)


async def _chain_audit(tx: db.Tx, _: datetime) -> None:
    await chain.link(tx)


async def _reseal(_: db.Tx, now: datetime) -> Callable[[], Awaitable[None]]:
    """Seal anew after the job's own transaction: files are read on the way."""

    async def work() -> None:
        while await resealing.reseal(now=now):
            pass

    return work


JOBS: Final = (
    Job("kit.outbox", _HOUR, _tend_outbox),
    Job("kit.inbox", _FORGET_SECONDS, _forget_inbox),
    Job("kit.audit", _HOUR, _tend_audit),
    Job("kit.reseal", _RESEAL_SECONDS, _reseal),
    Job("kit.audit_chain", _CHAIN_SECONDS, _chain_audit),
    *ledger.JOBS,
    *identity.JOBS,
    *funding.JOBS,
    *payments.JOBS,
    *collect.JOBS,
    *social.JOBS,
    *notifications.JOBS,
)


CONSUMERS: Final = (
    *FUNDING_CONSUMERS,
    *PAYMENTS_CONSUMERS,
    *COLLECT_CONSUMERS,
    *SOCIAL_CONSUMERS,
    *NOTIFICATIONS_CONSUMERS,
)


async def serve() -> None:
    """Follow events and keep jobs until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with (
        wiring.opened(wiring.WORKER) as rt,
        keeping.recon(rt) as recon,
        asyncio.TaskGroup() as group,
    ):
        database = rt.part(db.Database)
        pager = rt.part(Pager)  # type: ignore[type-abstract]  # wiring gives one
        group.create_task(auditor.follow(recon, stop), name="ledger.auditor")
        group.create_task(auditor.follow_pages(recon, pager, stop), name="ledger.pages")
        group.create_task(keeping.keep_books(rt, recon, stop), name="ledger.books")
        group.create_task(funding.follow_switches(stop, is_shown=True), name="funding.switches")
        for provider in funding.providers():
            name = f"funding.pull.{provider.name.lower()}"
            group.create_task(funding.follow(provider, stop), name=name)
        for channel in notifications.CHANNELS:
            name = f"notifications.{channel}"
            group.create_task(notifications.follow(channel, stop), name=name)
        for consumer in CONSUMERS:
            group.create_task(outbox.follow(database, consumer, stop), name=consumer.name)
        for job in JOBS:
            group.create_task(keep(database, job, stop), name=job.name)
        runtime.settle()
        ready = rt.part(Core).home / "run" / "worker.ready"
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.touch()
        telemetry.log.info("worker.ready")


def main() -> int:
    """Serve. Exit 2: the settings are wrong."""
    telemetry.start_logging("worker")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())
    except (config.BadSettings, ValidationError) as e:
        sys.stderr.write(f"Quid cannot start: {e}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
