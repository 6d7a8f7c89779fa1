"""Rounds of Quid and of the join, alternated, in one run; the processors' time of each page."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import asyncpg

from bench.feed.join import INDEX
from bench.pay_api.run import ROOT, Bench, Figures, cpu_seconds

RESULTS: Final = ROOT / "bench" / "results" / "feed.json"
# Pages a second. The join would drown at the full rate where friends are few.
RATES: Final = {
    ("quid", "many"): 200, ("join", "many"): 200, ("quid", "few"): 200, ("join", "few"): 20,
}  # fmt: skip
GOAL_MS: Final = 20.0


class FeedBench(Bench):
    """The servers of one run, and a town on them."""

    def fill_town(self, share: float) -> None:
        words = [sys.executable, "-m", "bench.feed.setup", str(share)]
        subprocess.run(words, env=self.env, check=True)

    async def index_of_the_join(self) -> None:
        """Give the join the one index that helps it: payments in the order of the feed."""
        conn = await asyncpg.connect(self.servers.database_url)
        await conn.execute(INDEX)
        await conn.execute("analyze payments.payment")
        await conn.close()

    def pages(self, name: str, words: list[str], *, pid: int, seconds: float) -> Figures:
        """Read pages for a while; give waits, statuses and processor time for each page."""
        before = cpu_seconds([self.servers.postgres_pid]), cpu_seconds([pid])
        done = subprocess.run(
            [sys.executable, "-m", "bench.feed.load", *words, str(seconds)],
            env=self.env,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=4 * seconds + 60,
        )
        after = cpu_seconds([self.servers.postgres_pid]), cpu_seconds([pid])
        found: Figures = json.loads(done.stdout)
        if set(found["statuses"]) != {"200"}:
            raise SystemExit(f"{name}: answers other than a whole page: {found['statuses']}")
        for label, a, b in zip(("postgres", "api"), before, after, strict=True):
            found[f"{label}_cpu_us"] = round((b - a) * 1e6 / found["pages"])
        print(f"  {name:<24}{found}", flush=True)
        return found


def main(words: list[str]) -> int:
    """Run the rounds; `--quick`: one short round over a fifth of the stories."""
    is_quick = "--quick" in words
    seconds, rounds = (4.0, 1) if is_quick else (12.0, 3)
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = FeedBench(folder)
    kept: dict[str, list[Figures]] = {}
    try:
        print(f"load average {os.getloadavg()[0]:.2f}")
        bench.fill_town(0.2 if is_quick else 1.0)
        asyncio.run(bench.index_of_the_join())
        cores = max(1, (os.cpu_count() or 1) // 2)
        url = bench.servers.database_url
        with bench.quid(door="hot", workers=cores) as (port, pid):
            for _ in range(rounds):
                for kind in ("many", "few"):
                    for way, where in (("quid", str(port)), ("join", url)):
                        name, rate = f"{way}, {kind} friends", RATES[way, kind]
                        words_ = [way, where, kind, str(rate)]
                        found = bench.pages(name, words_, pid=pid, seconds=seconds)
                        kept.setdefault(name, []).append(found)
        p99 = median(float(f["p99_ms"]) for f in kept["quid, many friends"])
        ratios = {kind: _over(kept, kind) for kind in ("many", "few")}
        print(f"  p99 {p99:.1f} ms (bound {GOAL_MS:.0f})")
        print(f"  PostgreSQL's time for a page, the join over quid: {ratios}")
        if not is_quick:
            told = {"rounds": kept, "p99_ms": p99, "join_over_quid_cpu": ratios}
            RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_quick or p99 <= GOAL_MS else 1


def _over(kept: dict[str, list[Figures]], kind: str) -> float:
    ours, theirs = kept[f"quid, {kind} friends"], kept[f"join, {kind} friends"]
    return median(
        float(their["postgres_cpu_us"]) / float(our["postgres_cpu_us"])
        for our, their in zip(ours, theirs, strict=True)
    )
