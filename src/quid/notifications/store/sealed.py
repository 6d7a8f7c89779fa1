"""What of this slice is sealed: for the day a data key is replaced."""

from typing import Final

from quid.kit import db
from quid.kit.resealing import Column, SealedRow

_SQL: Final = db.sql("quid.notifications", "devices")

SEALED: Final = (
    Column(
        "notifications.device",
        "token",
        _SQL.rows("token_older", SealedRow),
        _SQL.command("token_put"),
    ),
)
