"""Writes to the tables of this slice."""

from typing import Final

from quid.kit import db

_SQL: Final = db.sql("quid.risk", "store")
SET_LIMIT: Final = _SQL.command("set_limit")
RECORD: Final = _SQL.command("record")
