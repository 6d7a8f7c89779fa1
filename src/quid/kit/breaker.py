"""Leaving a service alone that is down, and never having too many calls out at once.

A breaker judges by what became of calls and holds no lock while one is out. Source: the seeds'
default of 5 failures in a row; half of at least 20 in 30 s; open 60 s, then at most 3 probes.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal

from quid.kit import telemetry

Forced = Literal["open", "closed"]
_STATE: Final = telemetry.gauge(
    "quid_circuit_breaker_state", "0 closed, 1 half open, 2 open", "service"
)


class State(IntEnum):
    """Where a breaker stands, as its metric shows it."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Refused(Exception):  # noqa: N818 - what became of the call
    """The call was not made: the breaker is open, or too many are out. `after` in seconds."""

    def __init__(self, why: str, *, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True)
class Rule:
    """When a breaker opens and closes. Units: seconds, and calls."""

    failures_in_row: int = 5
    share_of: int = 20
    window: float = 30.0
    open_for: float = 60.0
    probes: int = 3


class Call:
    """One call on its way. Whoever makes it says how it went; silence counts as neither."""

    def __init__(self) -> None:
        self.is_good: bool | None = None

    def good(self) -> None:
        """It was answered, if only with a no: the service is there."""
        self.is_good = True

    def bad(self) -> None:
        """It hung, broke off, failed or could not be read: the service is not well."""
        self.is_good = False


class Breaker:
    """The breaker of one service and one class of calls.

    Units: `now` gives seconds that never go back. `forced` is asked before each call: what an
    operator has set wins over what the breaker thinks, which goes on judging meanwhile.
    """

    def __init__(
        self,
        service: str,
        rule: Rule,
        *,
        now: Callable[[], float],
        forced: Callable[[str], Forced | None] = lambda _: None,
    ) -> None:
        self.service = service
        self._rule = rule
        self._now = now
        self._forced = forced
        self._state = State.CLOSED
        self._era = 0  # grows with each change of state: what began before it says nothing after
        self._in_row = 0
        self._open_until = 0.0
        self._probes_out = 0
        self._probes_good = 0
        self._seconds: deque[tuple[int, int, int]] = deque()  # (second, calls, failures)
        self._show()

    @property
    def state(self) -> State:
        """Where it stands now; what an operator has forced first."""
        forced = self._forced(self.service)
        if forced is not None:
            return State.OPEN if forced == "open" else State.CLOSED
        if self._state is State.OPEN and self._now() >= self._open_until:
            return State.HALF_OPEN
        return self._state

    @contextmanager
    def calling(self) -> Iterator[Call]:
        """Let one call through and hear how it went. Raises: Refused."""
        self._let_through()
        era, call = self._era, Call()
        try:
            yield call
        finally:
            if era == self._era:
                self._judge(call.is_good)
            self._show()

    def _let_through(self) -> None:
        state = self.state
        self._show()
        if state is State.OPEN:
            raise Refused("the breaker is open", after=max(0.0, self._open_until - self._now()))
        if self._forced(self.service) == "closed":
            return
        if state is State.HALF_OPEN:
            if self._state is State.OPEN:
                self._move(State.HALF_OPEN)
            if self._probes_out + self._probes_good >= self._rule.probes:
                raise Refused("the breaker is probing", after=1.0)
            self._probes_out += 1

    def _judge(self, is_good: bool | None) -> None:  # noqa: FBT001 - three answers, not a switch
        if self._state is State.HALF_OPEN:
            self._judge_probe(is_good)
        elif self._state is State.CLOSED and is_good is not None:
            self._count(is_good)
            self._in_row = 0 if is_good else self._in_row + 1
            if self._in_row >= self._rule.failures_in_row or self._is_half_bad():
                self._open()

    def _judge_probe(self, is_good: bool | None) -> None:  # noqa: FBT001 - as above
        self._probes_out = max(0, self._probes_out - 1)
        if is_good is False:
            self._open()
        elif is_good:
            self._probes_good += 1
            if self._probes_good >= self._rule.probes:
                self._move(State.CLOSED)

    def _count(self, is_good: bool) -> None:  # noqa: FBT001 - as above
        second = int(self._now())
        while self._seconds and self._seconds[0][0] <= second - self._rule.window:
            self._seconds.popleft()
        calls, bad = 1, int(not is_good)
        if self._seconds and self._seconds[-1][0] == second:
            _, before, bad_before = self._seconds.pop()
            calls, bad = before + 1, bad_before + bad
        self._seconds.append((second, calls, bad))

    def _is_half_bad(self) -> bool:
        calls = sum(n for _, n, _ in self._seconds)
        bad = sum(n for _, _, n in self._seconds)
        return calls >= self._rule.share_of and bad * 2 >= calls

    def _open(self) -> None:
        self._open_until = self._now() + self._rule.open_for
        self._move(State.OPEN)

    def _move(self, to: State) -> None:
        telemetry.log.warning("breaker.moved", service=self.service, state=to.name.lower())
        self._state = to
        self._era += 1
        self._in_row = self._probes_out = self._probes_good = 0
        self._seconds.clear()

    def _show(self) -> None:
        _STATE.labels(self.service).set(self.state)


class Bulkhead:
    """So many calls out at once, so many waiting, the others refused at once."""

    def __init__(self, *, out: int = 16, waiting: int = 64) -> None:
        self._free = asyncio.Semaphore(out)
        self._places = waiting
        self._waiting = 0

    @asynccontextmanager
    async def place(self, *, seconds: float) -> AsyncIterator[None]:
        """Take a place for one call, or wait for one so long. Raises: Refused."""
        if self._free.locked() and self._waiting >= self._places:
            raise Refused("too many calls are waiting")
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Refused("no place for the call in time") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class Board:
    """The breakers of this process and what operators have set (a part of the runtime).

    `forced` is filled by whoever keeps the operators' wishes, for all processes alike.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self.forced: dict[str, Forced] = {}
        self.breakers: dict[str, Breaker] = {}
        self._now = now

    def breaker(self, service: str, rule: Rule) -> Breaker:
        """Make the breaker of a service, once."""
        made = Breaker(service, rule, now=self._now, forced=self.forced.get)
        self.breakers[service] = made
        return made
