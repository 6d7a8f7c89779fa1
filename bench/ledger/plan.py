"""What is measured, and what it must come to."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Workload:
    """One line of the table. `connections` are spread over two processes of load."""

    name: str
    contender: str
    mix: str = "uniform"
    batch: int = 1
    connections: int = 16
    is_reconciling: bool = False
    is_unchained: bool = False


ROW_LOCKS: Final = "row locks (B0), uniform"
ROW_LOCKS_HOT: Final = "row locks (B0), 90 % hot"
ONE_FUNCTION: Final = "one function each (B1), uniform"
UNIFORM: Final = "quid, batch 100, 2 lanes, uniform"
HOT: Final = "quid, batch 100, 2 lanes, 90 % hot"
RECONCILING: Final = "quid, batch 100, 2 lanes, 90 % hot, while reconcile runs"
METERS: Final = "quid, batch 100, 2 lanes, two meters"
GROUPS: Final = "quid, batch 99, 2 lanes, groups of 3"
HOLDS: Final = "quid, batch 100, 2 lanes, holds: 50 placed, 50 captured"
REFUSED: Final = "quid, batch 100, 2 lanes, all refused"
UNCHAINED: Final = "quid, batch 100, 2 lanes, uniform, chain cut out"
BATCH_20: Final = "quid, batch 20, 1 lane, uniform"
QUICK: Final = (
    Workload(ROW_LOCKS, "b0"),
    Workload(UNIFORM, "quid", batch=100, connections=2),
    Workload(ROW_LOCKS_HOT, "b0", mix="hot"),
    Workload(HOT, "quid", mix="hot", batch=100, connections=2),
)
FULL: Final = (
    *QUICK,
    Workload(ONE_FUNCTION, "b1"),
    Workload(RECONCILING, "quid", mix="hot", batch=100, connections=2, is_reconciling=True),
    Workload(METERS, "quid", mix="meters", batch=100, connections=2),
    Workload(GROUPS, "quid", mix="groups", batch=99, connections=2),
    Workload(HOLDS, "quid", mix="holds", batch=100, connections=2),
    Workload(REFUSED, "quid", mix="refused", batch=100, connections=2),
    Workload(UNCHAINED, "quid", batch=100, connections=2, is_unchained=True),
    Workload("quid, batch 1, 1 lane, uniform", "quid", connections=1),
    Workload(BATCH_20, "quid", batch=20, connections=1),
    Workload("quid, batch 20, 2 lanes, uniform", "quid", batch=20, connections=2),
    Workload("quid, batch 100, 1 lane, uniform", "quid", batch=100, connections=1),
    Workload("quid, batch 200, 2 lanes, uniform", "quid", batch=200, connections=2),
    Workload("quid, batch 500, 2 lanes, uniform", "quid", batch=500, connections=2),
)


@dataclass(frozen=True, slots=True)
class Task:
    """What one process of load does. `mix`: uniform, hot, meters, groups, holds, refused."""

    url: str
    contender: str
    mix: str
    batch: int
    connections: int
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """A promise: `figure` of one line over that of another, at least (or at most) `bound`."""

    name: str
    figure: str
    above: str
    below: str
    bound: float
    is_ceiling: bool = False


RATIOS: Final = (
    Ratio("uniform, transfers/s against row locks", "per_second", UNIFORM, ROW_LOCKS, 6),
    Ratio("90 % hot, transfers/s against row locks", "per_second", HOT, ROW_LOCKS_HOT, 12),
    Ratio("hot while reconcile runs", "per_second", RECONCILING, ROW_LOCKS_HOT, 12),
    Ratio("uniform, CPU of row locks over ours", "cpu_us", ROW_LOCKS, UNIFORM, 6),
    Ratio("90 % hot, CPU of row locks over ours", "cpu_us", ROW_LOCKS_HOT, HOT, 12),
    Ratio("uniform, transfers/s against B1", "per_second", UNIFORM, ONE_FUNCTION, 2.5),
    Ratio("batch 20, one lane, against row locks", "per_second", BATCH_20, ROW_LOCKS, 3.5),
    Ratio("two meters, CPU over plain", "cpu_us", METERS, UNIFORM, 1.8, is_ceiling=True),
    Ratio("chain, CPU over none", "cpu_us", UNIFORM, UNCHAINED, 1.15, is_ceiling=True),
    Ratio("all refused, CPU over plain", "cpu_us", REFUSED, UNIFORM, 1.2, is_ceiling=True),
)
