"""Virtual time: real, faster than real, or moved by hand.

It goes into objects only. Signatures are made at wall time, because who checks them looks at a
wall.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

MANUAL: Final = 0.0


def wall() -> datetime:
    """The time on the wall; aware, in UTC."""
    return datetime.fromtimestamp(time.time_ns() / 1_000_000_000, UTC)


class Clock:
    """One virtual time for the process.

    Units: `rate` is virtual seconds per real one; 1 is real, 0 stands still until moved.
    """

    def __init__(self, *, rate: float = 1.0, at: datetime | None = None) -> None:
        self.rate = rate
        self._base = at or wall()
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The virtual time, in whole microseconds."""
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self.rate)

    def set(self, at: datetime) -> None:
        """Jump to a time, also backwards; what is due by then is the engine's business."""
        self._base, self._since = at, time.monotonic()

    def go(self, rate: float) -> None:
        """Change the rate from now on.

        Raises:
            ValueError: the rate is negative.
        """
        if rate < 0:
            raise ValueError("time goes forward: a rate is 0 or more")
        self.set(self.now())
        self.rate = rate

    def document(self) -> dict[str, str]:
        """As it is stored: time moved by hand goes on where it was."""
        return {"id": "clock", "now": self.now().isoformat()}

    def restore(self, document: Mapping[str, str] | None) -> None:
        """Go on where it was, if it is moved by hand."""
        if document is not None and self.rate == MANUAL:
            self.set(datetime.fromisoformat(document["now"]))

    def wait(self, until: datetime) -> float:
        """Real seconds until a virtual time; infinite when time stands still."""
        left = (until - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        return left / self.rate if self.rate > 0 else float("inf")
