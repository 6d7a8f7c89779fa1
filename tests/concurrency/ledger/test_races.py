"""Real commits on many lanes at once: nothing lost, doubled, negative, or dead-locked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import service as ledger
from quid.ledger.types import Check, Meter, Outcome, Result, Transfer
from tests.support.ledger import Town, found_town, now, replace, seeded

LANES = 8


@pytest.fixture
async def lanes(database: db.Database) -> AsyncIterator[list[db.Lane]]:
    opened = [await database.lane(f"race {n}") for n in range(LANES)]
    yield opened
    for lane in opened:
        await lane.drop()


async def post(lane: db.Lane, *items: Transfer) -> list[Outcome]:
    """Post on a lane; wait for locks as long as it takes, so that only a deadlock can raise."""
    async with lane.transaction() as tx:
        await tx.execute("set local lock_timeout = '20s'")
        return await ledger.post(tx, items, now=now())


async def totals(database: db.Database) -> tuple[int, int]:
    async with database.read() as conn:
        [row] = await conn.fetch("select sum(debits)::int8, sum(credits)::int8 from ledger.account")
    return int(str(row[0])), int(str(row[1]))


async def test_lanes_have_numbers_of_their_own(lanes: list[db.Lane]) -> None:
    assert sorted(lane.number for lane in lanes) == list(range(1, LANES + 1))


async def test_opposite_pairs_never_deadlock(database: db.Database, lanes: list[db.Lane]) -> None:
    town = await found_town(database, people=4)

    async def pay(lane: db.Lane, seed: int) -> None:
        rng = seeded(seed)
        for _ in range(40):
            pairs = [rng.sample(range(4), 2) for _ in range(5)]
            await post(lane, *[town.payment(a, b, 1) for a, b in pairs])

    await asyncio.gather(*(pay(lane, n) for n, lane in enumerate(lanes)))
    assert sum(await town.nets()) == 40_000


async def test_a_wallet_is_spent_once_however_many_try(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    town = await found_town(database, people=2, each_minor=1_000)
    tries = [post(lane, town.payment(0, 1, 300)) for lane in lanes]
    results = Counter(o.result for [o] in await asyncio.gather(*tries))
    assert results == {Result.POSTED: 3, Result.INSUFFICIENT_FUNDS: LANES - 3}
    assert await town.nets() == [100, 1_900]


async def test_a_hot_account_loses_nothing(database: db.Database, lanes: list[db.Lane]) -> None:
    town = await found_town(database, people=20, each_minor=1_000)

    async def pay(lane: db.Lane) -> None:
        for _ in range(20):
            await post(lane, *[town.payment(1 + i, 0, 1) for i in range(19)])

    await asyncio.gather(*map(pay, lanes))
    assert (await town.nets())[0] == 1_000 + LANES * 20 * 19


async def test_the_same_ids_on_all_lanes_move_money_once(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    town = await found_town(database)
    items = [town.payment(i % 3, (i + 1) % 3, 1 + i) for i in range(20)]
    items += [town.payment(0, 1, 1_000_000)]
    answers = await asyncio.gather(*(post(lane, *items) for lane in lanes))
    fresh = Counter(n for a in answers for n, o in enumerate(a) if not o.is_replayed)
    assert fresh == dict.fromkeys(range(21), 1)
    told = [[o._replace(is_replayed=True) for o in a] for a in answers]
    assert all(t == told[0] for t in told)
    assert await town.nets() == (await _expected(town, items))


async def _expected(town: Town, items: list[Transfer]) -> list[int]:
    nets = [10_000] * 3
    for item in items[:20]:
        nets[town.wallets.index(item.debit)] -= item.amount_minor
        nets[town.wallets.index(item.credit)] += item.amount_minor
    return nets


async def test_the_same_id_with_other_bodies_has_one_effect(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    town = await found_town(database, people=2)
    first = town.payment(0, 1, 1)
    tries = [post(lane, replace(first, amount_minor=n + 1)) for n, lane in enumerate(lanes)]
    results = Counter(o.result for [o] in await asyncio.gather(*tries))
    assert results == {Result.POSTED: 1, Result.ID_REUSED: LANES - 1}


async def test_the_same_id_on_other_accounts_fails_for_all_but_one(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    """They share no lock: the primary key decides, and the resend of the loser says ID_REUSED."""
    town = await found_town(database, people=2 * LANES)
    first = town.payment(0, 1, 1)
    tries = [replace(town.payment(2 * n, 2 * n + 1, 1), id=first.id) for n in range(LANES)]
    answers = await asyncio.gather(
        *(post(lane, item) for lane, item in zip(lanes, tries, strict=True)),
        return_exceptions=True,
    )
    lost = [a for a in answers if isinstance(a, BaseException)]
    assert all(isinstance(a, asyncpg.UniqueViolationError) for a in lost)
    again = Counter(o.result for [o] in [await post(lanes[0], item) for item in tries])
    assert again == {Result.POSTED: 1, Result.ID_REUSED: LANES - 1}
    assert await totals(database) == (2 * LANES * 10_000 + 1,) * 2


async def test_a_limit_holds_however_many_race_to_it(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    town = await found_town(database, people=2)
    check = Check(town.wallets[0], Meter.SEND_24H, 1_000, None, "daily")
    tries = [post(lane, *[town.payment(0, 1, 90, [check]) for _ in range(3)]) for lane in lanes]
    outcomes = [o for a in await asyncio.gather(*tries) for o in a]
    results = Counter(o.result for o in outcomes)
    assert results == {Result.POSTED: 11, Result.LIMIT_EXCEEDED: 3 * LANES - 11}
    assert await town.nets() == [10_000 - 990, 10_000 + 990]


async def test_a_lane_waits_no_longer_than_its_limit_for_a_locked_row(
    database: db.Database, lanes: list[db.Lane], admin: asyncpg.Connection
) -> None:
    town = await found_town(database, people=4)
    async with admin.transaction():
        await admin.execute(
            "select 1 from ledger.account where id = $1 for update", town.wallets[0]
        )
        with pytest.raises(asyncpg.LockNotAvailableError):
            async with lanes[0].transaction() as tx:
                await ledger.post(tx, [town.payment(0, 1, 1), town.payment(2, 3, 1)], now=now())
        [other] = await post(lanes[0], town.payment(2, 3, 1))
        assert other.result is Result.POSTED
    [later] = await post(lanes[0], town.payment(0, 1, 1))
    assert later.result is Result.POSTED


async def test_random_life_on_eight_lanes_keeps_the_books(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    """Shared ids, a hot account, limits and refusals at once; the books are checked after it."""
    town = await found_town(database, people=8, each_minor=2_000)
    shared: list[Transfer] = []

    async def live(lane: db.Lane, seed: int) -> None:
        rng = seeded(seed)
        for _ in range(30):
            items = []
            for _ in range(rng.randint(1, 12)):
                if shared and rng.random() < 0.3:
                    again = rng.choice(shared)
                    items.append(replace(again, amount_minor=rng.choice([again.amount_minor, 1])))
                    continue
                payer, payee = rng.sample(range(8), 2)
                payee = 0 if payer and rng.random() < 0.5 else payee
                check = Check(town.wallets[payer], Meter.SEND_7D, 9_000, 200, "weekly")
                items.append(town.payment(payer, payee, rng.randint(1, 900), [check]))
            shared.extend(items)
            await post(lane, *items)

    await asyncio.gather(*(live(lane, n) for n, lane in enumerate(lanes)))
    assert sum(await town.nets()) == 16_000
