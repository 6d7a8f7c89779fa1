"""Chromium, where there is one: it draws a page and gives what stands in it then."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find() -> str | None:
    """Find the program: `QUID_CHROMIUM`, PATH, then what Playwright has fetched."""
    named = os.environ.get("QUID_CHROMIUM")
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    cached = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return named or on_path or (str(cached[-1]) if cached else None)


def draw(url: str, folder: Path, *, milliseconds: int = 4000) -> str:
    """Open a page, let its time pass, give its elements as text; skip where no browser is.

    Fails when the page broke the policy of the door or raised an error.
    """
    program = find()
    if program is None:
        pytest.skip("browser: no Chromium; set QUID_CHROMIUM or install the package chromium")
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [
            program,
            "--headless",
            *rights,
            "--disable-gpu",
            "--enable-logging=stderr",
            f"--user-data-dir={folder}",
            f"--virtual-time-budget={milliseconds}",
            "--dump-dom",
            url,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not said, "\n".join(said)
    assert done.returncode == 0, done.stderr
    return done.stdout
