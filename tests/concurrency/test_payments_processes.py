"""Two processes of the API over HTTP, one of them without Valkey: still one payment for one key."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx2
import pytest

from tests.support.api import signed_in
from tests.support.payers import Payer
from tests.support.people import People
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Where the two listen. The second has no Valkey."""

    first: str
    second: str


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(log: Path, **changed: str) -> AsyncIterator[str]:
    """Run a process of the API on the servers that the environment names; give its address."""
    port = free_port()
    environ = {**os.environ, "QUID_PORT": str(port), "QUID_API_WORKERS": "1", **changed}
    with log.open("wb") as out:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "quid.entrypoints.api", env=environ, stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    try:
        await _ready(address, server, log)
        yield address
    finally:
        if server.returncode is None:
            server.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(server.wait(), 20) in (0, -signal.SIGTERM), f"see {log}"


async def _ready(address: str, server: asyncio.subprocess.Process, log: Path) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        for _ in range(600):
            assert server.returncode is None, f"see {log}"
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"not ready: see {log}")


@pytest.fixture
async def pair(app_runtime: object, tmp_path: Path) -> AsyncIterator[Pair]:
    """Two processes on the test's servers."""
    assert app_runtime
    async with (
        serving(tmp_path / "first.log") as first,
        serving(tmp_path / "second.log", QUID_VALKEY_URL="redis://127.0.0.1:1/0") as second,
    ):
        yield Pair(first, second)


async def test_two_processes_of_the_api(
    pair: Pair, people: People, admin: asyncpg.Connection
) -> None:
    """One start of two processes, several races: a start costs more than they do."""
    ana, ben = await people.add("ana", tier=2), await people.add("ben")
    async with AsyncExitStack() as stack:
        payers = []
        for address in (pair.first, pair.second):
            client = await stack.enter_async_context(
                httpx2.AsyncClient(base_url=address, timeout=30)
            )
            payers.append(Payer(ana, client))
        await signed_in(payers[0].http, "ana")
        payers[1].http.headers["authorization"] = payers[0].http.headers["authorization"]

        # One key, 200 times at once: one payment, identical bodies.
        acts = [payers[n % 2].pay(ben, 100, key="k") for n in range(200)]
        answers = await asyncio.gather(*acts)
        assert {a.status_code for a in answers} == {201}
        assert len({a.content for a in answers}) == 1
        assert await admin.fetchval("select count(*) from payments.payment") == 1

        # One key, many bodies: one payment, the others are refused.
        acts = [payers[n % 2].pay(ben, n + 1, key="bodies") for n in range(40)]
        codes = Counter(a.status_code for a in await asyncio.gather(*acts))
        assert codes == {201: 1, 422: 39}

        # The whole balance, 20 times at once: once.
        left = (await payers[0].balance())["available"]
        acts = [payers[n % 2].pay(ben, left) for n in range(20)]
        codes = Counter(a.status_code for a in await asyncio.gather(*acts))
        assert codes == {201: 1, 422: 19}
        assert (await payers[1].balance())["available"] == 0

        # Signed out at one of them: nobody at the other, whose memory knows the token.
        assert (await payers[0].http.post("/v1/auth/sign-out")).status_code == 204
        for payer in payers:
            assert (await payer.pay(ben, 100, key="k")).status_code == 401
            assert (await payer.pay(ben, 100)).status_code == 401
