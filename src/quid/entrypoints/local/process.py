"""Child processes: each in its own group, on a leash, its output straight in its log file.

Nothing of a child's output passes through the supervisor, so it costs no CPU under load.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local.errors import LocalError

LEASH = Path(__file__).with_name("leash.py")
PR_SET_CHILD_SUBREAPER = 36
DEFAULT_SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGPIPE,
    signal.SIGCHLD,
)


@dataclass(frozen=True, slots=True)
class Command:
    """How to start one program, and how to ask it to stop."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    prefix: tuple[str, ...] = ()
    uid: int = -1
    stop_signal: signal.Signals = signal.SIGTERM
    kill_signal: signal.Signals = signal.SIGKILL
    stdin: Path = Path(os.devnull)


class Child:
    """One running program; its process group goes with it."""

    def __init__(self, command: Command) -> None:
        """Start `command` at once; what it says is added to its log."""
        self.command = command
        leash = (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()))
        how = (str(int(command.stop_signal)), str(command.uid))
        argv = (*command.prefix, *leash, *how, *command.argv)
        log = os.open(command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.pid = os.posix_spawn(
                argv[0],
                argv,
                command.env,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, str(command.stdin), os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, log, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setpgroup=0,
                setsigdef=DEFAULT_SIGNALS,
                setsigmask=(),
            )
        finally:
            os.close(log)
        self.started = start_time(self.pid)
        self.status: int | None = None

    def poll(self) -> int | None:
        """Return the exit status once the program has ended (negative: the signal), else None."""
        if self.status is None:
            if sys.platform == "linux":
                # Its group is killed while the dead leader still holds the number, so that the
                # number cannot belong to a stranger by then.
                if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    return None
                signal_group(self.pid, signal.SIGKILL)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == 0:
                return None
            self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def ask_to_stop(self) -> None:
        """Send the stop signal; `wait` sees the end."""
        if self.poll() is None:
            os.kill(self.pid, self.command.stop_signal)

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, self.command.kill_signal)

    def wait(self, *, seconds: float) -> bool:
        """Wait for its end; True when it came in time."""
        return wait_until(lambda: self.poll() is not None, seconds=seconds)

    def stop(self, *, seconds: float = 10) -> None:
        """Ask it to stop, wait, then make it stop."""
        self.ask_to_stop()
        if self.wait(seconds=seconds):
            return
        self.kill()
        if not self.wait(seconds=5):
            signal_group(self.pid, signal.SIGKILL)
            self.wait(seconds=5)


def run(command: Command, *, seconds: float = 120) -> int:
    """Run a program to its end and return its exit status.

    Raises: LocalError when it takes longer than `seconds`.
    """
    child = Child(command)
    if not child.wait(seconds=seconds):
        child.stop(seconds=1)
        raise LocalError(f"{command.argv[0]} took longer than {seconds:.0f} s: see {command.log}")
    return child.poll() or 0


def wait_until(happened: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until something has happened; True when it came in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def tail(log: Path, *, lines: int = 20) -> str:
    """Return the last lines of a log file."""
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal every process of a group; nobody left is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def start_time(pid: int) -> str:
    """Say when a process began, to tell it from a later one of the same number; "" when gone."""
    fields = _stat(pid)
    if fields is not None:
        return fields[19]
    if sys.platform == "linux":
        return ""
    command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - a number


def is_alive(pid: int, *, started: str) -> bool:
    """Tell whether the process that began at `started` still runs (a zombie does not)."""
    fields = _stat(pid)
    if fields is not None:
        return fields[19] == started and fields[0] not in "ZX"
    return bool(started) and start_time(pid) == started


def adopt_orphans() -> None:
    """Become the parent of our children's orphans, so that none escapes (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopted(known: set[int]) -> list[int]:
    """List our children that are not in `known`: orphans the kernel handed to us (Linux)."""
    mine = str(os.getpid())
    return [pid for pid, fields in all_stats() if fields[1] == mine and pid not in known]


def all_stats() -> list[tuple[int, list[str]]]:
    """List every process with the fields of its stat line, from the state on (Linux)."""
    with contextlib.suppress(OSError):
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names only
        return [(pid, fields) for pid in pids if (fields := _stat(pid)) is not None]
    return []


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat behind the name: state, parent, ..., 19: start time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
