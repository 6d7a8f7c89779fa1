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
RATE: Final = 200
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
            [sys.executable, "-m", "bench.feed.load", *words, str(RATE), str(seconds)],
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
    """Run the rounds; `--quick`: one short round over a tenth of the stories."""
    is_quick = "--quick" in words
    seconds, rounds = (4.0, 1) if is_quick else (12.0, 3)
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = FeedBench(folder)
    kept: dict[str, list[Figures]] = {"quid": [], "join": []}
    try:
        print(f"load average {os.getloadavg()[0]:.2f}")
        bench.fill_town(0.1 if is_quick else 1.0)
        asyncio.run(bench.index_of_the_join())
        cores = max(1, (os.cpu_count() or 1) // 2)
        url = bench.servers.database_url
        with bench.quid(door="hot", workers=cores) as (port, pid):
            for _ in range(rounds):
                ways = {"quid": ["quid", str(port)], "join": ["join", url]}
                for name, way in ways.items():
                    kept[name].append(bench.pages(name, way, pid=pid, seconds=seconds))
        p99 = median(float(f["p99_ms"]) for f in kept["quid"])
        ratio = _over(kept, "postgres_cpu_us")
        print(f"  p99 {p99:.1f} ms (bound {GOAL_MS:.0f})")
        print(f"  PostgreSQL's time for a page, the join over quid: {ratio:.1f}x")
        if not is_quick:
            told = {"rounds": kept, "p99_ms": p99, "join_over_quid_cpu": ratio}
            RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_quick or p99 <= GOAL_MS else 1


def _over(kept: dict[str, list[Figures]], what: str) -> float:
    return median(
        float(theirs[what]) / float(ours[what])
        for ours, theirs in zip(kept["quid"], kept["join"], strict=True)
    )
