"""One process of load. Says which backends it uses, waits for `go`, runs, tells what it did.

Counting: a transfer counts when its commit has been answered and it was not refused or replayed
(all of them are refused in the workload that measures just that).
"""

import asyncio
import json
import random
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import uvloop

from bench.ledger.plan import Task
from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.types import (
    Check,
    Code,
    Hold,
    Meter,
    NewHold,
    Purpose,
    Result,
    Transfer,
)

HUGE = 10**15


@dataclass(slots=True)
class Count:
    """What was done: transfers, and the seconds from asking to the answer."""

    transfers: int
    latencies: list[float]


def pair(rng: random.Random, mix: str, size: int) -> tuple[int, int]:
    """Payer and payee by place; 90 % of a hot mix go to one account."""
    payer = rng.randrange(1, size)
    payee = 0 if mix == "hot" and rng.random() < 0.9 else rng.randrange(size)
    return payer, payee if payee != payer else 0


def payments(task: Task, accounts: list[int], rng: random.Random, now: datetime) -> list[Transfer]:
    """A batch of payments as the mix has them."""
    items = []
    for n in range(task.batch):
        payer, payee = pair(rng, task.mix, len(accounts))
        debit, amount = accounts[payer], 1 + rng.randrange(99)
        checks: tuple[Check, ...] = ()
        if task.mix == "meters":
            checks = (
                Check(debit, Meter.SEND_24H, HUGE, None, "daily"),
                Check(debit, Meter.SEND_7D, HUGE, None, "weekly"),
            )
        elif task.mix == "refused":
            amount = HUGE
        group = 1 + n // 3 if task.mix == "groups" else 0
        id_ = ids.new(debit >> 40, now)
        items.append(
            Transfer(id_, debit, accounts[payee], amount, Code.PAYMENT, checks=checks, group=group)
        )
    return items


