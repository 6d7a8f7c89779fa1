"""What every store of timelines must do. Another one is one parameter more of `store`."""

import uuid
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quid.kit import clock, db
from quid.social.adapters.postgres import PostgresTimelines
from quid.social.ports import KEPT, TimelineStore
from quid.social.types import NEWEST, Position, TimelineRow

ANA, BEN = UUID(int=1), UUID(int=2)
SOON = timedelta(milliseconds=1)


@pytest.fixture(params=["postgres"])
async def store(database: db.Database) -> TimelineStore:
    """A store with room for today."""
    made = PostgresTimelines(database)
    await made.tend(clock.now())
    return made


@pytest.fixture
def noon() -> datetime:
    """A moment of yesterday, in whole milliseconds: no store keeps less."""
    return (clock.now() - timedelta(days=1)).replace(microsecond=0)


async def _add(store: TimelineStore, database: db.Database, rows: list[TimelineRow]) -> None:
    async with database.transaction() as tx:
        await store.add(tx, rows)


def _rows(viewer: UUID, at: datetime, many: int, *, step: timedelta = SOON) -> list[TimelineRow]:
    return [TimelineRow(viewer, at + n * step, uuid.uuid4()) for n in range(many)]


def _newest_first(rows: list[TimelineRow]) -> list[Position]:
    return sorted(
        (Position(r.completed_at, r.payment_id) for r in rows),
        key=lambda p: (p.at, p.id),
        reverse=True,
    )


async def test_an_empty_timeline_has_an_empty_page(store: TimelineStore) -> None:
    assert await store.page(ANA, before=NEWEST, limit=20) == []


async def test_rows_are_listed_newest_first_whatever_the_order_they_came_in(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    rows = _rows(ANA, noon, 30)
    await _add(store, database, rows[10:])
    await _add(store, database, rows[:10])
    assert await store.page(ANA, before=NEWEST, limit=100) == _newest_first(rows)


async def test_a_row_that_comes_again_stands_once(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    rows = _rows(ANA, noon, 5)
    await _add(store, database, rows)
    await _add(store, database, [*rows, rows[0]])
    assert await store.page(ANA, before=NEWEST, limit=100) == _newest_first(rows)


async def test_pages_join_without_a_gap_or_a_repeat(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    # Every three of them share a time, and pages of four end amid such three.
    rows = [
        TimelineRow(ANA, noon + n * SOON, payment)
        for n in range(9)
        for payment in (uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    ]
    await _add(store, database, rows)
    found: list[Position] = []
    before = NEWEST
    while page := await store.page(ANA, before=before, limit=4):
        assert len(page) == 4 or len(found) + len(page) == len(rows)
        found += page
        before = page[-1]
    assert found == _newest_first(rows)


async def test_a_page_begins_strictly_before_its_position(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    rows = _rows(ANA, noon, 3)
    await _add(store, database, rows)
    newest, middle, oldest = _newest_first(rows)
    assert await store.page(ANA, before=newest, limit=9) == [middle, oldest]
    between = Position(middle.at, UUID(int=2**128 - 1))
    assert await store.page(ANA, before=between, limit=9) == [middle, oldest]
    assert await store.page(ANA, before=Position(middle.at, UUID(int=0)), limit=9) == [oldest]
    assert await store.page(ANA, before=oldest, limit=9) == []


async def test_a_page_crosses_the_borders_of_months(
    store: TimelineStore, database: db.Database
) -> None:
    rows = _rows(ANA, clock.now() - timedelta(days=80), 16, step=timedelta(days=5))
    await _add(store, database, rows)
    listed = _newest_first(rows)
    assert await store.page(ANA, before=NEWEST, limit=16) == listed
    assert await store.page(ANA, before=listed[7], limit=5) == listed[8:13]


async def test_each_viewer_has_a_timeline_of_their_own(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    shared = uuid.uuid4()
    rows = [TimelineRow(ANA, noon, shared), TimelineRow(BEN, noon, shared)]
    await _add(store, database, rows)
    await store.drop(ANA)
    assert await store.page(ANA, before=NEWEST, limit=9) == []
    assert await store.page(BEN, before=NEWEST, limit=9) == [Position(noon, shared)]


async def test_what_was_dropped_may_be_written_again(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    rows = _rows(ANA, noon, 3)
    await _add(store, database, rows)
    await store.drop(ANA)
    await _add(store, database, rows)
    assert await store.page(ANA, before=NEWEST, limit=9) == _newest_first(rows)


async def test_what_is_promised_no_more_is_not_written(
    store: TimelineStore, database: db.Database
) -> None:
    now = clock.now()
    edge = (now - KEPT + timedelta(hours=1)).replace(microsecond=0)
    kept = TimelineRow(ANA, edge, uuid.uuid4())
    gone = TimelineRow(ANA, datetime(2020, 1, 1, tzinfo=UTC), uuid.uuid4())
    await _add(store, database, [gone, kept])
    assert await store.page(ANA, before=NEWEST, limit=9) == [Position(edge, kept.payment_id)]


async def test_tending_twice_keeps_what_is_there(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    rows = _rows(ANA, noon, 3)
    await _add(store, database, rows)
    await store.tend(clock.now())
    assert await store.page(ANA, before=NEWEST, limit=9) == _newest_first(rows)


async def test_a_month_from_now_there_is_room(store: TimelineStore, database: db.Database) -> None:
    rows = _rows(ANA, clock.now() + timedelta(days=31), 2)
    await _add(store, database, rows)
    assert await store.page(ANA, before=NEWEST, limit=9) == _newest_first(rows)


async def test_what_is_long_past_is_forgotten(
    store: TimelineStore, database: db.Database, noon: datetime
) -> None:
    await _add(store, database, _rows(ANA, noon, 3))
    await store.tend(clock.now() + timedelta(days=200))
    assert await store.page(ANA, before=NEWEST, limit=9) == []
