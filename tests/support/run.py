"""The servers of a test run: one PostgreSQL and one Valkey, shared by all workers.

With xdist the controlling process starts them and tells its workers where they are; without it
they start with the first test that asks. They are children of that process and end with it.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from quid.kit import clock
from tests.support.servers import Servers, start_servers

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - shared memory of Linux, for all users
MEMORY_MIN = 4 * 2**30
PREFIX = "quid-test-"
_STARTED = pytest.StashKey[tuple[Servers, Path]]()


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers of this run listen; `worker` numbers the process that runs the test."""

    database_url: str
    valkey_url: str
    worker: int


def addresses(config: pytest.Config) -> Addresses:
    """Give the addresses; start the servers unless they run."""
    told = getattr(config, "workerinput", {})
    if "quid_database_url" in told:
        worker = int(told["workerid"].removeprefix("gw"))
        return Addresses(told["quid_database_url"], told["quid_valkey_url"], worker)
    if _STARTED not in config.stash:
        base = _base()
        _sweep(base)
        folder = base / f"{PREFIX}{os.getpid()}"
        config.stash[_STARTED] = (start_servers(folder), folder)
    servers, _ = config.stash[_STARTED]
    return Addresses(servers.database_url, servers.valkey_url, 0)


def _base() -> Path:
    """Choose where the data lies: in memory if there is plenty, else in the checkout.

    A database is some 500 files: a clone of it costs 36 ms in memory, 140 ms on a disk.
    """
    is_there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    has_room = is_there and shutil.disk_usage(MEMORY).free > MEMORY_MIN
    return MEMORY if has_room else ROOT / ".local"


def _sweep(base: Path) -> None:
    """Remove the folders of runs that were killed.

    Memory may be shared with a container whose processes we cannot see, so never a young one.
    """
    an_hour_ago = clock.now().timestamp() - 3600
    for folder in base.glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX)
        is_old = folder.stat().st_mtime < an_hour_ago
        if is_old and pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True


class Worker(Protocol):
    """What we use of a worker of xdist, whose types are not published."""

    config: pytest.Config
    workerinput: dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Worker) -> None:
    """Tell a worker where the servers are (a hook of xdist, in the controlling process)."""
    told = addresses(node.config)
    node.workerinput["quid_database_url"] = told.database_url
    node.workerinput["quid_valkey_url"] = told.valkey_url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started, at the very end, and remove its folder."""
    if _STARTED in config.stash:
        servers, folder = config.stash[_STARTED]
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
