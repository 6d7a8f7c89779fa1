"""Rounds of Quid and of the baseline, alternated, in one run."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from bench.pay_api import baseline
from tests.support.servers import Servers, start_servers

ROOT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = ROOT / "bench" / "results" / "pay_api.json"
ACCOUNTS: Final = 500
CONNECTIONS: Final = 64
POOL: Final = 16
UVICORN: Final = ("-m", "uvicorn", "--loop", "uvloop", "--http", "httptools", "--no-access-log")
QUIET: Final = (
    "--log-level", "warning", "--no-server-header", "--no-proxy-headers", "--ws", "none",
)  # fmt: skip
DOORS: Final = {
    "hot route": "hot",
    "same handler through FastAPI": "through_framework",
    "FastAPI body and header models": "framework_body",
}


Figures = dict[str, Any]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes and of their living children."""
    tick = os.sysconf("SC_CLK_TCK")
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) in pids or int(fields[1]) in pids:
            total += int(fields[11]) + int(fields[12])
    return total / tick


class Bench:
    """The servers of one run and what is started on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: Servers = start_servers(folder / "servers", fsync=True)
        self.requests = folder / "requests.json"
        secrets = folder / "secrets.toml"
        keys = {"token_seed": "ab", "cursor_key": "cd", "field_kek": "ef", "seal_seed": "12"}
        secrets.write_text("".join(f'{name} = "dev_{two * 32}"\n' for name, two in keys.items()))
        self.env = {
            **os.environ,
            "QUID_DATABASE_URL": self.servers.database_url,
            "QUID_VALKEY_URL": self.servers.valkey_url,
            "QUID_HOME": str(folder),
            "QUID_SECRETS_FILE": str(secrets),
            "QUID_DEMO": "0",
            "QUID_RATE_LIMIT_PER_MINUTE": "100000000",
            "BENCH_REQUESTS": str(self.requests),
            "BENCH_URL": self.servers.database_url,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        }

    def fill(self) -> None:
        subprocess.run([sys.executable, "-m", "bench.pay_api.setup"], env=self.env, check=True)
        asyncio.run(self._fill_baseline())

    async def _fill_baseline(self) -> None:
        conn = await asyncpg.connect(self.servers.database_url)
        await conn.execute(baseline.SCHEMA)
        await conn.execute(
            "insert into b0.balance select g, 100000000 from generate_series(1, $1::int) g",
            ACCOUNTS,
        )
        await conn.execute("vacuum analyze")
        await conn.close()

    @contextmanager
    def process(
        self, name: str, words: list[str], env: Mapping[str, str] | None = None
    ) -> Iterator[int]:
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, *words], env={**self.env, **(env or {})}, stdout=log, stderr=log
            )
        try:
            yield child.pid
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @contextmanager
    def quid(self, *, door: str, workers: int) -> Iterator[tuple[int, int]]:
        port = free_port()
        if door == "hot":
            words = ["-m", "quid.entrypoints.api"]  # as it ships
        else:
            target = ["--factory", f"bench.pay_api.variants:{door}"]
            words = [*UVICORN, *QUIET, "--port", str(port), "--workers", str(workers), *target]
        metrics = self.folder / f"metrics-{port}"
        metrics.mkdir()
        env = {
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "QUID_PORT": str(port),
            "QUID_API_WORKERS": str(workers),
        }
        with (
            self.process("api", words, env) as pid,
            self.process("worker", ["-m", "quid.entrypoints.worker"], env),
        ):
            wait_ready(f"http://127.0.0.1:{port}/readyz")
            yield port, pid

    @contextmanager
    def plain(self, *, workers: int) -> Iterator[tuple[int, int]]:
        port = free_port()
        target = ["bench.pay_api.baseline:app"]
        words = [*UVICORN, *QUIET, "--port", str(port), "--workers", str(workers), *target]
        with self.process("plain", words, {"BENCH_POOL": str(POOL // workers)}) as pid:
            wait_ready(f"http://127.0.0.1:{port}/docs")
            yield port, pid

    def load(
        self,
        port: int,
        api_pid: int,
        name: str,
        *,
        seconds: float,
        connections: int,
        pause: float = 0.0,
    ) -> Figures:
        requests = json.loads(self.requests.read_text())
        if name.startswith("plain"):
            head = "POST /pay HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            requests = {
                "heads": [head] * ACCOUNTS,
                "bodies": [
                    json.dumps(
                        {
                            "payer": n + 1,
                            "payee": (n * 7 + 1) % ACCOUNTS + 1,
                            "amount": 1 + n % 90,
                            "note": "pizza",
                        }
                    )
                    for n in range(ACCOUNTS)
                ],
            }
        plan = self.folder / "plan.json"
        prefix = f"{time.time_ns():x}"
        plan.write_text(
            json.dumps(
                {
                    "host": "127.0.0.1",
                    "port": port,
                    "connections": connections,
                    "seconds": seconds,
                    "warm_up": min(3.0, seconds / 3),
                    "prefix": prefix,
                    "pause": pause,
                    **requests,
                }
            )
        )
        before = (cpu_seconds([self.servers.postgres_pid]), cpu_seconds([api_pid]))
        done = subprocess.run(
            [sys.executable, "-m", "bench.pay_api.load", str(plan)],
            env=self.env,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=4 * seconds + 30,
        )
        after = (cpu_seconds([self.servers.postgres_pid]), cpu_seconds([api_pid]))
        figures: Figures = json.loads(done.stdout)
        # The CPU of the warm-up counts in the sum and its answers do not: scale by time.
        share = seconds / (seconds + min(3.0, seconds / 3))
        for label, a, b in zip(("postgres", "api"), before, after, strict=True):
            figures[f"{label}_cpu_us"] = (b - a) * share * 1e6 / max(1, figures["answers"])
        figures["name"] = name
        bad = {s: n for s, n in figures["statuses"].items() if s != "201"}
        if bad:
            raise SystemExit(f"{name}: answers other than 201: {bad}")
        show(figures)
        return figures

    async def behind(self) -> int:
        """Count the events that the follower furthest behind has not taken yet."""
        conn = await asyncpg.connect(self.servers.database_url)
        found: int = await conn.fetchval(
            "select max((select count(*) from kit.outbox o where (o.xid, o.id) > (c.xid, c.id))) "
            "from kit.outbox_cursor c"
        )
        await conn.close()
        return found

    async def books(self) -> None:
        conn = await asyncpg.connect(self.servers.database_url)
        off = await conn.fetchval(
            "select count(*) from (select sum(debits) - sum(credits) d from ledger.account) x "
            "where d <> 0"
        )
        lost = await conn.fetchval(
            "select count(*) from payments.payment p left join ledger.journal j using (id) "
            "where (j.id is null) = (p.refusal_code is null)"
        )
        await conn.close()
        if off or lost:
            raise SystemExit(f"the books are broken: {off=} {lost=}; this run is void")


def wait_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise SystemExit(f"{url} is not ready")


def show(f: Mapping[str, Any]) -> None:
    speed = f"{f['per_second']:>8.0f}/s  p50 {f['p50_ms']:6.1f}  p99 {f['p99_ms']:6.1f} ms"
    cpu = (
        f"postgres {f['postgres_cpu_us']:4.0f}  api {f['api_cpu_us']:4.0f}"
        f"  load {f['client_cpu_us']:4.0f}"
    )
    print(f"  {f['name']:<44}{speed}  CPU us: {cpu}", flush=True)


def fsync_ms(folder: Path) -> float:
    """Median time of one fdatasync of 8 kB on this disk."""
    path = folder / "fsync.probe"
    times = []
    with path.open("wb", buffering=0) as f:
        for _ in range(50):
            f.write(b"x" * 8192)
            started = time.perf_counter()
            os.fdatasync(f.fileno())
            times.append(time.perf_counter() - started)
    path.unlink()
    return median(times) * 1000


def main(words: list[str]) -> int:
    """Run the rounds. `--quick`: one short round; `--doors`: compare doors and servers."""
    is_quick = "--quick" in words
    seconds, rounds = (5.0, 1) if is_quick else (12.0, 3)
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = Bench(folder)
    try:
        print(f"fdatasync {fsync_ms(folder):.2f} ms; load average {os.getloadavg()[0]:.2f}")
        bench.fill()
        found = _doors(bench, seconds) if "--doors" in words else _rounds(bench, seconds, rounds)
        asyncio.run(bench.books())
        if not is_quick:
            RESULTS.parent.mkdir(exist_ok=True)
            known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            RESULTS.write_text(json.dumps(known | found, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _doors(bench: Bench, seconds: float) -> dict[str, Any]:
    found = []
    for workers in (1, 2):
        for label, door in DOORS.items():
            with bench.quid(door=door, workers=workers) as (port, pid):
                name = f"{label}, {workers}"
                found.append(bench.load(port, pid, name, seconds=seconds, connections=CONNECTIONS))
    return {"doors": found}


def _rounds(bench: Bench, seconds: float, rounds: int) -> dict[str, Any]:
    """Alternate: the plain way in one process and in one per core, then Quid as it ships."""
    cores = os.cpu_count() or 1
    ours = max(1, cores // 2)  # the other half is the database's
    kept: dict[str, list[Figures]] = {"plain 1": [], "plain": [], "quid": [], "idle": []}
    for _ in range(rounds):
        for name, workers in (("plain 1", 1), ("plain", cores)):
            with bench.plain(workers=workers) as (port, pid):
                label = f"plain FastAPI, row locks, {workers} process(es)"
                found = bench.load(port, pid, label, seconds=seconds, connections=CONNECTIONS)
                kept[name].append(found)
        with bench.quid(door="hot", workers=ours) as (port, pid):
            label = f"Quid, {ours} process(es)"
            found = bench.load(port, pid, label, seconds=seconds, connections=CONNECTIONS)
            found["events_behind"] = asyncio.run(bench.behind())
            print(f"  followers are {found['events_behind']} events behind")
            kept["quid"].append(found)
            one = bench.load(port, pid, "Quid, idle system", seconds=seconds / 3, connections=1)
            kept["idle"].append(one)
    ratios = {name: _ratios(kept["quid"], kept[name]) for name in ("plain 1", "plain")}
    for name, found_ratios in ratios.items():
        spread = ", ".join(f"{r:.2f}" for r in found_ratios)
        print(f"  Quid against {name}: {median(found_ratios):.2f}x  ({spread})")
    return {"rounds": kept, "ratios": ratios}


def _ratios(ours: list[Figures], theirs: list[Figures]) -> list[float]:
    return [a["per_second"] / b["per_second"] for a, b in zip(ours, theirs, strict=True)]
