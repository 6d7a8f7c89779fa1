"""Rounds of the consumer and of the plain way, alternated, in one run."""

import asyncio
import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final
from uuid import UUID

import asyncpg

from bench.feed import town
from bench.feed.town import Paid
from bench.pay_api.run import ROOT, Bench, cpu_seconds
from quid import migrations
from quid.entrypoints import wiring
from quid.kit import db, ids, outbox
from quid.kit.events import Event
from quid.kit.runtime import Runtime
from quid.payments.events import PaymentCompleted
from quid.social.consumers import CONSUMERS

RESULTS: Final = ROOT / "bench" / "results" / "fanout.json"
PEOPLE: Final = 2_000
FRIENDS: Final = (50, 300)
PAYMENTS: Final = 1_500
GOAL: Final = 20_000
# The plain way: a statement for each row, in one transaction for each payment.
FRIENDS_OF: Final = """
select friend_id from identity.edge where user_id = any($1::uuid[]) and state = 'ACCEPTED'
union select unnest($1::uuid[])
"""
ONE: Final = (
    "insert into bench_timeline (viewer_id, completed_at, payment_id) values ($1, $2, $3) "
    "on conflict do nothing"
)
TABLE: Final = """
create table bench_timeline (viewer_id uuid not null, completed_at timestamptz not null,
  payment_id uuid not null, primary key (viewer_id, completed_at, payment_id))
"""

Figures = dict[str, float]


async def befriended(admin: asyncpg.Connection, people: Sequence[UUID]) -> None:
    """Give everybody from 50 to 300 friends, drawn evenly."""
    chance = random.Random(2)
    open_ends = [who for who in people for _ in range(chance.randint(*FRIENDS))]
    chance.shuffle(open_ends)
    half = len(open_ends) // 2
    pairs = zip(open_ends[:half], open_ends[half:], strict=False)
    await town.befriend(admin, [(one, other) for one, other in pairs if one != other])


async def tell(rt: Runtime, paid: Sequence[Paid]) -> None:
    """Write the payments' events, as payments do."""
    events = [
        Event(
            topic="payments",
            type=PaymentCompleted.TYPE,
            subject=("pay", p.id),
            key=p.payer,
            at=p.at,
            data=PaymentCompleted(
                payment_id=ids.show("pay", p.id),
                payer_id=ids.show("usr", p.payer),
                payee_id=ids.show("usr", p.payee),
                amount=100,
                currency="USD",
                visibility="friends",
                request_id="bench",
            ),
        )
        for p in paid
    ]
    async with rt.part(db.Database).transaction() as tx:
        await outbox.append(tx, events)


async def by_consumer(rt: Runtime) -> None:
    """Let each consumer of the slice take all that is there."""
    for consumer in CONSUMERS:
        while await outbox.consume(rt.part(db.Database), consumer):
            pass


async def by_row(conn: asyncpg.Connection, paid: Sequence[Paid]) -> None:
    """Do the same one row at a time."""
    one = await conn.prepare(ONE)
    for p in paid:
        async with conn.transaction():
            for row in await conn.fetch(FRIENDS_OF, [p.payer, p.payee]):
                await one.fetch(row[0], p.at, p.id)


async def measure(bench: Bench, rounds: int) -> dict[str, list[Figures]]:
    """Fill the town, then let both ways take the same payments, a part of them a round."""
    url = bench.servers.database_url
    await migrations.run(url)
    admin = await asyncpg.connect(url)
    await admin.execute(TABLE)
    kept: dict[str, list[Figures]] = {"quid": [], "row by row": []}
    async with wiring.opened(wiring.WORKER) as rt:
        people = await town.people(rt, PEOPLE, "someone")
        await befriended(admin, people)
        await admin.execute("vacuum analyze")
        await town.settle(rt)
        chance = random.Random(3)
        for n in range(rounds + 1):  # the first warms up
            paid = town.payments(chance, people, people, PAYMENTS, days=1)
            await town.store(admin, paid)
            await tell(rt, paid)
            tables = {"quid": "social.timeline", "row by row": "bench_timeline"}
            for name, table in tables.items():
                before = int(await admin.fetchval(f"select count(*) from {table}"))
                cpu, own, began = _cpu(bench), time.process_time(), time.perf_counter()
                await (by_consumer(rt) if name == "quid" else by_row(admin, paid))
                took = time.perf_counter() - began
                rows = int(await admin.fetchval(f"select count(*) from {table}")) - before
                found: Figures = {
                    "rows": rows,
                    "per_second": round(rows / took),
                    "postgres_cpu_us": round((_cpu(bench) - cpu) * 1e6 / rows, 1),
                    "own_cpu_us": round((time.process_time() - own) * 1e6 / rows, 1),
                }
                print(f"  {'warm-up ' if n == 0 else ''}{name:<12}{found}", flush=True)
                if n:
                    kept[name].append(found)
    await admin.close()
    counts = {name: sum(f["rows"] for f in found) for name, found in kept.items()}
    if len(set(counts.values())) != 1:
        raise SystemExit(f"the two ways wrote different rows: {counts}")
    return kept


def _cpu(bench: Bench) -> float:
    return cpu_seconds([bench.servers.postgres_pid])


def main(words: list[str]) -> int:
    """Run the rounds; `--quick`: one."""
    is_quick = "--quick" in words
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = Bench(folder)
    try:
        print(f"load average {os.getloadavg()[0]:.2f}")
        os.environ.update(bench.env)
        kept = asyncio.run(measure(bench, 1 if is_quick else 3))
        rate = median(f["per_second"] for f in kept["quid"])
        pairs = list(zip(kept["quid"], kept["row by row"], strict=True))
        ratio = median(ours["per_second"] / theirs["per_second"] for ours, theirs in pairs)
        print(f"  {rate:,.0f} rows/s (bound {GOAL:,}); {ratio:.1f}x one insert for each row")
        if not is_quick:
            told = {"rounds": kept, "rows_per_second": rate, "ratio": ratio}
            RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_quick or rate >= GOAL else 1
