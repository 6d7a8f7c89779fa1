"""The drill, in a short form: PostgreSQL and the API die under load, and every cent is found."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(180)
def test_drill_finds_every_cent() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.drill", "--seconds", "0.5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    found = re.search(r"(\d+) acknowledged, (\d+) in the books, 0 lost, 0 double", said)
    assert found, said
    assert int(found[1]) == int(found[2]) > 100
    assert "names the row" in said
