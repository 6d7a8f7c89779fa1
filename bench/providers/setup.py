"""The people of `pay_api`, and sixteen more with a bank that can be pulled from."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from bench.pay_api import setup
from quid.entrypoints import wiring
from quid.identity import service as identity
from quid.identity.service.sessions import open_api
from quid.identity.types import NewPerson
from quid.kit import clock, db, ids
from quid.kit.fields import Fields, Place
from quid.payments.service import fund

DEPOSITORS: Final = 16
SOURCE: Final = """
insert into funding.source (id, user_id, kind, state, is_default, provider, item_ref, account_ref,
  token, institution, name, last4, account_type, can_pull, can_push, owner_score, created_at,
  verified_at, changed_at)
values ($1, $2, 1, 30, true, 1, $3, 'account', $4, 'Bench Bank', 'Checking', '0000', 'checking',
  true, true, 100, $5, $5, $5)
"""


async def depositors(url: str) -> list[dict[str, str]]:
    """Make people with a token and a verified bank."""
    made = []
    admin = await asyncpg.connect(url)
    async with wiring.opened(wiring.COMMAND) as rt:
        for n in range(DEPOSITORS):
            now = clock.now() - timedelta(seconds=1)
            new = NewPerson(
                id=ids.new(ids.random_bucket(), now),
                handle=f"depositor_{n:02d}",
                display_name=f"Depositor {n}",
                email=f"depositor{n}@bench.localhost",
                password_hash="-",  # noqa: S106 - nobody signs in by it
                tier=2,
            )
            async with rt.part(db.Database).transaction() as tx:
                await identity.add_person(tx, new, now=now)
                tokens = await open_api(tx, new.id, now=clock.now())
            await fund(new.id, 10_000, key="bench", operator="bench", now=clock.now())
            source = ids.new(ids.bucket(new.id), now)
            place = Place("funding.source", "token", source, new.id)
            token = rt.part(Fields).seal(place, f"access-bench-{n}")
            await admin.execute(SOURCE, source, new.id, f"item-{n}", token, now)
            made.append({"token": tokens.access_token, "source": ids.show("fs", source)})
    await admin.close()
    return made


def main() -> None:
    """Fill the database of QUID_DATABASE_URL and write their requests and tokens."""
    url = os.environ["QUID_DATABASE_URL"]
    Path(os.environ["BENCH_REQUESTS"]).write_text(json.dumps(asyncio.run(setup.fill(url))))
    Path(os.environ["BENCH_DEPOSITORS"]).write_text(json.dumps(asyncio.run(depositors(url))))


if __name__ == "__main__":
    main()
