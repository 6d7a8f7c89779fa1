"""People with money and tokens, and limits and rules that are openly the bench's own."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from quid import migrations
from quid.entrypoints import wiring
from quid.identity import service as identity
from quid.identity.service.sessions import open_api
from quid.identity.types import NewPerson
from quid.kit import clock, db, ids
from quid.payments.service import fund

PEOPLE: Final = 500
POLICY: Final = """
insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
select 1000, t, 'send', w, 1000000000000, case when w = 'payment' then null else 1000000000 end,
  'USD', now()
from unnest(array[0, 1, 2]) t, unnest(array['payment', 'day', 'week']) w
"""
RULES: Final = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select 1000, id, false, floor, above_minor, currency, younger_than_seconds, more_than, now(),
  'bench', 'the bench pays often, from new accounts'
from risk.rule
where version = 1
"""


async def fill(url: str) -> dict[str, list[str]]:
    """Make the people; give request heads and bodies, one for each payer."""
    await migrations.run(url)
    admin = await asyncpg.connect(url)
    await admin.execute(POLICY)
    await admin.execute(RULES)
    await admin.close()
    heads: list[str] = []
    async with wiring.opened(wiring.COMMAND) as rt:
        now = clock.now() - timedelta(seconds=1)
        people = []
        for n in range(PEOPLE):
            new = NewPerson(
                id=ids.new(ids.random_bucket(), now),
                handle=f"bench_{n:04d}",
                display_name=f"Bench {n}",
                email=f"bench{n}@bench.localhost",
                password_hash="-",  # noqa: S106 - nobody signs in by it
                tier=2,
            )
            async with rt.part(db.Database).transaction() as tx:
                await identity.add_person(tx, new, now=now)
                tokens = await open_api(tx, new.id, now=clock.now())
            await fund(new.id, 100_000_000, key="bench", operator="bench", now=clock.now())
            people.append(new.id)
            heads.append(
                "POST /v1/payments HTTP/1.1\r\nhost: localhost\r\n"
                f"authorization: Bearer {tokens.access_token}\r\n"
                "content-type: application/json\r\n"
            )
    bodies = [
        json.dumps(
            {
                "payee_id": ids.show("usr", people[(n * 7 + 1) % PEOPLE]),
                "amount": 1 + n % 90,
                "currency": "USD",
                "note": "pizza",
            }
        )
        for n in range(PEOPLE)
    ]
    return {"heads": heads, "bodies": bodies}


def main() -> None:
    """Fill the database of QUID_DATABASE_URL and write the plan's requests to BENCH_REQUESTS."""
    made = asyncio.run(fill(os.environ["QUID_DATABASE_URL"]))
    Path(os.environ["BENCH_REQUESTS"]).write_text(json.dumps(made))


if __name__ == "__main__":
    main()
