"""The supervisor alone, on little programs."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quid.entrypoints.local import process
from tests.support.system import wait_for

SUPERVISE = """
import sys
from pathlib import Path
from quid.entrypoints.local import supervise
from quid.entrypoints.local.errors import LocalError
from quid.entrypoints.local.plan import Part, Plan
from quid.entrypoints.local.process import Command

folder = Path(sys.argv[1])
def part(name, script, once):
    command = Command(("/bin/sh", "-c", script), {"PATH": "/bin:/usr/bin"}, folder / f"{name}.log")
    return Part(name, command, None if once else (lambda: True), 20)
stages = tuple(
    tuple(part(*text.split("=", 1), once=stage == "once") for text in texts)
    for stage, *texts in (words.split("\\n") for words in sys.argv[2:])
)
made = supervise.Supervisor(Plan(stages, "", "", ()), say=print, changed=lambda children: None)
try:
    made.run(lambda: print("ready", flush=True))
except LocalError as e:
    sys.exit(str(e))
"""


NAP = f"sleep 77{os.getpid()}"  # this run's own, to be told from another's


def supervise(folder: Path, *stages: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(folder), *stages],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(command: str) -> int:
    """Count the processes of a command (Linux; no ps on a bare machine)."""
    words = b"\0".join(word.encode() for word in command.split()) + b"\0"
    found = 0
    for pid, _ in process.all_stats():
        with contextlib.suppress(OSError):
            found += Path(f"/proc/{pid}/cmdline").read_bytes() == words
    return found


@pytest.mark.timeout(60)
def test_what_dies_again_and_again_ends_the_whole_with_its_last_lines(tmp_path: Path) -> None:
    with supervise(tmp_path, f"keep\ngood={NAP}1\nbad=echo the reason >&2; exit 3") as made:
        _, errors = made.communicate(timeout=50)

    assert made.returncode == 1
    assert "bad ended with status 3; 5 restarts did not help" in errors
    assert errors.count("the reason") == 6
    assert not count(f"{NAP}1")


def test_a_failed_step_ends_the_start_at_once(tmp_path: Path) -> None:
    with supervise(tmp_path, "once\nstep=echo no database >&2; exit 4", "keep\nlate=true") as made:
        _, errors = made.communicate(timeout=20)

    assert made.returncode == 1
    assert "step failed" in errors
    assert "no database" in errors
    assert not (tmp_path / "late.log").exists()


def test_children_and_their_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = f"trap 'kill $!; exit 0' TERM; {NAP}2 & wait"
    with supervise(tmp_path, f"keep\none={script}") as made:
        assert made.stdout is not None
        assert made.stdout.readline() == "ready\n"
        wait_for(lambda: count(f"{NAP}2") == 1)

        made.send_signal(signal.SIGKILL)

        wait_for(lambda: not count(f"{NAP}2"))


def test_orphans_of_a_killed_child_are_killed_before_it_comes_back(tmp_path: Path) -> None:
    script = f"echo $$ >> '{tmp_path}/pids'; setsid {NAP}3 & {NAP}4"
    with supervise(tmp_path, f"keep\none={script}") as made:
        pids = tmp_path / "pids"
        wait_for(lambda: pids.exists() and count(f"{NAP}3") == 1)
        os.kill(int(pids.read_text()), signal.SIGKILL)
        wait_for(lambda: len(pids.read_text().split()) == 2)
        left = count(f"{NAP}3")
        made.send_signal(signal.SIGTERM)
        assert made.wait(timeout=10) == 0

    assert left <= 1
    assert not count(f"{NAP}3")
    assert not count(f"{NAP}4")
