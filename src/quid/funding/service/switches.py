"""The switches in front of providers: what operators want holds in every process, within seconds.

They stand in a table that each process reads; what the worker's own breakers think stands there
too, for people to see.
"""

from datetime import datetime
from typing import Final

from quid.funding.queries import rails as queries
from quid.kit import db, runtime
from quid.kit.breaker import Board

_SQL: Final = db.sql("quid.funding", "rails")
_SHOW: Final = _SQL.command("show_breakers")
FORCE: Final = _SQL.command("force")


async def follow(*, is_shown: bool, now: datetime) -> None:
    """Do as operators want from now on; write down what the breakers think, if `is_shown`.

    Command. Raises: DatabaseUnavailable; then all stays as it was.
    """
    database, board = runtime.part(db.Database), runtime.part(Board)
    async with database.read() as conn:
        rows = await queries.breakers(conn)
    wanted = {r.service: r.forced for r in rows if r.forced is not None}
    board.forced.update(wanted)  # in place: breakers ask this very table
    for service in board.forced.keys() - wanted.keys():
        del board.forced[service]
    if not is_shown:
        return
    known = {r.service: r.state for r in rows}
    changed = {
        s: int(b.state) for s, b in sorted(board.breakers.items()) if known.get(s) != int(b.state)
    }
    if changed:
        async with database.transaction() as tx:
            await _SHOW.run(tx, [*changed], [*changed.values()], now)
