"""The API as a process of its own, on a database and a Valkey of a test's choice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from quid.entrypoints.local import ports
from tests.support import api


@contextmanager
def serving(
    home: Path,
    *,
    database_url: str,
    valkey_url: str,
    python: Path | str = sys.executable,
    **settings: str,
) -> Iterator[tuple[str, Path]]:
    """Start it, give its address and its log, and stop it after the block.

    One process, so that a fault of one request is not hidden by another process that serves on.
    """
    port = ports.choose({})
    plain = {name: value for name, value in os.environ.items() if not name.startswith("QUID_")}
    own = api.settings(home, database_url=database_url, valkey_url=valkey_url)
    environ = {**plain, **own, "QUID_PORT": str(port.number), "QUID_API_WORKERS": "1", **settings}
    log = home / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [python, "-m", "quid.entrypoints.api"],
            env=environ,
            stdout=file,
            stderr=file,
        )
    try:
        address = f"http://127.0.0.1:{port.number}"
        _wait(address, process, log)
        yield address, log
    finally:
        port.release()
        process.terminate()
        ended = process.wait(timeout=30)
        assert ended in (0, -signal.SIGTERM), log.read_text(encoding="utf-8")[-2000:]


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            if httpx2.get(f"{address}/readyz", timeout=1).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8")[-2000:])
