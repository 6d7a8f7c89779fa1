"""Add a migration: `./dev migration SLICE NAME`; or look for dangerous ones: `lint`."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "quid" / "migrations"
TEMPLATE = """-- {title}
set local lock_timeout = '2s';
set local statement_timeout = '60s';

"""


def add(owner: str, name: str) -> None:
    """Write the next numbered file of a slice, and enter it in the history."""
    if not (ROOT / "src" / "quid" / owner).is_dir() or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        sys.exit("usage: ./dev migration SLICE a_name_in_lower_case")
    number = 1 + len(list(FOLDER.glob(f"{owner}_[0-9]*.sql")))
    path = FOLDER / f"{owner}_{number:04}_{name}.sql"
    path.write_text(TEMPLATE.format(title=name.replace("_", " ").capitalize()))
    print(path.relative_to(ROOT))
    sys.exit(
        subprocess.run([sys.executable, "-m", "quid.migrations.history"], check=False).returncode
    )


def lint() -> None:
    """Let squawk look for steps that would lock or rewrite a table in use."""
    squawk = Path(sys.executable).with_name("squawk")
    files = sorted(str(path) for path in FOLDER.glob("*.sql"))
    options = ("--pg-version", "16", "--assume-in-transaction")
    sys.exit(subprocess.run([squawk, *options, *files], check=False).returncode)


if __name__ == "__main__":
    if sys.argv[1:] == ["lint"]:
        lint()
    if len(sys.argv) != 3:
        sys.exit("usage: ./dev migration SLICE NAME")
    add(sys.argv[1], sys.argv[2])
