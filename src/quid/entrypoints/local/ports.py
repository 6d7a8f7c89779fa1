"""The one port a person types: `QUID_PORT`, else 8080 or the next free one."""

import contextlib
import errno
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from quid.entrypoints.local.errors import LocalError

FIRST = 8080
TRIES = 100


@dataclass(frozen=True, slots=True)
class Port:
    """A port nobody else of us will take while `claim` is open."""

    number: int
    claim: socket.socket

    def release(self) -> None:
        """Let others have it."""
        self.claim.close()


def choose(environ: Mapping[str, str]) -> Port:
    """Claim the port of the API.

    Raises: LocalError when `QUID_PORT` is no port or is taken, or none is free.
    """
    wanted = environ.get("QUID_PORT", "")
    if wanted:
        if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
            raise LocalError(f"QUID_PORT={wanted} is no port number")
        port = _claim(int(wanted))
        if port is None:
            raise LocalError(f"port {wanted} (QUID_PORT) is in use: choose another, or unset it")
        return port
    for number in range(FIRST, FIRST + TRIES):
        if port := _claim(number):
            return port
    raise LocalError(f"no free port from {FIRST} to {FIRST + TRIES - 1}: set QUID_PORT")


def choose_some(first: int, count: int) -> list[Port]:
    """Claim ports that nobody types: the next free ones.

    Raises: LocalError when there are too few.
    """
    found: list[Port] = []
    for number in range(first, first + TRIES):
        if len(found) < count and (port := _claim(number)):
            found.append(port)
    if len(found) < count:
        raise LocalError(f"no {count} free ports from {first} to {first + TRIES - 1}")
    return found


def _claim(number: int) -> Port | None:
    """Claim a free port. The API binds it seconds later, so a second system must not find it free.

    Servers that share a port among processes would not even notice each other. Linux keeps the
    claim as a socket name without a file, gone with its process.
    """
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with contextlib.suppress(OSError):
        if sys.platform == "linux":
            claim.bind(f"\0quid-port-{number}")
        if _is_free(number):
            return Port(number, claim)
    claim.close()
    return None


def _is_free(number: int) -> bool:
    """Tell whether nobody listens on the port, on either address of "localhost"."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                # Connections of a system that just stopped may linger: they do not count.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, number))
        except OSError as e:
            if family == socket.AF_INET or e.errno == errno.EADDRINUSE:
                return False
    return True
