"""The whole system as a person runs it, in a home of the test's own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from quid.entrypoints.local.home import Home, RunRecord
from quid.entrypoints.local.plan import answers
from quid.entrypoints.local.strays import find as find_strays

COMMAND = (sys.executable, "-m", "quid.entrypoints.local")


@dataclass(frozen=True, slots=True)
class System:
    """One home. Settings are `QUID_*` variables beyond it."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """Where its state lies."""
        return Home(self.path.resolve())

    @property
    def environ(self) -> dict[str, str]:
        """What its commands are started with: nothing of the settings of who runs the tests."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("QUID_")}
        return plain | {"QUID_HOME": str(self.path)} | self.settings

    def do(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*COMMAND, *words],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def start(self) -> None:
        """Start it in the background; ready afterwards."""
        done = self.do("up", "--detach")
        assert done.returncode == 0, done.stdout + done.stderr

    def foreground(self, output: Path) -> "subprocess.Popen[bytes]":
        """Start it as a person at a terminal does; ready afterwards."""
        with output.open("w") as file:
            process = subprocess.Popen(
                [*COMMAND, "up"],
                env=self.environ,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        wait_for(lambda: process.poll() is not None or self.is_ready())
        assert process.poll() is None, output.read_text()
        return process

    def stop(self) -> None:
        """Stop it; gone afterwards."""
        done = self.do("stop")
        assert done.returncode == 0, done.stdout + done.stderr

    def record(self) -> RunRecord:
        """What `run.json` says."""
        record = self.home.read_run()
        assert record is not None
        return record

    def kill(self, name: str) -> int:
        """SIGKILL one of its processes and wait until another has its place."""
        pid = self.record().processes[name].pid
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: self.record().processes[name].pid != pid)
        return pid

    def is_ready(self) -> bool:
        """Whether it says so of itself, and answers."""
        record = self.home.read_run()
        return record is not None and record.state == "ready" and answers(record.port)

    def leftovers(self) -> set[int]:
        """Processes that still belong to it."""
        return find_strays(self.home)


def wait_for(happened: Callable[[], bool], *, seconds: float = 30) -> None:
    """Poll with a deadline."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
