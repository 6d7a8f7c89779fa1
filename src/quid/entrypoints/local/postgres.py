"""PostgreSQL in a data folder: made once, then a child of the supervisor on a unix socket."""

import contextlib
import dataclasses
import functools
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local import locate, process
from quid.entrypoints.local.errors import LocalError

NAME = "quid"
PORT = 5432
NOBODY = 65534
NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000")
LOCALE = ("--encoding=UTF8", "--locale=C")
BUILTIN = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
AUTHENTICATION = ("--auth-local=trust", "--auth-host=scram-sha-256")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "wal_level": "logical",
    "max_slot_wal_keep_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "512MB",  # the data of tests may lie in memory
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder, its socket folder, and the programs that serve it."""

    programs: locate.Postgres
    data: Path
    sockets: Path
    log: Path
    fsync: bool = True

    @property
    def url(self) -> str:
        """The address of the database for every client."""
        return f"postgresql://{NAME}@/{NAME}?host={self.sockets}"

    def identity(self) -> str:
        """Tell this data folder from any other ever made: the server's own system identifier."""
        return (self.data / "global" / "pg_control").read_bytes()[:8].hex()

    def prepare(self) -> None:
        """Make the data folder if it is missing, and clear what a killed server left.

        The folder is built under another name and renamed, so a half-made one is never used.
        Raises: LocalError when the folder belongs to another version or cannot be made.
        """
        refuse_other_version(self.data.parent, self.data, major=self.programs.major)
        _give(self.sockets, as_whom())
        if not (self.data / "PG_VERSION").exists():
            self._create()
        _give(self.data, as_whom())
        clear_stale(self.data, self.sockets)

    def command(self) -> process.Command:
        """Say how to start the server."""
        settings = SETTINGS | (DURABLE if self.fsync else FAST)
        settings["unix_socket_directories"] = str(self.sockets)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._command("postgres", "-D", str(self.data), *options)

    def is_ready(self) -> bool:
        """Tell whether the server answers a sign-in, by its own protocol and no program."""
        words = ("user", NAME, "database", NAME, "application_name", "quid probe", "")
        body = struct.pack("!i", 196608) + b"".join(word.encode() + b"\0" for word in words)
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(str(self.sockets / f".s.PGSQL.{PORT}"))
            probe.sendall(struct.pack("!i", len(body) + 4) + body)
            answer = probe.recv(1)
            probe.sendall(b"X\0\0\0\4")
            return answer == b"R"
        return False

    def _create(self) -> None:
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        _give(fresh, as_whom())
        locale = (*LOCALE, *(BUILTIN if self.programs.major >= 17 else ()))
        sync = () if self.fsync else ("--no-sync",)
        options = (*locale, *AUTHENTICATION, *sync, "--data-checksums", f"--username={NAME}")
        self._finish(self._command("initdb", "-D", str(fresh), *options))
        # The server's own single-user mode: the database is there before anybody can connect.
        words = ("--single", "-D", str(fresh), "-c", f"fsync={'on' if self.fsync else 'off'}")
        statement = fresh.with_name(fresh.name + ".sql")
        statement.write_text(f"create database {NAME}\n")
        command = self._command("postgres", *words, "postgres")
        self._finish(dataclasses.replace(command, stdin=statement))
        statement.unlink()
        fresh.rename(self.data)

    def _command(self, program: str, *options: str) -> process.Command:
        prefix, uid = as_whom()
        return process.Command(
            argv=(str(self.programs.bin / program), *options),
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            log=self.log,
            prefix=prefix,
            uid=uid,
            stop_signal=signal.SIGINT,
            kill_signal=signal.SIGQUIT,
        )

    def _finish(self, command: process.Command) -> None:
        if process.run(command) != 0:
            lines = process.tail(command.log)
            raise LocalError(f"{command.argv[0]} failed; the end of {command.log}:\n{lines}")


@functools.cache
def as_whom() -> tuple[tuple[str, ...], int]:
    """Say as whom PostgreSQL runs: a command prefix, and a user to become (-1: stay).

    It refuses to be root. In a user namespace of its own, root looks like an ordinary user and
    files stay root's; where namespaces are forbidden, the server becomes user "nobody".
    """
    if os.geteuid() != 0:
        return (), -1
    if unshare := shutil.which("unshare"):
        prefix = (unshare, *NAMESPACE)
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - fixed words
            return prefix, -1
    return (), NOBODY


def refuse_other_version(folder: Path, data: Path, *, major: int) -> None:
    """Stop before a second, empty world is made beside the data of another major version.

    Raises: LocalError naming both versions.
    """
    others = [path for path in folder.glob("pg[0-9]*") if (path / "PG_VERSION").exists()]
    if others and not (data / "PG_VERSION").exists():
        names = ", ".join(str(path) for path in others)
        raise LocalError(
            f"PostgreSQL {major} was found, but the data is of another version: {names}.\n"
            "Set QUID_PG_BIN to a PostgreSQL of that version, or QUID_HOME to a new folder."
        )


def clear_stale(data: Path, sockets: Path) -> None:
    """Clear the way for a start after any death of the last server.

    The caller owns the home, so a server still at work there is an orphan of a killed supervisor:
    it is stopped. A lock file whose number now belongs to another program is removed, or
    PostgreSQL would refuse for ever.
    Raises: LocalError when the orphan does not end.
    """
    lock = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        if _serves(pid, data):
            _end(pid, data)
        elif process.start_time(pid):
            lock.unlink()
    for path in sockets.glob(".s.PGSQL.*"):
        path.unlink()


def _serves(pid: int, data: Path) -> bool:
    """Tell whether the process is a server of this very folder."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    if sys.platform == "linux":
        return False
    command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a number
    return str(data) in shown


def _end(pid: int, data: Path) -> None:
    for number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if process.wait_until(lambda: not _serves(pid, data), seconds=seconds):
            return
    raise LocalError(f"a PostgreSQL of an earlier run does not end: process {pid}")


def _give(folder: Path, whom: tuple[tuple[str, ...], int]) -> None:
    """Make the folder and all in it belong to the user who will serve it (root only)."""
    if os.geteuid() != 0:
        return
    uid = max(whom[1], 0)
    if folder.stat().st_uid == uid:
        return
    os.chown(folder, uid, uid)
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(root, name), uid, uid, follow_symlinks=False)
