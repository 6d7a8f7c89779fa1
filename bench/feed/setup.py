"""Ten readers with a thousand friends each, and ten with twenty, among two million payments.

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
FEW: Final = 20
STORIES: Final = 100_000
OTHERS: Final = 2_000_000  # of strangers among themselves
DAYS: Final = 80


async def fill(url: str, share: float) -> dict[str, object]:
    """Make the town; give the readers' tokens and ids."""
    await migrations.run(url)
    admin = await asyncpg.connect(url)
    chance = random.Random(1)
    tokens: dict[str, list[str]] = {"many": [], "few": []}
    async with wiring.opened(wiring.COMMAND) as rt:
        readers = {kind: await town.people(rt, READERS, kind) for kind in tokens}
        friends = await town.people(rt, FRIENDS, "friend")
        strangers = await town.people(rt, FRIENDS, "stranger")
        for kind, some in readers.items():
            for reader in some:
                async with rt.part(db.Database).transaction() as tx:
                    opened = await open_api(tx, reader, now=clock.now())
                tokens[kind].append(opened.access_token)
        await town.settle(rt)
    stories = town.payments(chance, friends, strangers, int(STORIES * share), DAYS)
    others = town.payments(chance, strangers, strangers, int(OTHERS * share), DAYS)
    await town.store(admin, sorted(stories + others, key=lambda p: p.at))
    for n, reader in enumerate(readers["many"] + readers["few"]):
        own = friends if n < READERS else chance.sample(friends, FEW)
        known = set(own)
        await town.befriend(admin, [(reader, f) for f in own])
        await admin.copy_records_to_table(
            "timeline",
            schema_name="social",
            columns=["viewer_id", "completed_at", "payment_id"],
            records=[(reader, p.at, p.id) for p in stories if p.payer in known],
        )
    await admin.execute("vacuum analyze")
    await admin.close()
    return {
        kind: {"tokens": tokens[kind], "readers": [str(r) for r in readers[kind]]}
        for kind in tokens
    }


def main() -> None:
    """Fill, and write it down. The word is the share of the stories, 1 for all."""
    made = asyncio.run(fill(os.environ["QUID_DATABASE_URL"], float(sys.argv[1])))
    Path(os.environ["BENCH_REQUESTS"]).write_text(json.dumps(made))


if __name__ == "__main__":
    main()