class Holders:
    """People who set money aside in one call and pay from it in the next."""

    def __init__(self, accounts: list[int], reserved: list[tuple[int, int]]) -> None:
        self.accounts = accounts
        self.reserved = reserved
        self.open: list[Hold] = []

    def batch(self, size: int, rng: random.Random, now: datetime) -> list[Transfer]:
        """Capture what is open, and place as many again."""
        due, self.open = self.open[: size // 2], self.open[size // 2 :]
        items = [
            ledger.capture(ids.new(h.account_id >> 40, now), h, rng.choice(self.accounts))
            for h in due
        ]
        while len(items) < size:
            wallet, reserved = rng.choice(self.reserved)
            id_, amount = ids.new(wallet >> 40, now), 1 + rng.randrange(99)
            items.append(ledger.place_hold(NewHold(id_, wallet, reserved, amount, Purpose.REVIEW)))
            terms = (amount, 0, 0, 1, Purpose.REVIEW, None, now, None, None)
            self.open.append(Hold(id_, wallet, reserved, *terms))
        return items


async def quid(
    task: Task, lane: db.Lane, accounts: list[int], holders: Holders, rng: random.Random
) -> Count:
    """The ledger's own service, on a lane."""
    count, end = Count(0, []), time.monotonic() + task.seconds
    wanted = Result.INSUFFICIENT_FUNDS if task.mix == "refused" else Result.POSTED
    while time.monotonic() < end:
        now = datetime.now(UTC)  # noqa: TID251 - a bench is a door
        if task.mix == "holds":
            items = holders.batch(task.batch, rng, now)
        else:
            items = payments(task, accounts, rng, now)
        asked = time.monotonic()
        try:
            async with lane.transaction() as tx:
                outcomes = await ledger.post(tx, items, now=now)
        except asyncpg.LockNotAvailableError:  # the other lane was off the processor for long
            continue
        count.latencies.append(time.monotonic() - asked)
        count.transfers += sum(o.result is wanted and not o.is_replayed for o in outcomes)
    return count


async def row_locks(task: Task, conn: asyncpg.Connection, size: int, rng: random.Random) -> Count:
    """B0: look up the key, lock both rows, transfer, two updates, two entries, key."""
    texts = {
        "key": "select transfer from b0.key where key = $1",
        "lock": "select id, balance from b0.account where id in ($1, $2) order by id for update",
        "transfer": "insert into b0.transfer (payer, payee, amount) values ($1, $2, $3) "
        "returning id",
        "update": "update b0.account set balance = balance + $2 where id = $1",
        "entry": "insert into b0.entry (transfer, account, amount, balance_after) "
        "values ($1, $2, $3, $4)",
        "insert": "insert into b0.key (key, transfer) values ($1, $2)",
    }
    s = {name: await conn.prepare(text) for name, text in texts.items()}
    count, end = Count(0, []), time.monotonic() + task.seconds
    while time.monotonic() < end:
        payer, payee = pair(rng, task.mix, size)
        amount, key = 1 + rng.randrange(99), uuid.uuid4()
        asked = time.monotonic()
        async with conn.transaction():
            if await s["key"].fetchval(key) is not None:
                continue
            held = dict(await s["lock"].fetch(payer, payee))
            if held[payer] < amount:
                continue
            made = await s["transfer"].fetchval(payer, payee, amount)
            for account, change in ((payer, -amount), (payee, amount)):
                await s["update"].fetch(account, change)
                await s["entry"].fetch(made, account, change, held[account] + change)
            await s["insert"].fetch(key, made)
        count.latencies.append(time.monotonic() - asked)
        count.transfers += 1
    return count


async def one_function(
    task: Task, conn: asyncpg.Connection, size: int, rng: random.Random
) -> Count:
    """B1: the same in one function call per transfer."""
    pay = await conn.prepare("select b0.pay($1, $2, $3, $4)")
    count, end = Count(0, []), time.monotonic() + task.seconds
    while time.monotonic() < end:
        payer, payee = pair(rng, task.mix, size)
        asked = time.monotonic()
        made = await pay.fetchval(uuid.uuid4(), payer, payee, 1 + rng.randrange(99))
        count.latencies.append(time.monotonic() - asked)
        count.transfers += made is not None
    return count


async def run(task: Task) -> None:
    """Connect, say `ready` with the backends' ids, wait for `go`, run, tell, wait for the end."""
    rng = random.Random(task.seed)
    database = db.Database(db.Options(task.url, name="bench", pool_max=1))
    await database.open()
    async with database.read() as conn:
        rows = await conn.fetch("select id from ledger.account where kind = 201 order by id")
        pairs = await conn.fetch(
            "select w.id, r.id from ledger.account r join ledger.account w on w.owner = r.owner "
            "and w.bucket = r.bucket and w.kind = 201 where r.kind = 202 order by 1"
        )
    accounts = [int(str(row[0])) for row in rows]
    reserved = [(int(str(w)), int(str(r))) for w, r in pairs]
    if task.contender == "quid":
        lanes = [await database.lane(f"bench {n}") for n in range(task.connections)]
        work = [quid(task, lane, accounts, Holders(accounts, reserved), rng) for lane in lanes]
        pids = [lane.conn().raw.get_server_pid() for lane in lanes]
    else:
        book = row_locks if task.contender == "b0" else one_function
        conns = [await asyncpg.connect(task.url) for _ in range(task.connections)]
        work = [book(task, conn, len(accounts), rng) for conn in conns]
        pids = [conn.get_server_pid() for conn in conns]
    print(json.dumps(pids), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    counts = await asyncio.gather(*work)
    latencies = sorted(s for c in counts for s in c.latencies)
    print(
        json.dumps(
            {
                "transfers": sum(c.transfers for c in counts),
                "p50_ms": 1000 * latencies[len(latencies) // 2],
                "p99_ms": 1000 * latencies[len(latencies) * 99 // 100],
            }
        ),
        flush=True,
    )
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    uvloop.run(run(Task(**json.loads(sys.argv[1]))))
