"""Where Chromium is. It is started with `--no-sandbox` as root and with nothing else of ours:
what we look at is what people see.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CACHED = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and what must stand in its environment."""

    program: str
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """What it is started with: root may not use its sandbox."""
        return ["--no-sandbox"] if os.geteuid() == 0 else []


def find() -> Chromium | None:
    """Find it: `QUID_CHROMIUM`, PATH, what Playwright has fetched."""
    named = os.environ.get("QUID_CHROMIUM")
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    cached = [str(path) for name in CACHED for path in sorted(Path.home().glob(name))]
    program = named or on_path or (cached[-1] if cached else None)
    return Chromium(program) if program else None
