"""Environments of the official packages of Plaid and Stripe: ours never imports them.

Built when a test asks, from the hashed sets in requirements/, beside the state in `.local/oracles`.
plaid-python comes as source alone, so this is the one place that builds a package.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETS = ("oracles", "oracles-older")
SECONDS = 300


def python_of(name: str) -> Path:
    """Give the interpreter of a set; the test is skipped where the packages cannot be had."""
    listed = ROOT / "requirements" / f"{name}.txt"
    mark = hashlib.sha256(listed.read_bytes()).hexdigest()[:12]
    folder = ROOT / ".local" / "oracles"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{name}-{mark}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "whole").exists():
            _make(name, made, listed)
    return made / "bin" / "python"


def _make(name: str, made: Path, listed: Path) -> None:
    for old in made.parent.glob(f"{name}-*"):
        if old.name.removeprefix(f"{name}-").isalnum():
            shutil.rmtree(old)
    _run("make an environment", sys.executable, "-m", "venv", str(made))
    wanted = ("--require-hashes", "--no-deps", "--quiet", "-r", str(listed))
    _run(f"install {listed.name}", str(made / "bin/python"), "-m", "pip", "install", *wanted)
    (made / "whole").touch()


def _run(what: str, *command: str) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"oracles: cannot {what} in {SECONDS} s")
    if done.returncode:
        said = (done.stderr.strip() or "no word").splitlines()[-1]
        pytest.skip(f"oracles: cannot {what}: {said[:200]}")
