"""What a bank takes back while its owner spends, counts that race, locks taken ahead."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import (
    Act,
    Check,
    Code,
    Kind,
    Meter,
    NewAccount,
    Outcome,
    Result,
    Transfer,
)
from tests.support.ledger import USD, found_town, new_id, now, seeded
from tests.support.rails import lay_rails

LANES: Final = 8


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


async def test_a_return_is_never_refused_and_never_takes_more_than_there_is(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    """Each round: a deposit comes back whole while seven others spend it in parts."""
    rails = await lay_rails(database)
    for turn in range(12):
        await rails.deposit(1_000)
        pair = rails.taken(Code.PULL_RETURNED, Kind.RAIL_AVAILABLE, 1_000)
        spends = [
            rails.move(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS, 90 + 10 * n)
            for n in range(LANES - 1)
        ]
        tries = [ledger.group(1, pair), *([s] for s in spends)]
        seeded(turn).shuffle(tries)
        answers = await asyncio.gather(
            *(post(lane, *items) for lane, items in zip(lanes, tries, strict=True))
        )
        sent = [item.id for items in tries for item in items]
        told = dict(zip(sent, [o for answer in answers for o in answer], strict=True))
        taken, rest = (told[i.id] for i in pair)
        assert taken.result.is_success
        assert rest.result.is_success
        assert taken.moved_minor + rest.moved_minor == 1_000
        spent = sum(told[s.id].moved_minor for s in spends)
        nets = await rails.nets(Kind.WALLET, Kind.RECEIVABLE)
        assert nets[Kind.WALLET] == 1_000 - spent - taken.moved_minor
        # What is owed is what was spent before the bank came; the rest is paid back for the next.
        owed = -nets[Kind.RECEIVABLE]
        assert owed == rest.moved_minor
        await rails.deposit(owed or 1)
        back = rails.move(Code.RECOVERY, Kind.WALLET, Kind.RECEIVABLE, 10_000)
        [paid] = await post(lanes[0], back._replace(flags=Act.AT_MOST))
        assert paid.moved_minor == owed
        left = (await rails.nets(Kind.WALLET))[Kind.WALLET]
        if left:
            assert await rails.spend(left) is Result.POSTED


async def test_a_pair_sent_on_all_lanes_is_booked_once(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    rails = await lay_rails(database)
    await rails.deposit(1_000)
    await rails.spend(400)
    pair = ledger.group(1, rails.taken(Code.PULL_RETURNED, Kind.RAIL_AVAILABLE, 1_000))
    answers = await asyncio.gather(*(post(lane, *pair) for lane in lanes))
    assert {tuple(o.moved_minor for o in a) for a in answers} == {(600, 400)}
    assert Counter(o.is_replayed for a in answers for o in a) == {False: 2, True: 2 * LANES - 2}


async def test_counts_race_to_their_limit_and_stop_there(database: db.Database) -> None:
    town = await found_town(database, people=1)
    check = Check(town.wallets[0], Meter.BANK_IN_7D, 1_000, None, "weekly")

    async def count() -> Result:
        async with database.transaction() as tx:
            return (await ledger.consume(tx, town.wallets[0], 90, [check])).result

    results = Counter(await asyncio.gather(*(count() for _ in range(24))))
    assert results == {Result.POSTED: 11, Result.LIMIT_EXCEEDED: 13}


async def test_lock_then_count_then_post_on_opposite_pairs_never_deadlocks(
    database: db.Database, lanes: list[db.Lane]
) -> None:
    """Each counts on the payee, whose id may be the higher or the lower: only `lock` orders it."""
    town = await found_town(database, people=4)
    owners = [new_id() for _ in town.wallets]
    async with database.transaction() as tx:
        advances = await ledger.open_accounts(
            tx, [NewAccount(Kind.ADVANCE, USD, owner) for owner in owners]
        )

    async def live(lane: db.Lane, seed: int) -> None:
        chance = seeded(seed)
        for _ in range(30):
            payer, payee = chance.sample(range(4), 2)
            accounts = [town.wallets[payer], town.wallets[payee], advances[payee]]
            check = Check(accounts[1], Meter.BANK_IN_7D, None, None, "weekly")
            async with lane.transaction() as tx:
                await tx.execute("set local lock_timeout = '20s'")
                await ledger.lock(tx, chance.sample(accounts, 3))
                counted = await ledger.consume(tx, accounts[1], 5, [check])
                await ledger.set_bounds(tx, accounts[2], floor=-chance.randrange(9))
                if chance.random() < 0.5:
                    await ledger.give_back(tx, accounts[1], [check.meter], 5, counted.counted_at)
                await ledger.post(tx, [town.payment(payer, payee, 1)], now=now())

    await asyncio.gather(*(live(lane, n) for n, lane in enumerate(lanes)))
    assert sum(await town.nets()) == 40_000
    async with database.read() as conn:
        used = await queries.used(conn, town.wallets, now=now())
        deadlocks = await conn.fetch(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
    assert all(u.minor == 5 * u.n for u in used.values())
    assert deadlocks[0][0] == 0
