"""Streams of frames: ids without holes, for those alone who listen, kept for a while."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.identity.events import FRIENDSHIP_ENDED, between
from quid.kit import clock, db, outbox
from quid.kit.jobs import run_once
from quid.kit.runtime import Runtime
from quid.notifications.consumers.socket import SOCKET
from quid.notifications.jobs.streams import STREAMS
from quid.notifications.queries import streams as queries
from quid.notifications.service import frames
from quid.notifications.service.frames import NewFrame
from quid.notifications.service.hub import Hub
from tests.support.people import Someone

ALL = 10_000


async def _number(house: Runtime, *users: UUID) -> set[UUID]:
    now = clock.now()
    async with house.part(db.Database).transaction() as tx:
        return await frames.number(tx, [NewFrame(u, "balance_updated", None, now) for u in users])


async def _ids(house: Runtime, user: Someone) -> list[int]:
    async with house.part(db.Database).read() as conn:
        return [f.n for f in await queries.after(conn, {user.id: 0}, most=ALL)]


async def _wake(user: Someone, **ago: float) -> int:
    return await Hub().wake(user.id, now=clock.now() - timedelta(**ago))


async def test_who_never_opened_a_socket_costs_nothing(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    await _wake(ana)
    assert await _number(house, ana.id, ben.id, ana.id) == {ana.id}
    assert (await _ids(house, ana), await _ids(house, ben)) == ([1, 2], [])


async def test_few_events_are_told_at_once(house: Runtime, ana: Someone, ben: Someone) -> None:
    """One may be told to thousands, and while it is nobody reads newer events."""
    await _wake(ana)
    parted = between(FRIENDSHIP_ENDED, ana.id, ben.id, at=clock.now())
    async with house.part(db.Database).transaction() as tx:
        await outbox.append(tx, [parted] * 60)
    told: list[int] = []
    while len(told) < 60:
        await outbox.consume(house.part(db.Database), SOCKET)
        before, told = told, await _ids(house, ana)
        assert len(told) - len(before) <= 25


@pytest.mark.parametrize("lanes", [8])
async def test_many_writers_leave_no_hole_and_no_reader_sees_one(
    house: Runtime, ana: Someone, ben: Someone, lanes: int
) -> None:
    await _wake(ana)
    await _wake(ben)
    is_over = False

    async def write(n: int) -> None:
        for i in range(25):
            order = (ana.id, ben.id) if (n + i) % 2 else (ben.id, ana.id)
            await _number(house, *order)

    async def read() -> int:
        seen = 0
        while not is_over:
            found = await _ids(house, ana)
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= seen
            seen = len(found)
        return seen

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(n) for n in range(lanes)))
    is_over = True
    await reading
    assert await _ids(house, ana) == await _ids(house, ben) == list(range(1, 25 * lanes + 1))


async def test_a_stream_sleeps_after_a_week_and_whoever_wakes_it_knows_that_it_slept(
    house: Runtime, ana: Someone
) -> None:
    await _wake(ana, days=7, minutes=1)
    await _number(house, ana.id)
    assert await run_once(house.part(db.Database), STREAMS, now=clock.now())
    assert await _number(house, ana.id) == set()
    assert await _wake(ana) == 2  # 1 was the last frame; there is no 2, so a cursor of 1 is too old
    assert await _wake(ana) == 2
    await _number(house, ana.id)
    assert await _ids(house, ana) == [1, 3]


async def test_frames_are_kept_for_a_week_from_the_oldest_on(
    house: Runtime, ana: Someone, admin: asyncpg.Connection
) -> None:
    await _wake(ana)
    await _number(house, *[ana.id] * 6)
    # What is told late may have happened earlier: 4 is older than 3, and 3 goes with it.
    for n, days in ((1, 9), (2, 8), (4, 7.1)):
        await admin.execute(
            "update notifications.frame set at = now() - make_interval(secs => $1) where n = $2",
            days * 86_400,
            n,
        )
    assert await run_once(house.part(db.Database), STREAMS, now=clock.now())
    assert await _ids(house, ana) == [5, 6]


async def test_a_thousand_are_kept_of_a_person(
    house: Runtime, ana: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_ROWS_AT_ONCE", 2)  # it goes on until nothing is left
    await _wake(ana)
    await _number(house, *[ana.id] * (frames.KEPT_MAX + 3))
    assert await run_once(house.part(db.Database), STREAMS, now=clock.now())
    assert await _ids(house, ana) == list(range(4, frames.KEPT_MAX + 4))
