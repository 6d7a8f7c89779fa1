"""Running others' programs: one line when they begin, what they said when they fail."""

import contextlib
import fcntl
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

HEAD_LINES = 10
TAIL_LINES = 20
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


class Trouble(Exception):  # noqa: N818 - what the person reads, not a fault of ours
    """It cannot be done; the text says why."""


def say(text: str) -> None:
    """Tell the person at the terminal what takes time now."""
    print(f"dev: {text}", flush=True)


def run(
    trouble: str, *command: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run quietly and give what it printed.

    Raises: Trouble with the beginning and the end of its output when it fails.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as e:
        raise Trouble(f"{trouble}: {e}") from e
    output = _COLOUR.sub("", done.stdout.decode(errors="replace"))
    if done.returncode:
        lines = output.strip().splitlines()
        if len(lines) > HEAD_LINES + TAIL_LINES:
            lines[HEAD_LINES:-TAIL_LINES] = ["..."]
        raise Trouble("\n  ".join([f"{trouble}:", *lines]))
    return output


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process of this checkout at a time into the block."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
