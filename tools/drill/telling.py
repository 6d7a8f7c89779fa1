"""What the drill says, line by line."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

BOLD, GREEN, RED, DIM, PLAIN = (
    ("\033[1m", "\033[32m", "\033[31m", "\033[2m", "\033[0m")
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ
    else ("", "", "", "", "")
)


class Told(Exception):  # noqa: N818 - the drill's own word for "it ends here, and why"
    """The drill cannot go on; the text says why."""


@dataclass(slots=True)
class Step:
    """A line of the report; `said` is what it found, `seconds` what is to be shown as its time."""

    said: str = ""
    seconds: float | None = None


@contextlib.contextmanager
def step(title: str) -> Iterator[Step]:
    """Time a step and write its line when it has ended."""
    if sys.stdout.isatty():
        print(f"  {title} …", end="\r", flush=True)
    began = time.monotonic()
    found = Step()
    yield found
    seconds = time.monotonic() - began if found.seconds is None else found.seconds
    print(f"  {title:<42} {seconds:5.1f} s   {DIM}{found.said}{PLAIN}", flush=True)
