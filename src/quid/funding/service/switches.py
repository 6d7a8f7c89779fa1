"""The switches in front of providers: what operators want holds in every process, within seconds.

They stand in a table that each process reads; what the worker's own breakers think stands there
too, for people to see.
"""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

from quid.funding.queries import rails as queries
from quid.kit import db, ids, runtime
from quid.kit.breaker import Board, Forced
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Press, pressed

_SQL: Final = db.sql("quid.funding", "rails")
_SHOW: Final = _SQL.command("show_breakers")
_FORCE: Final = _SQL.command("force")
_NO_BUCKET: Final = 0


async def follow(*, is_shown: bool, now: datetime) -> None:
    """Do as operators want from now on; write down what the breakers think, if `is_shown`.

    Command. Raises: DatabaseUnavailable; then all stays as it was.
    """
    database, board = runtime.part(db.Database), runtime.part(Board)
    async with database.read() as conn:
        rows = await queries.breakers(conn)
    wanted = {r.service: cast("Forced", r.forced) for r in rows if r.forced is not None}
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


async def force(service: str, to: Forced | None, press: Press, *, now: datetime) -> UUID:
    """Hold a switch open or closed, or let it think for itself again (None).

    Command. Raises: NotFound. Locks: the key, funding.breaker. Idempotent: the press.
    """
    async with pressed(press, now=now) as once:
        if once.done is not None:
            return once.done
        done = await _FORCE.run(once.tx, service, to, press.operator.id, press.reason, now)
        if not done:
            raise NotFound
        deed = Deed("rails.force_breaker", "breaker", service, {"to": to})
        return once.finish(ids.new(_NO_BUCKET, now), deed)
