"""Processes of the API over HTTP, half of them without Valkey: still one payment for one key."""

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import asyncpg
import httpx2
import pytest

from tests.support.api import signed_in
from tests.support.payers import Payer
from tests.support.people import People
from tests.support.server import serving
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]

NOWHERE: Final = "redis://127.0.0.1:1/0"
NIGHT: Final = os.environ.get("QUID_PROOF") == "night"
PROCESSES, KEYS, COPIES = (4, 1000, 200) if NIGHT else (2, 50, 200)


@pytest.fixture
async def doors(db_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[list[str]]:
    """Processes on the test's servers; every second one has no Valkey."""
    async with AsyncExitStack() as stack:
        addresses = []
        for n in range(PROCESSES):
            home = tmp_path / f"process{n}"
            home.mkdir()
            away = NOWHERE if n % 2 else valkey_url
            one = serving(home, database_url=db_url, valkey_url=away)
            address, _ = stack.enter_context(one)
            addresses.append(address)
        yield addresses


@pytest.mark.timeout(1200 if NIGHT else 120)
async def test_processes_of_the_api(
    doors: list[str], people: People, admin: asyncpg.Connection
) -> None:
    """One start of the processes, several races: a start costs more than they do."""
    ana, ben = await people.add("ana", tier=2), await people.add("ben")
    async with AsyncExitStack() as stack:
        payers = []
        for address in doors[:2]:
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

        await _storm(doors, people, admin)

        # Signed out at one of them: nobody at the other, whose memory knows the token.
        assert (await payers[0].http.post("/v1/auth/sign-out")).status_code == 204
        for payer in payers:
            assert (await payer.pay(ben, 100, key="k")).status_code == 401
            assert (await payer.pay(ben, 100)).status_code == 401


async def _storm(doors: list[str], people: People, admin: asyncpg.Connection) -> None:
    """Many keys, each sent to every process many times at once: a payment for each key."""
    dora = await people.add("dora")
    before = await admin.fetchval("select count(*) from payments.payment")
    for first in range(0, KEYS, 100):  # a person may send 200 times a day
        cleo = await people.add(f"cleo{first}", tier=2, funded_minor=100)
        async with AsyncExitStack() as stack:
            opened = [httpx2.AsyncClient(base_url=address, timeout=60) for address in doors]
            clients = [await stack.enter_async_context(client) for client in opened]
            await signed_in(clients[0], cleo.handle)  # without Valkey signing in is slow
            payers = [Payer(cleo, client) for client in clients]
            for payer in payers:
                payer.http.headers["authorization"] = clients[0].headers["authorization"]
            for _ in range(min(100, KEYS - first)):
                key = str(uuid.uuid4())
                acts = [payers[n % PROCESSES].pay(dora, 1, key=key) for n in range(COPIES)]
                answers = await asyncio.gather(*acts)
                assert {a.status_code for a in answers} == {201}
                assert len({a.content for a in answers}) == 1
    assert await admin.fetchval("select count(*) from payments.payment") == before + KEYS
