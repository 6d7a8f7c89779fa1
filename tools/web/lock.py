"""The lock of a folder's packages, made from nothing: so it names the binaries of every platform.

A registry may not carry those of platforms that it does not serve. npm then leaves them out, and
refuses its own lock as incomplete. So they are written in, by version and platform: a machine of
that platform gets them from its own registry, any other never looks.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.web import node
from tools.web.trouble import run

SYSTEMS = "aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32"
CPUS = "arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64"
PLATFORM = re.compile(rf"-({SYSTEMS})-({CPUS})(?:-\w+)?$|-(wasm32)-wasi$")


def make(folder: Path) -> None:
    """Write `package-lock.json` anew.

    Raises: Trouble when a package cannot be had.
    """
    words = ("npm", "install", "--package-lock-only")
    with tempfile.TemporaryDirectory() as bare:  # what is installed would lend it its holes
        for name in ("package.json", ".npmrc"):
            shutil.copy(folder / name, bare)
        run("no lock could be made", *words, cwd=Path(bare), env=node.environ())
        lock = json.loads(Path(bare, "package-lock.json").read_text())
    packages = lock["packages"]
    for name, entry in list(absent(packages)):
        packages[f"node_modules/{name}"] = entry
    lock["packages"] = dict(sorted(packages.items()))
    (folder / "package-lock.json").write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the packages of a folder's lock, by place."""
    packages: dict[str, dict[str, Any]] = json.loads((folder / "package-lock.json").read_text())[
        "packages"
    ]
    return packages


def absent(packages: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find the optional packages that are asked for and not there."""
    for entry in packages.values():
        for name, version in entry.get("optionalDependencies", {}).items():
            found = PLATFORM.search(name)
            if f"node_modules/{name}" not in packages and found:
                system, cpu, wasm = found.groups()
                place = {"cpu": [wasm]} if wasm else {"os": [system], "cpu": [cpu]}
                libc = {"libc": ["musl"]} if "-musl" in name else {}
                dev = {"dev": True} if entry.get("dev") else {}
                yield name, {"version": version, **place, **libc, **dev, "optional": True}
