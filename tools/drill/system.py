"""The drill's own system: start it, kill parts of it, copy its database, stop it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from quid.entrypoints.local import homes, locate, process
from tools.drill.telling import Told

NOT_ITS_OWN = {"QUID_DATABASE_URL", "QUID_VALKEY_URL", "QUID_SECRETS_FILE", "QUID_PORT"}


class System:
    """The drill's own system in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = homes.Home(folder)
        self._environ = {
            name: value for name, value in os.environ.items() if name not in NOT_ITS_OWN
        } | {
            "QUID_HOME": str(folder),
            "QUID_DEMO": "1",
            "QUID_RATE_LIMIT_PER_MINUTE": "1000000",
        }

    def start(self) -> None:
        """Start it, or tell why not."""
        done = self._local("up", "--detach")
        if done.returncode != 0:
            raise Told(f"the system did not start:\n{done.stdout}")

    def stop(self) -> None:
        """End it."""
        self._local("stop")

    def record(self) -> homes.RunRecord:
        """Read run.json, as it stands now."""
        found = self.home.read_run()
        if found is None:
            raise Told("run.json is gone: the supervisor has given up\n" + self.log("supervisor"))
        return found

    def log(self, name: str) -> str:
        """Give the end of a log."""
        return process.tail(self.home.logs / f"{name}.log")

    def quid(self, *words: str, database_url: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command on one of the databases."""
        record = self.record()
        at = {"QUID_DATABASE_URL": database_url, "QUID_VALKEY_URL": record.valkey_url}
        return run("-m", "quid.entrypoints.cli", *words, env=self._environ | at)

    def _local(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run("-m", "quid.entrypoints.local", *words, env=self._environ)


def run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a Python of our own and keep what it says."""
    return subprocess.run(
        [sys.executable, "-P", *words],
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill(pid: int) -> int:
    """SIGKILL a program: its group, and its children in groups of their own; give how many."""
    family = {pid} | {p for p, fields in process.all_stats() if fields[1] == str(pid)}
    for one in sorted(family):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    process.signal_group(pid, signal.SIGKILL)
    return len(family)


def copy_database(url: str, name: str) -> str:
    """Copy a database while it is in use, with PostgreSQL's own programs; give its address."""
    programs = locate.postgres(os.environ).bin
    copy = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    dump = [str(programs / "pg_dump"), "--dbname", url]
    load = [str(programs / "psql"), "-qX", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", copy]
    subprocess.run([programs / "psql", "-qX", url, "-c", f"create database {name}"], check=True)
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
        subprocess.run(load, stdin=source.stdout, check=True)
    return copy
