"""A hundred wallets, each spent whole twenty times at once: as payments, as holds, as both."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import pytest

from quid.kit import db
from quid.ledger import service as ledger
from quid.ledger.types import Outcome, Result, Transfer
from tests.support.holds import Safe, open_safe
from tests.support.ledger import found_town, now, seeded

LANES: Final = 8
WALLETS: Final = 1000 if os.environ.get("QUID_PROOF") == "night" else 100
TRIES: Final = 20
EACH: Final = 500


@pytest.fixture
async def lanes(database: db.Database) -> AsyncIterator[list[db.Lane]]:
    opened = [await database.lane(f"race {n}") for n in range(LANES)]
    yield opened
    for lane in opened:
        await lane.drop()


@pytest.fixture
async def safe(database: db.Database) -> Safe:
    return await open_safe(await found_town(database, people=WALLETS + 1, each_minor=EACH))


async def race(lanes: list[db.Lane], items: list[Transfer]) -> Counter[tuple[int, Result]]:
    """Post in batches of twenty on all lanes at once; count the results for each wallet."""
    seeded(7).shuffle(items)
    waiting = [items[n : n + 20] for n in range(0, len(items), 20)]
    found: Counter[tuple[int, Result]] = Counter()

    async def post(lane: db.Lane) -> None:
        while waiting:
            batch = waiting.pop()
            async with lane.transaction() as tx:
                await tx.execute("set local lock_timeout = '20s'")
                outcomes: list[Outcome] = await ledger.post(tx, batch, now=now())
            found.update((i.debit, o.result) for i, o in zip(batch, outcomes, strict=True))

    await asyncio.gather(*map(post, lanes))
    return found


@pytest.mark.parametrize("kind", ["payments", "holds", "both"])
async def test_a_wallet_is_spent_whole_exactly_once(
    kind: str, safe: Safe, lanes: list[db.Lane]
) -> None:
    def spend(person: int, turn: int) -> Transfer:
        if kind == "holds" or (kind == "both" and turn % 2):
            return safe.placing(person, EACH)
        return safe.town.payment(person, WALLETS, EACH)

    items = [spend(person, turn) for person in range(WALLETS) for turn in range(TRIES)]
    found = await race(lanes, items)
    for wallet in safe.town.wallets[:WALLETS]:
        assert found[wallet, Result.POSTED] == 1
        assert found[wallet, Result.INSUFFICIENT_FUNDS] == TRIES - 1
    nets = await safe.nets()
    assert nets[:WALLETS] == [0] * WALLETS
    assert sum(nets) == (WALLETS + 1) * EACH
