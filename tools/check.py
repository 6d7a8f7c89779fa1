"""Every check that needs no server: `./dev check [NAME ...]`. A failing one shows its output."""

import subprocess
import sys
import time
from pathlib import Path

from tools.web import LEFT_OUT

ROOT = Path(__file__).resolve().parents[1]
CHECKS = {
    "format": ("-m", "ruff", "format", "--check", ".", "dev"),
    "lint": ("-m", "ruff", "check", ".", "dev"),
    "types": ("-m", "mypy"),
    "imports": (
        "-c",
        "from importlinter.cli import lint_imports_command as main; main()",
    ),
    "arch": ("-m", "pytest", "tests/arch"),
    "deps": ("-m", "tools.deps"),
    "migrations": ("-m", "tools.migration", "lint"),
    "web": ("-m", "tools.web", "check"),
}
VERDICTS = {0: "ok", LEFT_OUT: "left out"}


def main(names: list[str]) -> int:
    """Run the named checks, or all of them, to the end."""
    if unknown := set(names) - set(CHECKS):
        sys.exit(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    failed = []
    for name in names or CHECKS:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *CHECKS[name]],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        verdict = VERDICTS.get(done.returncode, "FAILED")
        print(f"{name:<11} {verdict:<8} {time.monotonic() - began:5.1f} s", flush=True)
        if verdict == "FAILED":
            failed.append(name)
        if verdict != "ok":
            print(done.stdout.decode(errors="replace"), flush=True)
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
