"""Hold what we depend on to its rules, without a network: `./dev check deps`.

The pinned sets contain every direct requirement at a version it allows, agree with each other,
carry hashes and name no host; every direct requirement has an upper bound; what is refused is
absent; and no committed file names a machine's folder, a registry or a token.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
SETS = {"run": ("local",), "test": ("local", "dev")}
# Old httpx is unmaintained; the others cap redis-py below 8.
REFUSED = {"httpx", "limits", "throttled-py", "purgatory"}
TOKEN = re.compile(
    r"(?i)(?:pypi-[\w-]{20,}|gh[pousr]_\w{30,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|"
    r"https?://[^/\s\"'<>]+:[^/\s\"'<>@]+@)"
)
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:root|work|Users|home)/[\w.-]")
REGISTRY = re.compile(r"(?i)(?:--(?:extra-)?index-url|--find-links|files\.python\w+\.org)")
Pins = dict[str, set[str]]


def main() -> int:
    """Print every fault."""
    faults = [*requirement_faults(), *committed_faults()]
    print("\n".join(faults))
    return 1 if faults else 0


def requirement_faults() -> Iterator[str]:
    """Compare pyproject.toml with the pinned sets, and these with each other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    core, extras = project["dependencies"], project["optional-dependencies"]
    everything = [*core, *(text for texts in extras.values() for text in texts)]
    everywhere = read_pins("all")
    yield from (
        f"pyproject.toml: {text} has no upper bound" for text in everything if "<" not in text
    )
    yield from missing("all", everywhere, everything)
    for name, chosen in SETS.items():
        pins = read_pins(name)
        yield from missing(name, pins, [*core, *(t for extra in chosen for t in extras[extra])])
        for package, versions in pins.items():
            if versions != everywhere.get(package):
                yield f"requirements/{name}.txt: {package} is not as in all.txt: ./dev gen deps"
    yield from (f"requirements/all.txt: {name} is refused" for name in REFUSED & set(everywhere))
    for path in (ROOT / "requirements").glob("*.txt"):
        for block in re.split(r"\n(?=\S)", path.read_text().strip()):
            if "==" not in block or "--hash=sha256:" not in block or "://" in block:
                yield f"{path.name}: not a pin with hashes alone: {block.splitlines()[0]}"


def read_pins(name: str) -> Pins:
    """Read a set: the versions of each package (more than one when they differ by platform)."""
    pins: Pins = {}
    for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines():
        if found := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", line):
            pins.setdefault(canonicalize_name(found[1]), set()).add(found[2])
    return pins


def missing(name: str, pins: Pins, texts: list[str]) -> Iterator[str]:
    """Find direct requirements that the set does not hold at an allowed version."""
    for text in texts:
        wanted = Requirement(text)
        versions = pins.get(canonicalize_name(wanted.name), set())
        if not versions or not all(wanted.specifier.contains(v) for v in versions):
            yield f"requirements/{name}.txt: {text} is not pinned: ./dev gen deps"


def committed_faults() -> Iterator[str]:
    """Look through every committed text for what belongs to one machine."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path == Path(__file__).resolve() or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1):
            for what, pattern in (("token", TOKEN), ("path", MACHINE), ("registry", REGISTRY)):
                if pattern.search(line):
                    yield f"{name}:{number}: names a {what} of one machine"


if __name__ == "__main__":
    sys.exit(main())
