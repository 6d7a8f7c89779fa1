"""The card processor through the official package: pages, endings, shapes."""

import subprocess
from pathlib import Path

import pytest

from tests.support.oracles import SETS, python_of
from tests.support.sandbox import running

HERE = Path(__file__).parent
PINNED = SETS[0]
pytestmark = pytest.mark.timeout(700)


def drive(python: Path, script: str, *words: str) -> None:
    done = subprocess.run(
        [python, HERE / script, *words], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("name", SETS)
def test_stripe_lives_a_life_and_misses_no_field(name: str, tmp_path: Path) -> None:
    python, home = python_of(name), tmp_path / "sandbox"
    home.mkdir()
    with running(home, clock="real", pace=0.5) as sandbox:
        where = (sandbox.stripe, sandbox.stripe_key)
        drive(python, "stripe_life.py", *where)
        # What a newer version calls by another name, an older one cannot know.
        drive(python, "stripe_shapes.py", *where, *["--known"] * (name == PINNED))
