"""Lines of CSV files that people open in a spreadsheet (RFC 4180, UTF-8).

A spreadsheet runs what looks like a formula, and names and notes come from strangers. So text that
begins like one gets a leading apostrophe, which shows it as text.
"""

from collections.abc import Iterable
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_QUOTED: Final = frozenset('",\r\n')


def as_text(cell: str) -> str:
    """Give text that no spreadsheet takes for a formula. Numbers do not pass through here."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def line(cells: Iterable[str]) -> str:
    """Write a line of cells, quoted where they must be, with its CRLF."""
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: str) -> str:
    if _QUOTED.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
