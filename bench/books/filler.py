"""Fill the books with real posts: one process, one lane, until it has posted its share."""

import json
import random
import sys
from datetime import UTC, datetime

import uvloop

from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.types import Code, Transfer

BATCH = 200


async def run(url: str, rows: int, seed: int) -> None:
    """Post `rows` payments between random wallets; say how many stand."""
    rng = random.Random(seed)
    database = db.Database(db.Options(url, name="filler", pool_max=1))
    await database.open()
    async with database.read() as conn:
        found = await conn.fetch("select id from ledger.account where kind = 201 order by id")
    accounts = [int(str(row[0])) for row in found]
    lane, done = await database.lane("filler"), 0
    while done < rows:
        now = datetime.now(UTC)  # noqa: TID251 - a bench is a door
        items = []
        for _ in range(min(BATCH, rows - done)):
            payer, payee = rng.sample(accounts, 2)
            id_ = ids.new(payer >> 40, now)
            items.append(Transfer(id_, payer, payee, 1 + rng.randrange(99), Code.PAYMENT))
        try:
            async with lane.transaction() as tx:
                await ledger.post(tx, items, now=now)
        except Exception as e:
            if getattr(e, "sqlstate", "") != "55P03":  # the other filler was off the processor
                raise
            continue
        done += len(items)
    print(json.dumps({"posted": done}), flush=True)


if __name__ == "__main__":
    uvloop.run(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
