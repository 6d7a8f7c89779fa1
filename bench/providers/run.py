"""Rounds without and with people who wait for a silent provider, alternated, in one run."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from statistics import median
from typing import Final

from bench.pay_api.run import ROOT, Bench, Figures, free_port, wait_ready

RESULTS: Final = ROOT / "bench" / "results" / "providers.json"
CONNECTIONS: Final = 16
KEYS: Final = {
    "QUID_PLAID_CLIENT_ID": "bench",
    "QUID_PLAID_SECRET": "bench",
    "QUID_STRIPE_KEY": "sk_test_bench",
    "QUID_STRIPE_WEBHOOK_SECRETS": "whsec_bench",
}
BOUND: Final = 1.10


class SilentBench(Bench):
    """The servers of one run, with both providers at an address that never answers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.silence = free_port()
        url = f"http://127.0.0.1:{self.silence}"
        self.depositors = folder / "depositors.json"
        self.env |= {**KEYS, "QUID_PLAID_URL": url, "QUID_STRIPE_URL": url}
        self.env["BENCH_DEPOSITORS"] = str(self.depositors)

    def fill(self) -> None:
        subprocess.run([sys.executable, "-m", "bench.providers.setup"], env=self.env, check=True)

    def round(self, port: int, pid: int, *, is_beside: bool, seconds: float) -> Figures:
        """Measure balance payments, alone or with depositors beside them."""
        if not is_beside:
            return self.load(port, pid, "alone", seconds=seconds, connections=CONNECTIONS)
        words = ["-m", "bench.providers.beside", str(port), str(self.depositors)]
        words.append(str(seconds + 4))
        with subprocess.Popen(
            [sys.executable, *words], env=self.env, stdout=subprocess.PIPE, text=True
        ) as beside:
            name = "beside people who wait for a silent provider"
            found = self.load(port, pid, name, seconds=seconds, connections=CONNECTIONS)
            told, _ = beside.communicate(timeout=120)
        found["beside"] = json.loads(told)
        print(f"    answers to them, by status: {found['beside']}", flush=True)
        return found


def main(words: list[str]) -> int:
    """Run the rounds; `--quick`: one short pair."""
    seconds, rounds = (5.0, 1) if "--quick" in words else (10.0, 5)
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = SilentBench(folder)
    try:
        bench.fill()
        kept: dict[str, list[Figures]] = {"alone": [], "beside": []}
        cores = max(1, (os.cpu_count() or 1) // 2)
        with (
            bench.process("silence", ["-m", "bench.providers.silence", str(bench.silence)]),
            bench.quid(door="hot", workers=cores) as (port, pid),
        ):
            wait_ready(f"http://127.0.0.1:{port}/readyz")
            bench.load(port, pid, "warm-up", seconds=3, connections=CONNECTIONS)
            for n in range(rounds):
                pair = (False, True) if n % 2 == 0 else (True, False)
                for is_beside in pair:
                    found = bench.round(port, pid, is_beside=is_beside, seconds=seconds)
                    kept["beside" if is_beside else "alone"].append(found)
            breakers = _breakers(port)
        asyncio.run(bench.books())
        found_ratio = _ratio(kept, "p99_ms")
        print(f"  breakers: {breakers}")
        print(
            f"  p99 beside over alone: {found_ratio:.2f} (bound {BOUND}); "
            f"p50: {_ratio(kept, 'p50_ms'):.2f}"
        )
        if "--quick" not in words:
            RESULTS.write_text(json.dumps({"rounds": kept, "p99": found_ratio}, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _ratio(kept: dict[str, list[Figures]], what: str) -> float:
    beside, alone = (median(float(f[what]) for f in kept[name]) for name in ("beside", "alone"))
    return beside / alone


def _breakers(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return ", ".join(line for line in lines if line.startswith("quid_circuit_breaker_state"))
