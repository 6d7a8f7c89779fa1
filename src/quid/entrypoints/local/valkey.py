"""Valkey in memory alone: whatever it holds can be rebuilt, so nothing of it is saved."""

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local import locate, process

# A full cache must fail loudly (and count as "Valkey down"), not drop counters in silence.
SETTINGS = (
    *("--port", "0"),
    *("--unixsocketperm", "700"),
    *("--save", ""),
    *("--appendonly", "no"),
    *("--maxmemory", "256mb"),
    *("--maxmemory-policy", "noeviction"),
    *("--daemonize", "no"),
)


@dataclass(frozen=True, slots=True)
class Server:
    """One Valkey on a unix socket."""

    programs: locate.Valkey
    sockets: Path
    log: Path

    @property
    def url(self) -> str:
        """The address for every client."""
        return f"unix://{self.sockets / 'valkey.sock'}"

    def command(self) -> process.Command:
        """Say how to start the server."""
        place = ("--unixsocket", str(self.sockets / "valkey.sock"), "--dir", str(self.sockets))
        return process.Command(
            argv=(str(self.programs.program), *SETTINGS, *place),
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            log=self.log,
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(str(self.sockets / "valkey.sock"))
            probe.sendall(b"PING\r\n")
            return probe.recv(5) == b"+PONG"
        return False
