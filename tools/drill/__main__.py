"""A stranger's proof: `./dev drill`. Pay under load, kill -9, restart, and find every cent.

It starts a system of its own in a temporary QUID_HOME, so it disturbs nobody, and removes it.
What was acknowledged is kept in this process's memory alone and compared with the books at the
end. Its system lifts what the load would meet: requests per person and minute, payments per person
and day, and the rules that hold back who pays often. All else is as shipped, fsync on.
"""

import argparse
import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg

from quid.kit import ids
from tools.drill.load import ANSWER_SECONDS, CLIENTS, NOTE, Ask, Load, Person, sign_in
from tools.drill.system import System, copy_database, kill
from tools.drill.telling import BOLD, DIM, GREEN, PLAIN, RED, Told, step

PEOPLE = 32
POOR = "INSUFFICIENT_FUNDS"  # who has paid all away is refused, and nothing moves: as it must be
MORE_PER_DAY = """
insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
select version + 1, tier, kind, "window", max_minor, null, currency, now()
from risk.limit_policy
where version = (select max(version) from risk.limit_policy)"""
NO_REVIEWS = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select version + 1, id, false, floor, above_minor, currency, younger_than_seconds, more_than,
  now(), 'drill', 'the drill pays often, from new accounts'
from risk.rule
where version = (select max(version) from risk.rule)"""
WHO_MAY_PAY = """
select p.handle, p.id
from identity.person p
where p.tier > 0
  and not exists (select from identity.freeze f where f.user_id = p.id)
  and not exists (select from risk.limit_override o where o.user_id = p.id)
  and not exists (select from ledger.account a where a.owner = p.id and a.flags <> 0)
  and not exists (select from funding.source s where s.user_id = p.id)
order by p.id
limit $1"""
PAID_AND_MOVED = """
select p.id, p.note, p.amount_minor as asked, p.refusal_code as refused, j.amount as moved
from (select * from payments.payment where note like $1) p
full join (select * from ledger.journal where code = 1 and recorded_at >= $2) j on j.id = p.id"""
DIFFERENCE = "select sum(debits) - sum(credits) from ledger.account"


async def kill_in_mid_load(system: System, load: Load, name: str, seconds: float) -> None:
    """Kill a part of the system while clients pay; wait until payments go on, and pay more."""
    title = {"postgres": "kill -9 PostgreSQL in mid-load", "api": "kill -9 the API in mid-load"}
    with step(title[name]) as found:
        victim = system.record().processes[name]
        killed = await asyncio.to_thread(kill, victim.pid)
        at = time.monotonic()
        while system.record().processes[name].pid == victim.pid or load.answered_at < at + 0.1:
            if time.monotonic() > at + ANSWER_SECONDS:
                raise Told(f"no payment went through after the restart\n{system.log(name)}")
            await asyncio.sleep(0.01)
        found.seconds = load.answered_at - at
        what = "process" if killed == 1 else "processes"
        found.said = f"until the next payment; {killed} {what} killed"
    await pay_for(load, seconds)


async def pay_for(load: Load, seconds: float) -> None:
    """Let the clients pay for a while."""
    with step(f"{CLIENTS} clients pay") as found:
        before = load.acknowledged
        await asyncio.sleep(seconds)
        count = load.acknowledged - before
        found.said = f"{count:,} acknowledged, {count / seconds:,.0f} a second"


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the superuser of the drill's own PostgreSQL."""
    conn = await asyncpg.connect(url, timeout=10)
    try:
        yield conn
    finally:
        await conn.close(timeout=5)


async def compare(load: Load, database_url: str, began: datetime) -> bool:
    """Hold what was acknowledged against the books; say whether all is well."""
    async with connected(database_url) as conn:
        rows = await conn.fetch(PAID_AND_MOVED, NOTE + "%", began)
        difference = await conn.fetchval(DIFFERENCE)
    moved = {ids.show("pay", r["id"]): r for r in rows if r["moved"] is not None}
    times = Counter(r["note"] for r in moved.values())
    known = [ask for ask in load.asks if ask.payment_id]
    lost = [ask for ask in known if not is_booked(ask, moved)]
    double = [note for note, count in times.items() if count > 1 or note is None]
    print(
        f"\n  {BOLD}{GREEN if not lost and not double else RED}{len(known)} acknowledged, "
        f"{len(moved)} in the books, {len(lost)} lost, {len(double)} double{PLAIN}"
    )
    print(f"  {DIM}debits - credits over all accounts: {difference}{PLAIN}\n")
    for ask in lost[:5]:
        print(f"  lost: {ask.payment_id} {ask.amount} {ask.key}")
    return not lost and not double and difference == 0 and len(known) == len(moved)


