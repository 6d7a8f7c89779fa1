"""What of this slice is sealed: for the day a data key is replaced."""

from typing import Final

from quid.kit import db
from quid.kit.resealing import Column, SealedRow

_SQL: Final = db.sql("quid.funding", "sealed")


def _column(table: str, column: str) -> Column:
    name = f"{table}_{column}"
    find = _SQL.rows(f"{name}_older", SealedRow)
    return Column(f"funding.{table}", column, find, _SQL.command(f"{name}_put"))


SEALED: Final = (
    _column("source", "token"),
    _column("source", "amounts"),
    _column("ending", "token"),
)
