"""Write `HISTORY` anew from the files: `python -m quid.migrations.history`.

Files keep their place in the list; new ones join at the end, by number. Once a release has
been tagged, its lines stand (the drift test compares them).
"""

import re
from pathlib import Path

from quid.migrations import digest

_ORDER = (
    "kit",
    "ledger",
    "identity",
    "risk",
    "funding",
    "payments",
    "collect",
    "disputes",
    "social",
    "notifications",
)


def _place(name: str) -> tuple[int, int]:
    match = re.fullmatch(r"([a-z]+)_(\d{4})_[a-z0-9_]+\.sql", name)
    if match is None or match[1] not in _ORDER:
        raise ValueError(f"{name}: a migration is called <slice>_<nnnn>_<what>.sql")
    return int(match[2]), _ORDER.index(match[1])


def lines(folder: Path) -> list[str]:
    """List the files in order, each with its hash."""
    history = folder / "HISTORY"
    known = (
        [line.split()[1] for line in history.read_text().splitlines()] if history.exists() else []
    )
    present = {p.name for p in folder.glob("*.sql")}
    ordered = [n for n in known if n in present]
    ordered += sorted(present - set(ordered), key=_place)
    return [f"{digest((folder / n).read_text(encoding='utf-8'))} {n}" for n in ordered]


def main() -> None:
    """Write the file beside the migrations."""
    folder = Path(__file__).parent
    (folder / "HISTORY").write_text("\n".join(lines(folder)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
