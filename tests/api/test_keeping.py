"""What the worker does for the books by the clock: a comparison each night, a seal each day."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import asyncpg

from quid.entrypoints import keeping
from quid.kit import clock
from quid.kit.pager import Pager
from quid.kit.runtime import Runtime
from tests.support.payers import Payer


async def test_the_books_are_compared_once_a_night_after_two(
    app_runtime: Runtime, ana: Payer
) -> None:
    night = datetime.combine(clock.now().date(), time(2), UTC) + timedelta(days=1)
    async with keeping.recon(app_runtime) as recon:
        early = night - timedelta(minutes=1)
        assert await keeping.nightly(app_runtime, recon, now=early) is None
        report = await keeping.nightly(app_runtime, recon, now=night)
        assert report is not None
        assert (report.findings, report.transfers > 0) == ([], True)
        assert await keeping.nightly(app_runtime, recon, now=night) is None
    assert ana


async def test_a_day_is_sealed_ten_minutes_after_its_end(
    app_runtime: Runtime, admin: asyncpg.Connection, ana: Payer
) -> None:
    day = clock.now().date()
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    set_clock = "update ledger.calendar set clock_ahead = $1"
    async with keeping.recon(app_runtime) as recon:
        for after, expected in ((9, []), (11, [day])):
            ahead = midnight + timedelta(minutes=after) - clock.now()
            await admin.execute(set_clock, ahead)
            made = await keeping.seal(app_runtime, recon, after=keeping.SEAL_AFTER)
            assert [seal.day for seal in made] == expected
    assert ana


async def test_the_keeper_goes_on_until_it_is_told_to_stop(app_runtime: Runtime) -> None:
    stop = asyncio.Event()
    async with keeping.recon(app_runtime) as recon:
        task = asyncio.create_task(keeping.keep_books(app_runtime, recon, stop))
        stop.set()
        await asyncio.wait_for(task, 10)
    assert app_runtime.part(Pager)  # type: ignore[type-abstract]  # wiring gives one
