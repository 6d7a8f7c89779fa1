"""Sealing anew what an older data key has sealed, until nothing is left under it.

Each slice lists its sealed columns (`Sealed`); wiring collects them. The job takes a page of each
column at a time: it may stop anywhere and goes on where it was, because what is done is under the
new key. A row that somebody changes meanwhile is left to its own, newer seal.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db, fields, runtime, telemetry
from quid.kit.fields import Fields, Place

PAGE: Final = 200
_RESEALED: Final = telemetry.counter(
    "quid_fields_resealed_total", "fields sealed under a newer key", "column"
)


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A sealed field with what binds it to its place."""

    id: UUID
    owner: UUID
    sealed: bytes


class Sealed(ABC):
    """Something of a slice that is sealed."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name it for metrics and logs, like `identity.person.email`."""

    @abstractmethod
    async def reseal(self, made: Fields, *, limit: int) -> int:
        """Seal anew what another key than the primary has sealed; give how many it took up.

        Command: it opens its own transactions. 0 = nothing is left.
        """


@dataclass(frozen=True, slots=True)
class Column(Sealed):
    """A column. `find` takes (primary, limit), `put` takes (ids, old, new) and compares."""

    table: str
    column: str
    find: db.Query[SealedRow]
    put: db.Command

    @property
    def name(self) -> str:
        """Name it as its `Place` does."""
        return f"{self.table}.{self.column}"

    async def reseal(self, made: Fields, *, limit: int) -> int:
        """Seal a page anew; a row that somebody has changed meanwhile is left."""
        async with runtime.part(db.Database).transaction() as tx:
            rows = await self.find.all(tx, made.primary, limit)
            if rows:
                fresh = [self._again(made, row) for row in rows]
                await self.put.run(tx, [r.id for r in rows], [r.sealed for r in rows], fresh)
        return len(rows)

    def _again(self, made: Fields, row: SealedRow) -> bytes:
        place = Place(self.table, self.column, row.id, row.owner)
        return made.seal_bytes(place, made.open_bytes(place, row.sealed))


@dataclass(frozen=True, slots=True)
class SealedThings:
    """All that is sealed in this installation (a part of the runtime)."""

    all: tuple[Sealed, ...]


async def reseal(*, now: datetime, limit: int = PAGE) -> int:
    """Command: seal a page of everything anew; when nothing is left, destroy the older keys.

    Does nothing while there is one key. Gives how many fields it took up.
    """
    made = runtime.part(Fields)
    older = sorted(made.numbers - {made.primary})
    if not older:
        return 0
    done = 0
    for thing in runtime.part(SealedThings).all:
        taken = await thing.reseal(made, limit=limit)
        _RESEALED.labels(thing.name).inc(taken)
        done += taken
    if not done:
        async with runtime.part(db.Database).transaction() as tx:
            retired = await fields.retire(tx, older, now=now)
        if retired:
            telemetry.log.info("fields.keys_destroyed", numbers=older)
    return done
