"""What limits have counted so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quid.kit import db
from quid.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Used:
    """What one meter of an account has counted in its window.

    Units: `minor` minor units; `n` transfers. `resets_at`: when the oldest part counts no more.
    """

    account_id: int
    meter: int
    minor: int
    n: int
    resets_at: datetime


_USED: Final = db.sql("quid.ledger", "usage").rows("used", Used)


async def used(
    conn: Conn, accounts: Sequence[int], *, now: datetime
) -> dict[tuple[int, int], Used]:
    """Tell by (account, meter) what limits have counted; what counted nothing is left out."""
    return {(u.account_id, u.meter): u for u in await _USED.all(conn, accounts, now)}
