"""The tour names functions and links their files: each is still there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOUR = ROOT / "docs" / "TOUR.md"
_NAMED = re.compile(r"\[`([\w.]+)`\]\(([^)#\s]+)\)")


def stands_in(name: str, path: Path) -> bool:
    """Tell whether a file defines a function, class or constant of this name."""
    text = path.read_text(encoding="utf-8")
    word = re.escape(name)
    if path.suffix == ".sql":
        return (
            re.search(rf"^create (or replace )?function {word}\(", text, re.MULTILINE) is not None
        )
    return (
        re.search(rf"^ *((async )?def|class) {word}\b|^{word}\b.* = ", text, re.MULTILINE)
        is not None
    )


def test_every_name_of_the_tour_stands_in_its_file() -> None:
    named = _NAMED.findall(TOUR.read_text(encoding="utf-8"))
    assert len(named) > 20
    gone = [f"{n} in {p}" for n, p in named if not stands_in(n, (TOUR.parent / p).resolve())]
    assert not gone


@pytest.mark.parametrize("name", ["run_away", "pa", "pays"])
def test_a_planted_name_is_missed(name: str) -> None:
    assert not stands_in(name, ROOT / "src" / "quid" / "payments" / "routes" / "send.py")
