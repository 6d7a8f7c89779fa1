"""A connection to read with, and an open transaction."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import asyncpg

Argument = object
Record = Sequence[object]
SHARED_LANE: Final = 0


class Conn:
    """A connection to read with. `Tx` adds the right to write."""

    __slots__ = ("raw",)

    def __init__(self, raw: asyncpg.Connection) -> None:
        self.raw = raw

    async def fetch(self, text: str, *args: Argument) -> list[Record]:
        """Run one statement and give its rows."""
        rows: list[Record] = await self.raw.fetch(text, *args)
        return rows

    async def execute(self, text: str, *args: Argument) -> int:
        """Run one statement and give the number of rows it touched."""
        status: str = await self.raw.execute(text, *args)
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0


class Tx(Conn):
    """An open transaction. `lane` is the chain that its postings join."""

    __slots__ = ("lane",)

    def __init__(self, raw: asyncpg.Connection, lane: int = SHARED_LANE) -> None:
        super().__init__(raw)
        self.lane = lane

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """Roll back to here when the block raises, and keep the transaction."""
        point: AbstractAsyncContextManager[object] = self.raw.transaction()
        return point
