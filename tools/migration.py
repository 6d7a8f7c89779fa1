"""Add a migration: `./dev migration SLICE NAME`; or look for dangerous ones: `lint`."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "quid" / "migrations"
EXCLUDED = (
    "require-lock-timeout",  # the runner sets both time-outs for every file
    "require-statement-timeout",
    "ban-char-field",  # currencies have three letters
    "prefer-bigint-over-int",  # lanes, tiers, versions and counts are small
    "prefer-bigint-over-smallint",
)


def add(owner: str, name: str) -> None:
    """Write the next numbered file of a slice, and enter it in the history."""
    if not (ROOT / "src" / "quid" / owner).is_dir() or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        sys.exit("usage: ./dev migration SLICE a_name_in_lower_case")
    number = 1 + len(list(FOLDER.glob(f"{owner}_[0-9]*.sql")))
    path = FOLDER / f"{owner}_{number:04}_{name}.sql"
    path.write_text(f"-- {name.replace('_', ' ').capitalize()}.\n")
    print(path.relative_to(ROOT))
    sys.exit(
        subprocess.run([sys.executable, "-m", "quid.migrations.history"], check=False).returncode
    )


def lint() -> None:
    """Let squawk look for steps that would lock or rewrite a table in use."""
    squawk = Path(sys.executable).with_name("squawk")
    files = sorted(str(path) for path in FOLDER.glob("*.sql"))
    options = ("--pg-version=16", "--assume-in-transaction", f"--exclude={','.join(EXCLUDED)}")
    sys.exit(subprocess.run([squawk, *options, *files], check=False).returncode)


if __name__ == "__main__":
    if sys.argv[1:] == ["lint"]:
        lint()
    if len(sys.argv) != 3:
        sys.exit("usage: ./dev migration SLICE NAME")
    add(sys.argv[1], sys.argv[2])
