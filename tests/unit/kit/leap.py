"""An event loop whose clock leaps to the next timer: waits of seconds cost nothing, and no luck."""

import asyncio
from collections.abc import Coroutine


class _Leaping(asyncio.SelectorEventLoop):
    """Only for code that waits for itself; a socket would seem to answer late."""

    _at = 0.0

    def time(self) -> float:
        return self._at

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]  # of the base class
            self._at = max(self._at, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[object, object, None]) -> float:
    """Run to the end; give the seconds that have seemed to pass."""
    with asyncio.Runner(loop_factory=_Leaping) as runner:
        runner.run(work)
        return runner.get_loop().time()
