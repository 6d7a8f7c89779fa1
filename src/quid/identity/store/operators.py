"""Writes of operators."""

from typing import Final
from uuid import UUID

from quid.kit import db

_SQL: Final = db.sql("quid.identity", "operators_store")
ADD_OPERATOR: Final = _SQL.command("add_operator")
DISABLE_OPERATOR: Final = _SQL.command("disable_operator")
LOCK_ADMINS: Final = _SQL.values("lock_admins", UUID)
