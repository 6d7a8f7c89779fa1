"""A reader that gives way: it rests while payments are posted, and does not where none are."""

import asyncio
import time
from typing import Final

from quid.kit import db
from quid.kit.db import Argument, Conn, Record

_SQL: Final = db.sql("quid.ledger", "verify")
_WRITTEN: Final = _SQL.value("written", int)
_ASK_SECONDS: Final = 0.5
# Beside two lanes that write all they can it rests three quarters of the time, and takes a quarter
# of one core; beside a system that idles it takes what it needs.
_REST_MAX: Final = 3.0
_BLOCKS_A_SECOND: Final = 20.0


class Gentle(Conn):
    """Reads, then rests: as long as the reading and what was made of it took, times the load."""

    __slots__ = ("_asked_at", "_rest", "_since", "_written")

    def __init__(self, conn: Conn) -> None:
        super().__init__(conn.raw)
        self._since = self._asked_at = time.monotonic()
        self._rest = 0.0
        self._written: int | None = None

    async def fetch(self, text: str, *args: Argument) -> list[Record]:
        """Read, and rest."""
        rows = await super().fetch(text, *args)
        now = time.monotonic()
        if self._written is None or now - self._asked_at > _ASK_SECONDS:
            await self._look_around(now)
        if self._rest:
            await asyncio.sleep(self._rest * (now - self._since))
        self._since = time.monotonic()
        return rows

    async def _look_around(self, now: float) -> None:
        written = await _WRITTEN.get(Conn(self.raw))
        if self._written is not None:
            rate = (written - self._written) / (now - self._asked_at)
            self._rest = min(rate / _BLOCKS_A_SECOND, _REST_MAX)
        self._written, self._asked_at = written, now
