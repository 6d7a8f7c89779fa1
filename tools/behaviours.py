"""Which test proves which behaviour: the last columns of `docs/behaviours.md`, made of the tests.

A test names its behaviour by number: `test_16_pay_with_a_note`. Under `tests/journeys/web` it
proves it on the screen, elsewhere below it. Proofs without a number are written by hand and stay.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "behaviours.md"
SCREEN = Path("tests/journeys/web")
LATER = "later: "
_ROW = re.compile(r"^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_NUMBERED = re.compile(r"^(?:async )?def (test_(\d{1,2})_\w+)\(", re.MULTILINE)
_PROOF = re.compile(r"\[`(test_\w+)`\]\([^)]+\)")
Proofs = Mapping[int, list[str]]


class Row(NamedTuple):
    """A behaviour, the tests of the app that prove it, and those below the app."""

    number: int
    text: str
    screen: str
    below: str

    @property
    def is_later(self) -> bool:
        """Whether it waits for another part of the product, and the row says for which."""
        return self.screen.startswith(LATER)


def rows(text: str) -> list[Row]:
    """Read the table."""
    return [Row(int(n), *cells) for n, *cells in _ROW.findall(text)]


def written(text: str, screen: Proofs, below: Proofs) -> str:
    """Give the page with the columns of its table as the tests are."""

    def row(found: re.Match[str]) -> str:
        number, said, shown, by_hand = int(found[1]), found[2], found[3], found[4]
        kept = [
            proof[0]
            for proof in _PROOF.finditer(by_hand)
            if not re.match(rf"test_{number}_", proof[1])
        ]
        on_screen = ", ".join(screen.get(number, [])) or (shown if shown.startswith(LATER) else "")
        return f"| {number} | {said} | {on_screen} | {', '.join([*below.get(number, []), *kept])} |"

    return _ROW.sub(row, text)


def proofs(root: Path = ROOT) -> tuple[Proofs, Proofs]:
    """Find the numbered tests: those of the app, and those below it."""
    screen: dict[int, list[str]] = defaultdict(list)
    below: dict[int, list[str]] = defaultdict(list)
    for path, name, number in _tests(root):
        where = screen if path.is_relative_to(SCREEN) else below
        where[number].append(f"[`{name}`](../{path})")
    return screen, below


def _tests(root: Path) -> Iterator[tuple[Path, str, int]]:
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, number in _NUMBERED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(root), name, int(number)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), *proofs()), encoding="utf-8")


if __name__ == "__main__":
    main()