def is_booked(ask: Ask, moved: dict[str, asyncpg.Record]) -> bool:
    """Tell whether the books hold this payment as it was acknowledged."""
    row = moved.get(ask.payment_id)
    return (
        row is not None
        and row["note"] == NOTE + ask.key
        and row["refused"] is None
        and row["asked"] == row["moved"] == ask.amount
    )


async def tamper(system: System, load: Load) -> bool:
    """Change one cent in a copy, behind all locks; `verify` must name the row, and only there."""
    url = system.record().database_url
    known = [ask for ask in load.asks if ask.payment_id]
    if not known:
        raise Told("nothing was acknowledged: there is no row to change")
    ask = known[len(known) // 2]
    row = ids.read("pay", ask.payment_id)
    assert row is not None  # noqa: S101 - the API gave it
    with step("Change one cent in a copy of the books") as found:
        copy = await asyncio.to_thread(copy_database, url, "tampered")
        async with connected(copy) as conn:
            # As the superuser, with triggers off: whoever can do this can change any database.
            await conn.execute("set session_replication_role = replica")
            await conn.execute("update ledger.journal set amount = amount + 1 where id = $1", row)
        found.said = f"{ids.show('trf', row)}: {ask.amount} becomes {ask.amount + 1}"
    is_well = True
    for title, where, status in (
        ("quid ledger verify, on the copy", copy, 1),
        ("quid ledger verify, on the books", url, 0),
    ):
        with step(title) as found:
            said = await asyncio.to_thread(system.quid, "ledger", "verify", database_url=where)
            named = ids.show("trf", row) in said.stdout
            is_right = said.returncode == status and named is bool(status)
            is_well &= is_right
            found.said = ("names the row" if status else "whole") if is_right else "WRONG"
        for line in said.stdout.strip().splitlines()[:8]:
            print(f"      {line}")
    return is_well


async def drill(system: System, seconds: float) -> bool:
    """Carry out the whole of it; say whether every cent was found."""
    with step("Start a system of its own") as found:
        await asyncio.to_thread(system.start)
        record = system.record()
        found.said = record.address
    with step("Demo people sign in") as found:
        async with connected(record.database_url) as conn:
            began = await conn.fetchval("select now()")
            await conn.execute(MORE_PER_DAY)
            await conn.execute(NO_REVIEWS)
            rows = await conn.fetch(WHO_MAY_PAY, PEOPLE)
        people = [Person(r["handle"], ids.show("usr", r["id"])) for r in rows]
        await sign_in(record.port, people, str(record.demo["password"]))
        found.said = f"{len(people)} of them"
    load = Load(record.port, people)
    async with asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            group.create_task(load.pay_on(number), name=f"client-{number}")
        try:
            await pay_for(load, seconds)
            await kill_in_mid_load(system, load, "postgres", seconds)
            await kill_in_mid_load(system, load, "api", seconds)
        finally:
            load.is_over = True
    with step("Send again what had no answer") as found:
        count, late = await load.resend()
        found.said = f"{count} with their own keys, {late} of them acknowledged now"
    is_whole = await compare(load, record.database_url, began)
    wrong = Counter(
        ask.refusal or "no answer"
        for ask in load.asks
        if not ask.payment_id and ask.refusal != POOR
    )
    if wrong:
        print(f"  {RED}not as planned: {dict(wrong)}{PLAIN}")
    return await tamper(system, load) and is_whole and not wrong


def main() -> int:
    """Run the drill in a temporary folder and leave nothing behind. Exit 1: not every cent."""
    parser = argparse.ArgumentParser(prog="./dev drill", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.5, help="of load, three times")
    seconds = parser.parse_args().seconds
    print(f"\n{BOLD}Quid drill{PLAIN}: pay under load, kill -9, restart, find every cent.")
    print(f"{DIM}A system of its own: no limits of requests and payments, no reviews.{PLAIN}\n")
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="quid-drill-"))
    system = System(folder)
    try:
        is_well = asyncio.run(drill(system, seconds))
    except* (Told, OSError, EOFError) as group:
        is_well = False
        print(f"\n  {RED}{'; '.join(str(e) for e in group.exceptions)}{PLAIN}")
    finally:
        system.stop()
        shutil.rmtree(folder, ignore_errors=True)
    words = f"{GREEN}Every cent found{PLAIN}" if is_well else f"{RED}The drill failed{PLAIN}"
    print(f"\n  {BOLD}{words}{BOLD}, in {time.monotonic() - began:.1f} s.{PLAIN}\n")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
