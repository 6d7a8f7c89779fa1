"""Throw-away PostgreSQL and Valkey for tests: the product's own start code, on a folder of yours.

They are children of this process, on a leash: whatever ends it, ends them.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local import locate, postgres, process, sockets, valkey


@dataclass(frozen=True, slots=True)
class Servers:
    """A running pair. `stop` ends both; the data folder stays, to be started again."""

    database_url: str
    valkey_url: str
    postgres_pid: int
    valkey_pid: int
    stop: Callable[[], None]


def start_servers(
    folder: Path, fsync: bool = False, environ: Mapping[str, str] = os.environ
) -> Servers:
    """Start both in `folder`, made if missing; logs lie there too."""
    folder.mkdir(parents=True, exist_ok=True)
    place = sockets.folder(folder)
    found = locate.postgres(environ)
    data, log = folder / f"pg{found.major}", folder / "postgres.log"
    cluster = postgres.Cluster(found, data, place, log, fsync=fsync)
    cache = valkey.Server(locate.valkey(environ), place, folder / "valkey.log")
    children: list[process.Child] = []

    def stop() -> None:
        for child in reversed(children):
            child.stop()
        shutil.rmtree(place, ignore_errors=True)

    with contextlib.ExitStack() as undo:
        undo.callback(stop)
        cluster.prepare()
        children += [process.Child(cluster.command()), process.Child(cache.command())]
        if not process.wait_until(lambda: cluster.is_ready() and cache.is_ready(), seconds=60):
            raise RuntimeError(f"servers did not start:\n{process.tail(log)}")
        undo.pop_all()
    return Servers(cluster.url, cache.url, children[0].pid, children[1].pid, stop)
