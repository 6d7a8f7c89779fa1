"""Rounds of all contenders, alternated, in one run on one server with durable commits."""

import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.ledger.plan import FULL, QUICK, RATIOS, Task, Workload
from quid import migrations
from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.service.reconcile import Scope, reconcile, render
from quid.ledger.types import Code, Kind, NewAccount, Transfer
from tests.support.servers import start_servers

ROOT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = ROOT / "bench" / "results" / "ledger.json"
PAGE: Final = ROOT / "bench" / "README.md"
POST_BATCH: Final = ROOT / "src/quid/migrations/functions/ledger_post_batch.sql"
ACCOUNTS: Final = 100_000
HOLDERS: Final = 10_000
EACH_MINOR: Final = 10_000_000


def named(url: str, database: str) -> str:
    """The address of another database of the server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def fsync_ms(folder: Path) -> float:
    """Median time of writing 8 kB and waiting for the disk."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as f:
        for _ in range(200):
            f.seek(0)
            f.write(os.urandom(8192))
            started = time.perf_counter()
            os.fdatasync(f.fileno())
            times.append(time.perf_counter() - started)
    return 1000 * median(times)


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of the backends; 0 where there is no process table to read."""
    total = 0
    for pid in pids:
        path = Path(f"/proc/{pid}/stat")
        if path.exists():
            fields = path.read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


class Bench:
    """A server with a filled template, and a fresh copy of it for each round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers = start_servers(folder, fsync=True)
        self.url = self.servers.database_url
        self.seconds = 4.0

    async def fill(self) -> None:
        """Make the template through the ledger's own service, so that its books are whole."""
        admin = await asyncpg.connect(self.url)
        await admin.execute("alter system set checkpoint_timeout = '30min'")
        await admin.execute("select pg_reload_conf()")
        await admin.execute("create database filled")
        await admin.close()
        url = named(self.url, "filled")
        await migrations.run(url)
        database = db.Database(db.Options(url, settings={"statement_timeout": "60s"}))
        await database.open()
        now = datetime.now(UTC)  # noqa: TID251 - a bench is a door
        async with database.transaction() as tx:
            capital = await ledger.house_account(tx, kind=Kind.CAPITAL, bucket=0, currency="USD")
        for start in range(0, ACCOUNTS, 1000):
            owners = [ids.new(n % ids.BUCKETS, now) for n in range(start, start + 1000)]
            async with database.transaction() as tx:
                wallets = await ledger.open_accounts(
                    tx, [NewAccount(Kind.WALLET, "USD", owner) for owner in owners]
                )
                if start < HOLDERS:
                    await ledger.open_accounts(
                        tx, [NewAccount(Kind.RESERVED, "USD", owner) for owner in owners]
                    )
                await ledger.post(tx, [self._gift(capital, w, now) for w in wallets], now=now)
        await database.close()
        conn = await asyncpg.connect(url)
        await conn.execute((Path(__file__).parent / "baseline.sql").read_text())
        await conn.execute(
            "insert into b0.account select g, $1 from generate_series(0, $2::int - 1) g",
            *(EACH_MINOR, ACCOUNTS),
        )
        await conn.execute("vacuum (analyze, freeze)")
        await conn.close()

    @staticmethod
    def _gift(capital: int, wallet: int, now: datetime) -> Transfer:
        return Transfer(ids.new(0, now), capital, wallet, EACH_MINOR, Code.OPENING)

    async def copy(self, name: str, *, is_unchained: bool = False) -> None:
        """Make a database of the template, with the chain cut out of posting where asked."""
        admin = await asyncpg.connect(self.url)
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.execute(f"create database {name} template filled")
        await admin.execute("checkpoint")
        await admin.close()
        if is_unchained:
            conn = await asyncpg.connect(named(self.url, name))
            text = POST_BATCH.read_text()
            start, end = text.index("  -- The chain."), text.index("end $$;")
            await conn.execute(text[:start] + text[end:])
            await conn.close()

    def measure(self, workload: Workload, database: str) -> dict[str, float]:
        """Run one workload; give transfers/s, CPU per transfer, and latencies of a call."""
        url = named(self.url, database)
        shares = [workload.connections - workload.connections // 2, workload.connections // 2]
        workers = [
            self._start(
                "bench.ledger.worker",
                json.dumps(
                    asdict(
                        Task(
                            url=url,
                            contender=workload.contender,
                            mix=workload.mix,
                            batch=workload.batch,
                            connections=share,
                            seconds=self.seconds,
                            seed=time.monotonic_ns() + n,
                        )
                    )
                ),
            )
            for n, share in enumerate(shares)
            if share
        ]
        pids = [pid for w in workers for pid in json.loads(_line(w))]
        auditor = self._start("bench.ledger.auditor", url) if workload.is_reconciling else None
        if auditor:
            _line(auditor)
        before = cpu_seconds(pids)
        for w in workers:
            _say(w, "go")
        told = [json.loads(_line(w)) for w in workers]
        cpu = cpu_seconds(pids) - before
        for w in workers:
            _say(w, "end")
            w.wait(30)
        if auditor:
            _say(auditor, "end")
            if json.loads(_line(auditor))["findings"]:
                raise RuntimeError("reconcile found a difference: the run is void")
            auditor.wait(30)
        transfers = sum(t["transfers"] for t in told)
        return {
            "per_second": transfers / self.seconds,
            "cpu_us": 1e6 * cpu / max(transfers, 1),
            "p50_ms": median(t["p50_ms"] for t in told),
            "p99_ms": max(t["p99_ms"] for t in told),
        }

    def _start(self, module: str, *words: str) -> subprocess.Popen[str]:
        path = f"{ROOT}{os.pathsep}{ROOT / 'src'}"
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def check(self, database: str) -> None:
        """A round whose books are not whole is void."""
        url = named(self.url, database)
        auditor = db.Database(db.Options(url, role="quid_recon"))
        await auditor.open()
        report = await reconcile(auditor, Scope(), now=datetime.now(UTC))  # noqa: TID251 - a door
        await auditor.close()
        conn = await asyncpg.connect(url)
        broken = await conn.fetchval(
            "select count(*) from b0.account a where a.balance <> $1 + coalesce("
            "(select sum(e.amount) from b0.entry e where e.account = a.id), 0)",
            EACH_MINOR,
        )
        await conn.close()
        if report.findings or broken:
            raise RuntimeError(f"void: {broken} baseline balances; {render(report)}")
        print(f"  books whole: {report.transfers:,} transfers checked", flush=True)


def _line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise RuntimeError("a process of load has died: the run is void")
    return line


def _say(child: subprocess.Popen[str], word: str) -> None:
    assert child.stdin is not None
    child.stdin.write(word + "\n")
    child.stdin.flush()


Figures = dict[str, dict[str, float]]
Kept = tuple[str, float, float, bool]


async def rounds(bench: Bench, plan: tuple[Workload, ...], many: int) -> Figures:
    """Run the plan `many` times, every other time backwards; give the medians."""
    seen: dict[str, list[dict[str, float]]] = {w.name: [] for w in plan}
    for n in range(many):
        print(f"round {n + 1} of {many}", flush=True)
        await bench.copy("round")
        if any(w.is_unchained for w in plan):
            await bench.copy("cut", is_unchained=True)
        for workload in plan if n % 2 == 0 else reversed(plan):
            database = "cut" if workload.is_unchained else "round"
            found = await asyncio.to_thread(bench.measure, workload, database)
            seen[workload.name].append(found)
            print(_row(workload.name, found), flush=True)
        await bench.check("round")
    return {
        name: {key: round(median(f[key] for f in found), 3) for key in found[0]}
        for name, found in seen.items()
    }


def ratios(figures: Figures) -> list[Kept]:
    """Compare with what was promised: name, ratio, bound, whether it holds."""
    lines = []
    for r in RATIOS:
        if r.above in figures and r.below in figures:
            value = figures[r.above][r.figure] / max(figures[r.below][r.figure], 1e-9)
            is_kept = value <= r.bound if r.is_ceiling else value >= r.bound
            lines.append((r.name, round(value, 2), r.bound, is_kept))
    return lines


def _row(name: str, f: dict[str, float]) -> str:
    return (
        f"  {name:<58}{f['per_second']:>9,.0f}/s {f['cpu_us']:>7.1f} us CPU"
        f" {f['p50_ms']:>8.2f} ms p50 {f['p99_ms']:>8.2f} ms p99"
    )


def machine(folder: Path) -> dict[str, Any]:
    """Say where this was measured."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251 - a door
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "fdatasync_ms": round(fsync_ms(folder), 3),
        "durability": "fsync, full_page_writes, synchronous_commit on; data checksums",
        "accounts": ACCOUNTS,
    }


def publish(where: dict[str, Any], figures: Figures, kept: list[Kept]) -> None:
    """Write the results down, and the tables into the page."""
    RESULTS.parent.mkdir(exist_ok=True)
    found = {"machine": where, "medians": figures, "ratios": kept}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    lines = [
        f"Measured {where['at'][:10]} on {where['cores']} cores, Python {where['python']}. Writing",
        f"8 kB and waiting for the disk took {where['fdatasync_ms']} ms. Medians of three rounds.",
        "",
        "| workload | transfers/s | CPU, µs | p50, ms | p99, ms |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {name} | {f['per_second']:,.0f} | {f['cpu_us']:.1f} | {f['p50_ms']:.2f} "
            f"| {f['p99_ms']:.2f} |"
            for name, f in figures.items()
        ),
        "",
        "| ratio | found | bound | |",
        "|---|---:|---:|---|",
        *(f"| {n} | {v:.2f} | {b} | {'kept' if ok else 'missed'} |" for n, v, b, ok in kept),
        "",
    ]
    text = PAGE.read_text(encoding="utf-8")
    start, end = (
        text.index("\n", text.index("<!-- ledger figures")),
        text.index("<!-- end of ledger"),
    )
    page = "\n".join([text[:start], *lines, text[end:]])
    PAGE.write_text(page, encoding="utf-8")


def main(words: list[str]) -> int:
    """Run all rounds, or (`--quick`, about 20 s) one against row locks alone."""
    is_quick = "--quick" in words
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = Bench(folder)
    bench.seconds = 2.5 if is_quick else 4.0
    try:
        where = machine(folder)
        print(
            f"{where['cores']} cores, fdatasync {where['fdatasync_ms']} ms, {where['durability']}"
        )
        asyncio.run(bench.fill())
        plan, many = (QUICK, 1) if is_quick else (FULL, 3)
        figures = asyncio.run(rounds(bench, plan, many))
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("\nmedians")
    for name, found in figures.items():
        print(_row(name, found))
    kept = ratios(figures)
    print()
    for name, value, bound, is_kept in kept:
        print(f"  {name:<58}{value:>9.2f}  bound {bound:<6} {'kept' if is_kept else 'MISSED'}")
    if not is_quick:
        publish(where, figures, kept)
    return 0 if all(is_kept for *_, is_kept in kept) else 1
