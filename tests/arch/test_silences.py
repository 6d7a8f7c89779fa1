"""A check that is silenced says why, on the same line, and silences one thing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [p for folder in ("src", "tools") for p in (ROOT / folder).rglob("*.py")]
_SILENCE = re.compile(r"#\s*(?:type:\s*ignore|noqa|pyright|pragma|mypy:|ruff:|nosec|fmt: off)")
_REASONED = re.compile(
    r"# type: ignore\[[a-z-]+(?:,[a-z-]+)*\]  # \S.{5,}|# noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - \S.{5,}"
)


def faults(text: str) -> list[str]:
    """Give the lines that silence a check without a reason."""
    return [
        line.strip()
        for line in text.splitlines()
        if _SILENCE.search(line) and not _REASONED.search(line)
    ]


def test_every_silenced_check_has_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in FILES
        for line in faults(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # type: ignore",
        "x = 1  # type: ignore[misc]",
        "x = 1  # noqa",
        "x = 1  # noqa: S101",
        "# ruff: noqa",
        "x = 1  # pragma: no cover",
    ],
)
def test_a_planted_silence_is_found(line: str) -> None:
    assert faults(line) == [line]


def test_a_silence_with_its_reason_passes() -> None:
    assert faults("x = 1  # type: ignore[misc]  # the library is untyped") == []
    assert faults("x = 1  # noqa: S101, S102 - checked by the caller") == []
