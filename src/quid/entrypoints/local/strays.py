"""Processes that a killed supervisor left: found by their mark, never by their name alone."""

import contextlib
import os
import signal
from pathlib import Path

from quid.entrypoints.local import process
from quid.entrypoints.local.errors import LocalError
from quid.entrypoints.local.home import Home
from quid.entrypoints.local.plan import MARK


def clear(home: Home) -> None:
    """End them. The caller owns the home, so whatever still works for it is a stray.

    PostgreSQL is left to `postgres.clear_stale`, which knows its own way to stop.
    Raises: LocalError when one does not end.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in find(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if process.wait_until(lambda: not find(home), seconds=8):
            return
    raise LocalError(f"processes of an earlier run do not end: {find(home)}")


def find(home: Home) -> set[int]:
    """List them: the recorded ones that still live, and (Linux) all that carry our mark."""
    record = home.read_run()
    recorded = record.processes if record else {}
    alive = {
        found.pid for name, found in recorded.items() if name != "postgres" and found.is_alive()
    }
    mark = f"{MARK}={home.path}\0".encode()
    return alive | {pid for pid, _ in process.all_stats() if mark in _environ(pid)}


def _environ(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""
