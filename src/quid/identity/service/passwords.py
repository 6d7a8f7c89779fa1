"""Passwords: Argon2id in a bounded pool of threads.

A check costs tens of milliseconds of one core on purpose. So it never runs on the event loop,
never on more threads than cores, and a full queue refuses instead of letting everybody wait.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from quid.kit import telemetry
from quid.kit.errors import Overloaded

_QUEUE_MAX: Final = 64
_CHECKS = telemetry.counter("quid_identity_password_checks_total", "Argon2 runs", "what")


class Passwords:
    """The pool (a part of the runtime). `checks` counts verifications, for the proof that an
    unknown person costs what a known one costs.
    """

    def __init__(self, *, memory_kib: int, time_cost: int, queue_max: int = _QUEUE_MAX) -> None:
        threads = os.cpu_count() or 1
        self._hasher = PasswordHasher(time_cost, memory_kib, parallelism=1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._room = threads + queue_max
        self._dummy = self._hasher.hash(os.urandom(16))
        self.checks = 0

    async def hash(self, password: str) -> str:
        """Hash a new password as a PHC string. Raises: Overloaded."""
        return await self._run("hash", password, None) or ""

    async def matches(self, phc: str | None, password: str) -> bool:
        """Compare; with None (nobody is known) do the same work and say no.

        Raises: Overloaded.
        """
        self.checks += 1
        found = await self._run("check", password, phc or self._dummy)
        return found is not None and phc is not None

    def is_outdated(self, phc: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(phc)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, what: str, password: str, phc: str | None) -> str | None:
        if self._room <= 0:
            raise Overloaded("Too many people are signing in. Try again.", retry_after=1)
        self._room -= 1
        work = asyncio.get_running_loop().run_in_executor(self._pool, self._work, password, phc)
        # The room comes back when the thread is done, not when the caller has given up.
        work.add_done_callback(self._leave)
        _CHECKS.labels(what).inc()
        return await asyncio.shield(work)

    def _leave(self, work: "asyncio.Future[str | None]") -> None:
        self._room += 1
        if not work.cancelled():
            work.exception()

    def _work(self, password: str, phc: str | None) -> str | None:
        secret = password.encode("utf-8", "surrogatepass")
        if phc is None:
            return self._hasher.hash(secret)
        try:
            self._hasher.verify(phc, secret)
        except (Argon2Error, InvalidHashError):
            return None
        return phc
