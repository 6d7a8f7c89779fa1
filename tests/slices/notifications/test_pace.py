"""How fast deliveries go: together where they are ready, and not faster than is allowed."""

import asyncio
import time
from datetime import datetime

import asyncpg
import pytest

from quid.kit.runtime import Runtime
from quid.notifications.jobs import follow
from quid.notifications.service import sending
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import ChannelName
from tests.support.feeds import pay
from tests.support.notices import Told, channels, send, told
from tests.support.people import Someone


async def test_those_handed_over_together_are_written_down_together(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    for n in range(9):
        await pay(house, ana, ben, 100 + n)
    await told(house, admin)
    channels(email=Told())
    assert await send("email") == 9
    rows = await admin.fetch(
        "select state, xmin::text as by from notifications.delivery where channel = 'email'"
    )
    assert {r["state"] for r in rows} == {"SENT"}
    assert len({r["by"] for r in rows}) < 9


@pytest.mark.parametrize(("a_second", "at_most"), [(40, 30), (100_000, 10_000)])
async def test_no_more_is_sent_in_a_second_than_is_allowed(
    a_second: int, at_most: int, house: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, stop = 0, asyncio.Event()

    async def ten(_: ChannelName, **_now: datetime) -> int:
        nonlocal taken
        taken += 10
        if taken >= at_most:
            stop.set()
        return 10

    monkeypatch.setattr(sending, "send_due", ten)
    house.put(ChannelSettings(mails_per_second=a_second))
    began = time.monotonic()
    await follow("email", stop)
    assert time.monotonic() - began >= (taken - 10) / a_second
