"""What happens by itself: timers, in the order of virtual time."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from quid_sandbox.core.face import Face
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import World

BATCH: Final = 500
NAP: Final = 0.5
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Engine:
    """Calls the faces when their timers are due; one task of the process."""

    def __init__(
        self,
        store: Store,
        world: World,
        *,
        faces: Mapping[str, Face],
        committed: Callable[[], None],
    ) -> None:
        self._store, self._world, self._faces = store, world, faces
        self._committed = committed

    async def run(self) -> None:
        """Follow the clock until cancelled."""
        while True:
            await self.catch_up(self._world.clock.now())
            wait = self._world.clock.wait(self.next_at() or NEVER)
            await asyncio.sleep(min(max(wait, 0.01), NAP))

    async def catch_up(self, until: datetime) -> int:
        """Let all happen that is due by `until`, also what follows from it; returns how much."""
        total = 0
        while done := self._batch(until):
            total += done
            self._committed()
            await asyncio.sleep(0)
        return total

    def _batch(self, until: datetime) -> int:
        """Some hundred timers in one transaction, earliest first.

        A timer set by one of them, earlier than the next, must not be overtaken: so the batch ends
        where a new timer is due before the rest.
        """
        with self._store.transaction() as tx:
            due = tx.due(until, BATCH)
            count = 0
            for timer in due:
                if not tx.done(timer):
                    continue
                count += 1
                newest = tx.last_timer()
                self._faces[timer.face].act(tx, self._world, timer)
                if tx.earlier_since(newest, due[-1].at):
                    break
            return count if due else 0

    def next_at(self) -> datetime | None:
        """When the next timer is due."""
        with self._store.transaction() as tx:
            first = tx.due(NEVER, 1)
        return first[0].at if first else None
