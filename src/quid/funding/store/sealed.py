"""What of this slice is sealed: for the day a data key is replaced."""

from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.fields import Fields, Place
from quid.kit.resealing import Column, SealedRow

_SQL: Final = db.sql("quid.funding", "sealed")
_NOBODY: Final = UUID(int=0)  # what a provider sends has no owner yet
INBOX: Final = "funding.inbox"
EVENT: Final = "funding.event"


def seal_raw(table: str, row: UUID, raw: bytes) -> bytes:
    """Seal what a provider sent for its row: it names people, their cards, tokens of pages."""
    return runtime.part(Fields).seal_bytes(Place(table, "raw", row, _NOBODY), raw)


def open_raw(table: str, row: UUID, sealed: bytes) -> bytes:
    """Open what a provider sent, for the person who must look."""
    return runtime.part(Fields).open_bytes(Place(table, "raw", row, _NOBODY), sealed)


def _column(table: str, column: str) -> Column:
    name = f"{table}_{column}"
    find = _SQL.rows(f"{name}_older", SealedRow)
    return Column(f"funding.{table}", column, find, _SQL.command(f"{name}_put"))


SEALED: Final = (
    _column("source", "token"),
    _column("source", "amounts"),
    _column("ending", "token"),
    _column("inbox", "raw"),
    _column("event", "raw"),
)
