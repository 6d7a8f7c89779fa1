"""How late a payee is told while payments come in; what two thousand sockets hold."""

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import asyncpg

from bench.pay_api.run import ROOT, Bench, Figures, cpu_seconds, free_port, wait_ready

RESULTS: Final = ROOT / "bench" / "results" / "socket.json"
PEOPLE: Final = 500
RATE: Final = 500
MANY: Final = 2_000
QUICK_RATE: Final = 100
GOAL_MS: Final = 1_000.0
GOAL_MB: Final = 300.0
QUIET: Final = """
insert into notifications.preference (user_id, topic, way, is_on, changed_at)
select p.id, t, 'email', false, now()
from identity.person p cross join unnest(array['money_in', 'money_out']) t
"""


class SocketBench(Bench):
    """The servers of one run, and people on them."""

    def fill_people(self) -> None:
        subprocess.run([sys.executable, "-m", "bench.pay_api.setup"], env=self.env, check=True)
        asyncio.run(self._without_mails())

    async def _without_mails(self) -> None:
        """Let nobody wish for mails: a file for each is what a local mailbox costs, no socket."""
        conn = await asyncpg.connect(self.servers.database_url)
        await conn.execute(QUIET)
        await conn.close()

    @contextmanager
    def house(self) -> Iterator[tuple[int, int, int]]:
        """Start one process of the API and a worker; give the port and both."""
        port = free_port()
        metrics = self.folder / f"metrics-{port}"
        metrics.mkdir()
        env = {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "QUID_PORT": str(port)}
        env["QUID_API_WORKERS"] = "1"
        with (
            self.process("api", ["-m", "quid.entrypoints.api"], env) as pid,
            self.process("worker", ["-m", "quid.entrypoints.worker"], env) as worker,
        ):
            wait_ready(f"http://127.0.0.1:{port}/readyz")
            yield port, pid, worker

    def command(self, port: int, *, sockets: int, rate: int, seconds: float) -> list[str]:
        words = [str(port), str(sockets), str(rate), str(seconds)]
        return [sys.executable, "-m", "bench.socket.load", *words]

    def payments(self, port: int, pids: tuple[int, int], *, rate: int, seconds: float) -> Figures:
        """Let payments come in while each person listens on a socket."""
        measured = {"api": pids[0], "worker": pids[1], "postgres": self.servers.postgres_pid}
        before = {name: cpu_seconds([pid]) for name, pid in measured.items()}
        done = subprocess.run(
            self.command(port, sockets=PEOPLE, rate=rate, seconds=seconds),
            env=self.env,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=4 * seconds + 60,
        )
        found: Figures = json.loads(done.stdout)
        if set(found["statuses"]) != {"201"} or found["told"] != found["payments"]:
            raise SystemExit(f"not all was paid, or told: {found}")
        found["rate"] = rate
        for name, pid in measured.items():
            spent = (cpu_seconds([pid]) - before[name]) * 1e6
            found[f"{name}_cpu_us"] = round(spent / found["statuses"]["201"])
        print(f"  {found}", flush=True)
        return found

    def memory(self, port: int, pid: int) -> Figures:
        """Open many sockets in one process; give what it holds before and with them."""
        before = resident_mb(pid)
        with subprocess.Popen(
            self.command(port, sockets=MANY, rate=0, seconds=0),
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as load:
            assert load.stdin is not None
            assert load.stdout is not None
            opened = json.loads(load.stdout.readline())["open"]
            held = resident_mb(pid)
            load.stdin.write("\n")
            load.stdin.close()
            still = json.loads(load.stdout.readline())["open"]
        if opened != MANY or still != MANY:
            raise SystemExit(f"{opened} of {MANY} sockets were opened, {still} stayed")
        found = {"sockets": opened, "before_mb": before, "with_them_mb": held}
        print(f"  {found}", flush=True)
        return found


def resident_mb(pid: int) -> float:
    """Memory of a process of the server."""
    status = Path("/proc", str(pid), "status").read_text()
    kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return round(kb / 1024, 1)


def main(words: list[str]) -> int:
    """Run the rounds; `--quick`: one short round."""
    is_quick = "--quick" in words
    seconds, rounds = (5.0, 1) if is_quick else (20.0, 3)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = SocketBench(folder)
    try:
        print(f"load average {os.getloadavg()[0]:.2f}")
        bench.fill_people()
        with bench.house() as (port, pid, worker):
            memory = bench.memory(port, pid)
            rate = QUICK_RATE if is_quick else RATE
            told = [
                bench.payments(port, (pid, worker), rate=rate, seconds=seconds)
                for _ in range(rounds)
            ]
        asyncio.run(bench.books())
        p95 = median(float(f["p95_ms"]) for f in told)
        print(f"  p95 {p95:.0f} ms (bound {GOAL_MS:.0f}) at {rate} payments/s")
        print(f"  {memory['with_them_mb']} MB with {MANY} sockets (bound {GOAL_MB:.0f})")
        if not is_quick:
            kept = {"rounds": told, "memory": memory, "p95_ms": p95}
            RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_quick or (p95 <= GOAL_MS and memory["with_them_mb"] <= GOAL_MB) else 1
