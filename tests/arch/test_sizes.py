"""Functions, files and signatures stay small. Never raise a limit: split by use case."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *(p for folder in ("src", "tests", "tools", "bench") for p in (ROOT / folder).rglob("*.py")),
    ROOT / "dev",
]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
POSITIONAL_MAX = 5


def faults(source: str) -> list[str]:
    """Name what is too big."""
    found = []
    lines = source.count("\n")
    if lines > FILE_LINES_MAX:
        found.append(f"{lines} lines in a file")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                found.append(f"{length} lines in {node.name}")
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            count = len(names) - (names[:1] in (["self"], ["cls"]))
            # What a test asks for is found by name, whatever the order.
            if count > POSITIONAL_MAX and not node.name.startswith("test_"):
                found.append(f"{len(names)} positional parameters of {node.name}")
    return found


def test_nothing_is_too_big() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in FILES
        for fault in faults(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\n" * 401, "401 lines in a file"),
        ("def f():\n" + "    x = 1\n" * 70, "71 lines in f"),
        ("class A:\n    async def f(self):\n" + "        x = 1\n" * 70, "71 lines in f"),
        ("def f(a, b, c, d, e, g): ...\n", "6 positional parameters of f"),
        ("class A:\n    def f(self, a, b, c, d, e, g): ...\n", "7 positional parameters of f"),
    ],
)
def test_a_planted_size_is_found(source: str, expected: str) -> None:
    assert faults(source) == [expected]


def test_the_limits_themselves_pass() -> None:
    assert faults("def f(a, b, c, d, e, *, g):\n" + "    x = 1\n" * 69 + "y = 2\n" * 330) == []
