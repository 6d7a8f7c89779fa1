"""Rounds alone, beside deposits that are answered, and beside deposits that hang; one run."""

import asyncio
import json
import os
import shutil
import signal
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
PAUSE_SECONDS: Final = 0.04
KEYS: Final = {
    "QUID_PLAID_CLIENT_ID": "bench",
    "QUID_PLAID_SECRET": "bench",
    "QUID_STRIPE_KEY": "sk_test_bench",
    "QUID_STRIPE_WEBHOOK_SECRETS": "whsec_bench",
}
BOUND: Final = 1.10
CONTENDERS: Final = {
    "alone": signal.SIGUSR2,
    "answers": signal.SIGUSR2,
    "silent": signal.SIGUSR1,
}


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

    def round(self, port: int, pid: int, name: str, *, seconds: float) -> Figures:
        """Measure balance payments, alone or with depositors beside them."""
        if name == "alone":
            return self.paced(port, pid, name, seconds=seconds)
        words = ["-m", "bench.providers.beside", str(port), str(self.depositors)]
        words.append(str(seconds + 4))
        with subprocess.Popen(
            [sys.executable, *words], env=self.env, stdout=subprocess.PIPE, text=True
        ) as beside:
            found = self.paced(port, pid, f"beside deposits, provider {name}", seconds=seconds)
            told, _ = beside.communicate(timeout=120)
        found["beside"] = json.loads(told)
        print(f"    answers to them, by status: {found['beside']}", flush=True)
        return found

    def paced(self, port: int, pid: int, name: str, *, seconds: float) -> Figures:
        """Pay at a steady rate below what the machine can: saturated, all it shows is its queue."""
        return self.load(
            port, pid, name, seconds=seconds, connections=CONNECTIONS, pause=PAUSE_SECONDS
        )


def main(words: list[str]) -> int:
    """Run the rounds; `--quick`: one short pair."""
    seconds, rounds = (5.0, 1) if "--quick" in words else (10.0, 6)
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = SilentBench(folder)
    try:
        bench.fill()
        kept: dict[str, list[Figures]] = {name: [] for name in CONTENDERS}
        cores = max(1, (os.cpu_count() or 1) // 2)
        words_ = ["-m", "bench.providers.silence", str(bench.silence)]
        with (
            bench.process("silence", words_) as provider,
            bench.quid(door="hot", workers=cores) as (port, pid),
        ):
            wait_ready(f"http://127.0.0.1:{port}/readyz")
            bench.paced(port, pid, "warm-up", seconds=3)
            for _ in range(rounds):
                for name, number in CONTENDERS.items():
                    os.kill(provider, number)
                    kept[name].append(bench.round(port, pid, name, seconds=seconds))
            breakers = _breakers(port)
        asyncio.run(bench.books())
        found_ratio = _ratio(kept, "answers", "p99_ms")
        print(f"  breakers that are not shut: {breakers}")
        print(
            f"  p99 beside a silent provider over an answering one: {found_ratio:.2f} "
            f"(bound {BOUND}), over nobody: {_ratio(kept, 'alone', 'p99_ms'):.2f}; "
            f"p50: {_ratio(kept, 'answers', 'p50_ms'):.2f}"
        )
        if "--quick" not in words:
            RESULTS.write_text(json.dumps({"rounds": kept, "p99": found_ratio}, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _ratio(kept: dict[str, list[Figures]], against: str, what: str) -> float:
    silent, other = (median(float(f[what]) for f in kept[name]) for name in ("silent", against))
    return silent / other


def _breakers(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    states = [line for line in lines if line.startswith("quid_circuit_breaker_state{")]
    return ", ".join(line for line in states if not line.endswith(" 0.0")) or "none"
