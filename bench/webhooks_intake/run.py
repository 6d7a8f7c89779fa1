"""10,000 webhooks in ten seconds, equal and different, alone and beside balance payments."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import asyncpg

from bench.pay_api.run import ROOT, Figures, wait_ready
from bench.providers.run import SilentBench

RESULTS: Final = ROOT / "bench" / "results" / "webhooks_intake.json"
GOAL_MS: Final = 200.0
CONNECTIONS: Final = 16


class StormBench(SilentBench):
    """The servers of one run; the providers never answer, so that intake alone is measured."""

    def storm(self, port: int, kind: str, *, rate: int, seconds: float) -> dict[str, object]:
        words = ["-m", "bench.webhooks_intake.storm", str(port), kind, str(rate), str(seconds)]
        told = subprocess.run(
            [sys.executable, *words], env=self.env, capture_output=True, text=True, check=True
        )
        found: dict[str, object] = json.loads(told.stdout)
        print(f"  {found}", flush=True)
        return found

    def beside(self, port: int, pid: int, *, rate: int, seconds: float) -> Figures:
        """Measure balance payments while different webhooks come."""
        words = ["-m", "bench.webhooks_intake.storm", str(port), "different", str(rate)]
        words.append(str(seconds + 4))
        with subprocess.Popen(
            [sys.executable, *words], env=self.env, stdout=subprocess.PIPE, text=True
        ) as beside:
            name = f"beside {rate} webhooks a second"
            found = self.load(port, pid, name, seconds=seconds, connections=CONNECTIONS)
            told, _ = beside.communicate(timeout=120)
        found["beside"] = json.loads(told)
        print(f"    the webhooks: {found['beside']}", flush=True)
        return found

    async def stored(self) -> int:
        conn = await asyncpg.connect(self.servers.database_url)
        found: int = await conn.fetchval("select count(*) from funding.inbox")
        await conn.close()
        return found


def main(words: list[str]) -> int:
    """Run the storms; `--quick`: a tenth of each."""
    is_quick = "--quick" in words
    seconds = 1.0 if is_quick else 10.0
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = StormBench(folder)
    try:
        bench.fill()
        cores = max(1, (os.cpu_count() or 1) // 2)
        with (
            bench.process("silence", ["-m", "bench.providers.silence", str(bench.silence)]),
            bench.quid(door="hot", workers=cores) as (port, pid),
        ):
            wait_ready(f"http://127.0.0.1:{port}/readyz")
            bench.storm(port, "different", rate=200, seconds=2)
            before = asyncio.run(bench.stored())
            storms = [bench.storm(port, kind, rate=1000, seconds=seconds) for kind in KINDS]
            after = asyncio.run(bench.stored())
            print(f"  stored: {after - before} of {sum(int(str(s['sent'])) for s in storms)}")
            alone = bench.load(port, pid, "alone", seconds=seconds, connections=CONNECTIONS)
            with_storm = bench.beside(port, pid, rate=100, seconds=seconds)
        asyncio.run(bench.books())
        kept = {"storms": storms, "alone": alone, "beside": with_storm}
        if not is_quick:
            RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
        slow = [s for s in storms if float(str(s["p99_ms"])) > GOAL_MS]
        print("  the goal is missed" if slow else f"  every p99 is below {GOAL_MS:.0f} ms")
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


KINDS: Final = ("equal", "different")
