"""The supervisor: starts the plan, restarts what dies, and leaves nothing behind.

It sleeps in the kernel until a child dies or a person asks it to stop.
"""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from quid.entrypoints.local import process
from quid.entrypoints.local.errors import LocalError
from quid.entrypoints.local.plan import Part, Plan
from quid.entrypoints.local.process import Child

RESTARTS_MAX = 5
RESTARTS_SECONDS = 60.0
STOP_STAGE_SECONDS = 6.0
PROBE_SECONDS = 0.02
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):  # noqa: N818 - a wish, not an error
    """A person asked the system to stop."""


@dataclass(slots=True)
class Watch:
    """One part that is to stay alive."""

    part: Part
    child: Child
    restarts: list[float] = field(default_factory=list)
    restart_at: float | None = None

    def has_ended_well(self) -> bool:
        """Tell whether it was to run once, and did."""
        return self.part.is_ready is None and self.child.poll() == 0

    def is_ready(self) -> bool:
        """Tell whether those who need it may start."""
        if self.part.is_ready is None or self.child.poll() is not None:
            return self.has_ended_well()
        return self.part.is_ready()


class Supervisor:
    """Runs one plan in this process, which must have one thread only."""

    def __init__(
        self,
        plan: Plan,
        *,
        say: Callable[[str], None],
        changed: Callable[[Mapping[str, Child]], None],
    ) -> None:
        """Report to a person through `say`, and each change of the processes through `changed`."""
        self._plan = plan
        self._say = say
        self._changed = changed
        self._watches: dict[str, Watch] = {}
        self._wakeup = -1
        self._wishes = 0

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start everything, call `when_ready`, and watch until asked to stop.

        Raises: LocalError when a part cannot be kept alive; all others are stopped by then.
        """
        with self._signals():
            try:
                for stage in self._plan.stages:
                    self._start_stage([part for part in stage if part.is_needed()])
                when_ready()
                while True:
                    self._sleep(self._tend())
            except Stopped:
                self._say("stopping")
            finally:
                self._stop_all()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn signals into bytes of a pipe, so that they end a sleep and interrupt nothing."""
        process.adopt_orphans()
        self._wakeup, write = os.pipe()
        os.set_blocking(write, False)
        before = {number: signal.signal(number, self._wish) for number in ASKED_TO_STOP}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(write)
            os.close(self._wakeup)

    def _wish(self, *_: object) -> None:
        self._wishes += 1

    def _pause(self, seconds: float | None) -> None:
        """Wait for a signal, at most so long; bury adopted orphans when a process has died."""
        if select.select([self._wakeup], [], [], seconds)[0]:
            signals = os.read(self._wakeup, 4096)
            if signal.SIGCHLD in signals:
                self._reap()

    def _sleep(self, seconds: float | None) -> None:
        """Wait as `_pause` does. Raises: Stopped once a person has asked for it."""
        if not self._wishes:
            self._pause(seconds)
        if self._wishes:
            raise Stopped

    def _start_stage(self, parts: list[Part]) -> None:
        for part in parts:
            part.prepare()
            self._watches[part.name] = Watch(part, Child(part.command))
            self._report()
        began = time.monotonic()
        waiting = [self._watches[part.name] for part in parts]
        while waiting := [watch for watch in waiting if not watch.is_ready()]:
            self._tend()
            late = [w.part for w in waiting if time.monotonic() > began + w.part.seconds]
            if late:
                raise _gave_up(late[0], f"was not ready in {late[0].seconds:.0f} s")
            self._sleep(PROBE_SECONDS)
        for part in parts:
            if part.is_ready is None:
                del self._watches[part.name]
                part.done()

    def _tend(self) -> float | None:
        """Restart what died and is due; say after how long to look again (None: at a signal).

        Raises: LocalError when a part died too often.
        """
        for watch in self._watches.values():
            is_dead = watch.child.poll() is not None and not watch.has_ended_well()
            if is_dead and watch.restart_at is None:
                self._plan_restart(watch)
            if watch.restart_at is not None and watch.restart_at <= time.monotonic():
                watch.part.prepare()
                watch.child = Child(watch.part.command)
                watch.restart_at = None
                self._report()
        due = [watch.restart_at for watch in self._watches.values() if watch.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _plan_restart(self, watch: Watch) -> None:
        status = watch.child.status or 0
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        if watch.part.is_ready is None and status > 0:
            raise _gave_up(watch.part, "failed")
        now = time.monotonic()
        recent = [at for at in watch.restarts if at > now - RESTARTS_SECONDS]
        if len(recent) >= RESTARTS_MAX:
            raise _gave_up(watch.part, f"{how}; {RESTARTS_MAX} restarts did not help")
        self._reap(kill=True)
        watch.restarts = [*recent, now]
        watch.restart_at = now + (0.2 * 3 ** (len(recent) - 1) if recent else 0)
        self._say(f"{watch.part.name} {how}: starting it again")

    def _reap(self, *, kill: bool = False) -> None:
        """Bury orphans of our children. `kill`: their parent just died, so they must go too.

        A server process that outlives a killed PostgreSQL would hold its shared memory, and with
        it the restart.
        """
        known = {watch.child.pid for watch in self._watches.values()}
        for pid in process.adopted(known):
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                if kill:
                    os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0 if kill else os.WNOHANG)

    def _stop_all(self) -> None:
        """Stop the stages in reverse order; a further wish kills at once."""
        wishes = max(1, self._wishes)
        for stage in reversed(self._plan.stages):
            children = [self._watches[p.name].child for p in stage if p.name in self._watches]
            for child in children:
                child.ask_to_stop()
            deadline = time.monotonic() + STOP_STAGE_SECONDS
            while any(child.poll() is None for child in children):
                if time.monotonic() > deadline or self._wishes > wishes:
                    for child in children:
                        child.stop(seconds=0)
                self._pause(PROBE_SECONDS)
        self._reap(kill=True)

    def _report(self) -> None:
        self._changed({name: watch.child for name, watch in self._watches.items()})


def _gave_up(part: Part, why: str) -> LocalError:
    log = part.command.log
    return LocalError(f"{part.name} {why}; the end of {log}:\n{process.tail(log)}")
