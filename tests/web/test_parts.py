"""The parts of the web app, tried by their own tests in Node."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.web import LEFT_OUT

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.alone
@pytest.mark.timeout(600)
def test_parts_of_the_web_app() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.web", "test"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == LEFT_OUT:
        pytest.skip(done.stdout[done.stdout.index("node: ") :].strip())
    assert done.returncode == 0, done.stdout
