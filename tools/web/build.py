"""The packages of the web app, as locked, and `web/dist`, as its sources are now.

Each is stamped with the hash of what it was made of, so that a second start only compares.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tools.web import node
from tools.web.node import LOCAL, ROOT
from tools.web.trouble import alone, run, say

WEB = ROOT / "web"
DIST = WEB / "dist"
STAMP = DIST / ".source"
TYPES = WEB / "tools" / "api-types"
SPEC = ROOT / "docs" / "api" / "openapi.json"
SCHEMA = WEB / "src" / "api" / "schema.d.ts"
LOCK = LOCAL / "web.lock"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
MADE = {"node_modules", "dist", "coverage"}
UNBUILT = {"tests", "api-types", "chromium", *MADE}  # nothing of these is in the build


def is_built() -> bool:
    """Tell whether `web/dist` was made of the sources that stand here."""
    return STAMP.exists() and STAMP.read_text() == digest(sources())


def build() -> None:
    """Bring `web/dist` up to date; the one that stands stays until the new one is whole.

    Raises: Trouble when it cannot be built.
    """
    if is_built():
        return
    with alone(LOCK):
        if is_built():
            return
        env = install(WEB)
        began = time.monotonic()
        say("building the web app")
        before, fresh = digest(sources()), LOCAL / "web-dist"
        to = ("--outDir", fresh, "--emptyOutDir")
        run("the web app cannot be built", "npm", "run", "-s", "build", "--", *to, cwd=WEB, env=env)
        (fresh / STAMP.name).write_text(before)
        shutil.rmtree(DIST, ignore_errors=True)
        shutil.move(fresh, DIST)
        say(f"built the web app in {time.monotonic() - began:.0f} s")


def packages() -> dict[str, str]:
    """Install the packages of the web app unless they stand; give the environment for npm.

    Raises: Trouble when they cannot be had.
    """
    with alone(LOCK):
        return install(WEB)


def types() -> bytes:
    """Write the types of the API for the web app; give what stood there before.

    Raises: Trouble when they cannot be made.
    """
    with alone(LOCK):
        env = install(TYPES)
        before = SCHEMA.read_bytes() if SCHEMA.exists() else b""
        run("the types cannot be made", "npm", "run", "-s", "generate", cwd=TYPES, env=env)
        return before


def install(folder: Path) -> dict[str, str]:
    """Bring a folder's `node_modules` to exactly its lock; give the environment for npm.

    Locks: the caller holds LOCK.
    Raises: Trouble when a package cannot be had.
    """
    env = node.environ()
    stamp = folder / "node_modules" / ".quid"
    wanted = digest([*(folder / name for name in LOCKED), node.PINNED])
    if not (stamp.exists() and stamp.read_text() == wanted):
        began, name = time.monotonic(), folder.relative_to(ROOT)
        say(f"installing the packages of {name}")
        run(f"the packages of {name} could not be installed", "npm", "ci", cwd=folder, env=env)
        stamp.write_text(wanted)
        say(f"installed in {time.monotonic() - began:.0f} s")
    return env


def sources() -> Iterator[Path]:
    """Give every file that the build may read."""
    folders = [WEB]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.is_dir():
                if path.name not in UNBUILT:
                    folders.append(path)
            elif ".test." not in path.name:
                yield path


def digest(paths: Iterator[Path] | list[Path]) -> str:
    """Name the content of files, and their places."""
    found = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        found.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
