"""Fill, read alone, read beside payments; the books are checked by the reading itself."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from bench.ledger.plan import Workload
from bench.ledger.run import Bench, machine, named

ROWS: Final = 10_000_000
RESULTS: Final = Path(__file__).resolve().parents[2] / "bench" / "results" / "books.json"
READERS: Final = ("verify", "reconcile", "auditor")
ROUNDS: Final = 3
# As payments post: some tens of them a batch on two lanes, all that the machine gives.
PAYMENTS: Final = Workload("payments", "quid", batch=20, connections=2)
VERIFY_PER_SECOND: Final = 30_000
FULL_SECONDS_OF_10M: Final = 600
SLOWER_MAX: Final = 0.15


class Books(Bench):
    """The bench of the ledger, with one database that is filled once."""

    def fill_books(self, rows: int) -> float:
        """Post that many payments by two processes; give the seconds it took."""
        asyncio.run(self.fill())
        asyncio.run(self.copy("books"))
        started = time.monotonic()
        url, share = named(self.url, "books"), [rows - rows // 2, rows // 2]
        fillers = [self.start("filler", url, str(n), str(i)) for i, n in enumerate(share)]
        posted = sum(json.loads(ended(f))["posted"] for f in fillers)
        if posted != rows:
            raise RuntimeError(f"{posted} of {rows} posted")
        return time.monotonic() - started

    def start(self, module: str, *words: str) -> subprocess.Popen[str]:
        """Start one of this bench's processes."""
        return self._start(f"bench.books.{module}", *words)

    def alone(self, what: str) -> dict[str, float]:
        """Let one reader read everything, with nothing beside it."""
        found: dict[str, float] = json.loads(
            ended(self.start("reader", what, named(self.url, "books")))
        )
        if found["findings"]:
            raise RuntimeError(f"{what} found a difference: the run is void")
        return found

    def beside(self, what: str | None) -> float:
        """Payments per second while a reader works; None = while nobody does."""
        reader = self.start("reader", what, named(self.url, "books")) if what else None
        if reader is not None and reader.stdout is not None:
            reader.stdout.readline()
            time.sleep(1)
        try:
            return self.measure(PAYMENTS, "books")["per_second"]
        finally:
            if reader is not None:
                reader.kill()
                reader.wait(30)


def ended(child: subprocess.Popen[str]) -> str:
    """Wait for the end of a process; give its last line."""
    out, _ = child.communicate()
    if child.returncode:
        raise RuntimeError("a process has died: the run is void")
    return out.strip().splitlines()[-1]


def measure(bench: Books, rows: int) -> dict[str, float]:
    """Everything that is promised of large books."""
    took = bench.fill_books(rows)
    print(f"{rows:,} rows posted in {took:,.0f} s ({rows / took:,.0f}/s)", flush=True)
    verified, reconciled = bench.alone("verify"), bench.alone("reconcile")
    per_second = verified["transfers"] / verified["seconds"]
    full = reconciled["seconds"] * 10_000_000 / reconciled["transfers"]
    own = verified["transfers"] / verified["cpu"]
    print(
        f"verify: {verified['seconds']:,.1f} s, {per_second:,.0f}/s; of its own processor time, "
        f"without the server's, {own:,.0f}/s",
        flush=True,
    )
    print(f"reconcile --full: {reconciled['seconds']:,.1f} s, {full:,.0f} s for 10M", flush=True)
    rates: dict[str | None, list[float]] = {}
    for n in range(ROUNDS):
        order = (None, *READERS)
        for what in order if n % 2 == 0 else reversed(order):
            rates.setdefault(what, []).append(bench.beside(what))
            print(f"  payments beside {what or 'nobody'}: {rates[what][-1]:,.0f}/s", flush=True)
    plain = median(rates[None])
    slower = {f"slower_{what}": 1 - median(rates[what]) / plain for what in READERS}
    return {
        "rows": rows,
        "verify_per_second": per_second,
        "full_seconds": reconciled["seconds"],
        "full_seconds_of_10m": full,
        "payments_per_second": plain,
        **slower,
    }


def main(words: list[str]) -> int:
    """Run it; exit 1 when a promise is not kept."""
    options = dict(word[2:].split("=", 1) for word in words if "=" in word)
    rows = int(options.get("rows", ROWS))
    folder = Path(tempfile.mkdtemp(prefix="quid-bench-"))
    bench = Books(folder)
    bench.seconds = float(options.get("seconds", 8))
    try:
        where = machine(folder)
        found = measure(bench, rows)
    finally:
        bench.servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    kept = [
        ("verify, transfers/s", found["verify_per_second"], ">=", VERIFY_PER_SECOND),
        (
            "reconcile --full, s for 10M rows",
            found["full_seconds_of_10m"],
            "<=",
            FULL_SECONDS_OF_10M,
        ),
        *(
            (f"payments slower beside {what}", found[f"slower_{what}"], "<=", SLOWER_MAX)
            for what in READERS
        ),
    ]
    is_kept = True
    for name, value, sign, bound in kept:
        ok = value >= bound if sign == ">=" else value <= bound
        is_kept &= ok
        print(f"  {name:<40}{value:>12,.2f}  bound {sign} {bound:<8} {'kept' if ok else 'MISSED'}")
    rounded = {name: round(value, 3) for name, value in found.items()}
    RESULTS.write_text(json.dumps({"machine": where, "found": rounded}, indent=1) + "\n")
    return 0 if is_kept else 1
