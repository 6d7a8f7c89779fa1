"""Ten readers with a thousand friends each and a hundred thousand stories, among four times more.

Fills the database of QUID_DATABASE_URL; writes what the loads need to BENCH_REQUESTS.
"""

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Final

import asyncpg

from bench.feed import town
from quid import migrations
from quid.entrypoints import wiring
from quid.identity.service.sessions import open_api
from quid.kit import clock, db

READERS: Final = 10
FRIENDS: Final = 1_000
STORIES: Final = 100_000
OTHERS: Final = 2_000_000  # of strangers among themselves
DAYS: Final = 80


async def fill(url: str, share: float) -> dict[str, object]:
    """Make the town; give the readers' tokens and ids."""
    await migrations.run(url)
    admin = await asyncpg.connect(url)
    chance = random.Random(1)
    tokens = []
    async with wiring.opened(wiring.COMMAND) as rt:
        readers = await town.people(rt, READERS, "reader")
        friends = await town.people(rt, FRIENDS, "friend")
        strangers = await town.people(rt, FRIENDS, "stranger")
        for reader in readers:
            async with rt.part(db.Database).transaction() as tx:
                tokens.append((await open_api(tx, reader, now=clock.now())).access_token)
        await town.settle(rt)
    await town.befriend(admin, [(r, f) for r in readers for f in friends])
    stories = town.payments(chance, friends, strangers, int(STORIES * share), DAYS)
    others = town.payments(chance, strangers, strangers, int(OTHERS * share), DAYS)
    await town.store(admin, sorted(stories + others, key=lambda p: p.at))
    for reader in readers:
        await admin.copy_records_to_table(
            "timeline",
            schema_name="social",
            columns=["viewer_id", "completed_at", "payment_id"],
            records=[(reader, p.at, p.id) for p in stories],
        )
    await admin.execute("vacuum analyze")
    await admin.close()
    return {"tokens": tokens, "readers": [str(r) for r in readers]}


def main() -> None:
    """Fill, and write it down. The word is the share of the stories, 1 for all."""
    made = asyncio.run(fill(os.environ["QUID_DATABASE_URL"], float(sys.argv[1])))
    Path(os.environ["BENCH_REQUESTS"]).write_text(json.dumps(made))


if __name__ == "__main__":
    main()
