"""The folder through which several processes show their metrics as one."""

import os
from pathlib import Path


def prepare(home: Path) -> None:
    """Choose the folder for this process and its children, and drop what dead processes left.

    Must run before the first metric is made: the library reads the variable when it is imported
    in the process that counts.
    """
    folder = home / "run" / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            file.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
