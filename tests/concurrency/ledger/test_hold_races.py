"""Holds, reversals and groups with real commits on eight lanes: each ends once, none deadlocks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import jobs
from quid.ledger import service as ledger
from quid.ledger.types import Check, Hold, HoldState, Meter, Outcome, Result, Transfer
from tests.concurrency.ledger.test_races import LANES, post
from tests.support.holds import Safe, open_safe
from tests.support.ledger import found_town, new_id, now, seeded


@pytest.fixture
async def lanes(database: db.Database) -> AsyncIterator[list[db.Lane]]:
    opened = [await database.lane(f"race {n}") for n in range(LANES)]
    yield opened
    for lane in opened:
        await lane.drop()


@pytest.fixture
async def safe(database: db.Database) -> Safe:
    return await open_safe(await found_town(database, people=4))


async def raced(lanes: list[db.Lane], items: list[Transfer]) -> Counter[Result]:
    """Post one item on each lane, all at once."""
    answers = await asyncio.gather(
        *(post(lane, item) for lane, item in zip(lanes, items, strict=True))
    )
    return Counter(o.result for [o] in answers)


async def test_of_captures_releases_and_expiry_one_has_the_hold(
    safe: Safe, lanes: list[db.Lane], admin: asyncpg.Connection
) -> None:
    for _ in range(10):
        hold = await safe.place(0, 100, expires_at=now() + timedelta(milliseconds=30))
        await asyncio.sleep(0.02)
        items = [ledger.capture(new_id(), hold, safe.town.wallets[1]) for _ in range(3)]
        items += [ledger.release(new_id(), hold) for _ in range(3)]
        items += [ledger.expire(hold)] * 2
        results = await raced(lanes, items)
        again = await post(lanes[0], ledger.expire(hold), ledger.release(new_id(), hold))
        assert results[Result.POSTED] >= 1 or again[0].result is Result.POSTED
        ended = await safe.hold(hold.id)
        assert ended.left == 0
        assert ended.state in (HoldState.CAPTURED, HoldState.RELEASED, HoldState.EXPIRED)
        moved = await admin.fetchval(
            "select count(*) from ledger.journal where source_id = $1", hold.id
        )
        assert moved == 1
        assert set(results) <= {
            Result.POSTED,
            Result.SOURCE_USED_UP,
            Result.HOLD_EXPIRED,
            Result.CODE_NOT_ALLOWED,
        }


async def test_no_more_is_captured_than_was_set_aside(safe: Safe, lanes: list[db.Lane]) -> None:
    hold = await safe.place(0, 1_000)
    items = [
        ledger.capture(new_id(), hold, safe.town.wallets[1 + n % 3], 300) for n in range(LANES)
    ]
    results = await raced(lanes, items)
    assert results == {Result.POSTED: 3, Result.SOURCE_EXCEEDED: LANES - 3}
    assert (await safe.hold(hold.id)).left == 100


async def test_a_wallet_is_set_aside_once_however_many_try(
    safe: Safe, lanes: list[db.Lane]
) -> None:
    results = await raced(lanes, [safe.placing(0, 10_000) for _ in lanes])
    assert results == {Result.POSTED: 1, Result.INSUFFICIENT_FUNDS: LANES - 1}


async def test_a_payment_is_undone_once_however_many_try(safe: Safe, lanes: list[db.Lane]) -> None:
    payment = safe.town.payment(0, 1, 1_000)
    await safe.town.post(payment)
    original = await safe.original(payment.id)
    results = await raced(lanes, [ledger.reverse(new_id(), original) for _ in lanes])
    assert results == {Result.POSTED: 1, Result.SOURCE_USED_UP: LANES - 1}
    payment = safe.town.payment(0, 1, 1_000)
    await safe.town.post(payment)
    original = await safe.original(payment.id)
    results = await raced(lanes, [ledger.reverse(new_id(), original, 400) for _ in lanes])
    assert results == {Result.POSTED: 2, Result.SOURCE_EXCEEDED: LANES - 2}
    assert (await safe.original(payment.id)).reversed == 800


async def test_the_same_group_on_all_lanes_is_booked_once(safe: Safe, lanes: list[db.Lane]) -> None:
    hold = await safe.place(0, 1_000)
    capture = ledger.capture(new_id(), hold, safe.town.wallets[1], 600)
    items = ledger.group(1, [capture, ledger.release(new_id(), hold), safe.town.payment(2, 3, 5)])
    answers = await asyncio.gather(*(post(lane, *items) for lane in lanes))
    fresh = Counter(o.is_replayed for answer in answers for o in answer)
    assert fresh == {False: 3, True: 3 * (LANES - 1)}
    assert {o.result for answer in answers for o in answer} == {Result.POSTED}
    assert await safe.nets() == [9_400, 10_600, 9_995, 10_005, 0, 0, 0, 0]


async def test_sweeps_and_captures_at_once_end_every_hold(
    safe: Safe, database: db.Database, lanes: list[db.Lane], admin: asyncpg.Connection
) -> None:
    soon = now() + timedelta(seconds=20)
    held = [await safe.place(n % 4, 10, expires_at=soon) for n in range(60)]

    async def capture(lane: db.Lane, mine: list[Hold]) -> list[Outcome]:
        return [
            (await post(lane, ledger.capture(new_id(), h, safe.town.wallets[0])))[0] for h in mine
        ]

    async def turn() -> None:
        await asyncio.sleep(0.05)
        await admin.execute("update ledger.calendar set clock_ahead = '21 seconds'")

    async def sweep() -> None:
        for _ in range(3):
            await asyncio.sleep(0.04)
            async with database.transaction() as tx:
                await jobs.expire_holds(tx, now())

    work = [capture(lane, held[n::LANES]) for n, lane in enumerate(lanes)]
    await asyncio.gather(turn(), sweep(), sweep(), *work)
    await sweep()
    ended = [await safe.hold(h.id) for h in held]
    assert all(h.left == 0 and h.captured in (0, 10) for h in ended)
    assert sum(await safe.town.nets()) == 40_000


async def test_random_life_with_holds_on_eight_lanes_keeps_the_books(
    safe: Safe, lanes: list[db.Lane]
) -> None:
    """Holds, captures, releases, reversals, groups and payments to one hot wallet at once."""
    holds: list[Hold] = []
    paid: list[Transfer] = []

    async def live(lane: db.Lane, seed: int) -> None:
        rng = seeded(seed)
        for number in range(25):
            items = []
            for _ in range(rng.randint(1, 8)):
                person, amount = rng.randrange(1, 4), rng.choice([0, 1, 30, 200])
                check = Check(safe.town.wallets[person], Meter.SEND_7D, 9_000, 300, "weekly")
                kind = rng.randrange(5)
                if kind == 0:
                    item = safe.placing(person, amount + 1, checks=(check,))
                elif kind == 1 and holds:
                    item = ledger.capture(new_id(), rng.choice(holds), safe.town.wallets[0], amount)
                elif kind == 2 and holds:
                    item = ledger.release(new_id(), rng.choice(holds), amount)
                elif kind == 3 and paid:
                    original = await safe.original(rng.choice(paid).id)
                    item = ledger.reverse(new_id(), original, amount)
                else:
                    item = safe.town.payment(person, 0, amount + 1, [check])
                items.append(item._replace(group=rng.choice([0, number + 1])))
            items.sort(key=lambda i: i.group)
            outcomes = await post(lane, *items)
            for item, outcome in zip(items, outcomes, strict=True):
                if outcome.result is Result.POSTED and item.flags == 4:
                    holds.append(await safe.hold(item.id))
                elif outcome.result is Result.POSTED and item.flags == 0:
                    paid.append(item)

    await asyncio.gather(*(live(lane, n) for n, lane in enumerate(lanes)))
    assert sum(await safe.nets()) == 40_000
    assert holds
    assert paid
