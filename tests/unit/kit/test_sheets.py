"""CSV lines: what is written is read back by anybody's reader, and runs nowhere."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit import sheets

CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=6)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_lines_are_read_back_as_they_were(rows: list[list[str]]) -> None:
    written = "".join(sheets.line(row) for row in rows)
    assert list(csv.reader(io.StringIO(written, newline=""), strict=True)) == rows
    assert written.endswith("\r\n")


def test_quotes_stand_where_they_must_and_nowhere_else() -> None:
    written = sheets.line(["plain", "a,b", 'say "hi"', "two\nlines", "", " blank "])
    assert written == 'plain,"a,b","say ""hi""","two\nlines",, blank \r\n'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_what_looks_like_a_formula_is_text(cell: str) -> None:
    assert sheets.as_text(cell) == f"'{cell}"


@given(st.text())
def test_any_text_is_kept_and_begins_no_formula(cell: str) -> None:
    shown = sheets.as_text(cell)
    assert shown.endswith(cell)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
