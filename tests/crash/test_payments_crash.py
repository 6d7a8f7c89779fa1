"""Sudden death under load, everything durable: what was acknowledged is in the books, once.

Clients note each key they asked with. An answer that did not come is unknown, never failed: it
is asked again with the same key until it resolves.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg
import httpx2
import pytest

from quid.entrypoints import wiring
from quid.kit import ids, runtime
from tests.support.api import PASSWORD
from tests.support.books import check_books
from tests.support.database import connected
from tests.support.payers import PAYMENTS, problem
from tests.support.people import People, Someone
from tests.support.system import System, wait_for
from tests.support.world import CALM

CLIENTS: Final = 16
EACH_MAX: Final = 190  # a verified person may send 200 times a day
PAUSE: Final = 0.02
BEFORE: Final = 150
AFTER: Final = 150
SETTINGS: Final = {
    "QUID_DEMO": "0",
    "QUID_API_WORKERS": "2",
    "QUID_RATE_LIMIT_PER_MINUTE": "1000000",
    "QUID_ARGON2_MEMORY_KIB": "8",
    "QUID_ARGON2_TIME_COST": "1",
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system, supervised, with fsync on."""
    made = System(tmp_path_factory.mktemp("home"), SETTINGS)
    made.start()
    yield made
    made.stop()
    assert not made.leftovers()


@dataclass(slots=True)
class Tally:
    """What the clients know."""

    asked: dict[str, UUID | None] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    unknown: int = 0
    is_over: bool = False

    @property
    def acknowledged(self) -> int:
        """How many payments were answered 201."""
        return self.statuses[201]


@asynccontextmanager
async def town(system: System) -> AsyncIterator[tuple[list[Someone], Someone]]:
    """Add a payer for each client, of a tier that allows many payments, and one payee."""
    record = system.record()
    names = {
        **SETTINGS,
        "QUID_HOME": str(system.path),
        "QUID_DATABASE_URL": record.database_url,
        "QUID_VALKEY_URL": record.valkey_url,
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in names.items():
            patched.setenv(name, value)
        async with connected(record.database_url) as admin:  # they pay more often than R2 lets
            await admin.execute(f"{CALM} on conflict do nothing")
        async with wiring.opened(wiring.COMMAND) as rt:
            assert runtime.current() is rt
            people = People(rt)
            tail = uuid.uuid4().hex[:8]
            payers = [await people.add(f"p{n}_{tail}", tier=2) for n in range(CLIENTS)]
            yield payers, await people.add(f"payee_{tail}", funded_minor=0)


async def sign_in(client: httpx2.AsyncClient, payer: Someone) -> None:
    """Sign in, also right after the Valkey of an earlier test died: signing in pauses then."""
    body = {"identifier": payer.handle, "password": PASSWORD}
    for _ in range(200):
        answer = await client.post("/v1/auth/token", json=body)
        if answer.status_code != 429:
            break
        await asyncio.sleep(0.05)
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


async def pay_once(client: httpx2.AsyncClient, payee: Someone, tally: Tally) -> None:
    """Pay a cent under a new key, and ask again with it until there is an answer."""
    key = str(uuid.uuid4())
    body = {"payee_id": payee.shown, "amount": 1, "currency": "USD"}
    tally.asked[key] = None
    deadline = asyncio.get_running_loop().time() + 20
    while True:
        assert asyncio.get_running_loop().time() < deadline, tally.statuses
        try:
            answer = await client.post(PAYMENTS, json=body, headers={"idempotency-key": key})
        except httpx2.TransportError:
            tally.unknown += 1
            await asyncio.sleep(0.05)
            continue
        tally.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            tally.asked[key] = ids.read("pay", answer.json()["payment"]["id"])
            return
        told = problem(answer, 503, answer.json()["code"])
        assert told["retryable"]
        assert told["money_moved"] in ("no", "unknown")
        assert int(answer.headers["retry-after"]) >= 1
        await asyncio.sleep(0.05)


async def look(client: httpx2.AsyncClient, tally: Tally) -> None:
    """Read without a pause: what cannot be read now says so, and is never a fault."""
    while not tally.is_over:
        for path in ("/v1/balance", "/v1/transactions", PAYMENTS, "/v1/me"):
            try:
                answer = await client.get(path)
            except httpx2.TransportError:
                continue
            if answer.status_code != 200:
                told = problem(answer, 503, answer.json()["code"])
                assert (told["money_moved"], told["retryable"]) == ("no", True)
        await asyncio.sleep(PAUSE)


async def load(clients: list[httpx2.AsyncClient], payee: Someone, tally: Tally) -> None:
    """Pay with every client until told to stop."""

    async def one(client: httpx2.AsyncClient) -> None:
        for _ in range(EACH_MAX):
            if tally.is_over:
                return
            await pay_once(client, payee, tally)
            await asyncio.sleep(PAUSE)

    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(one(client))
        group.create_task(look(clients[0], tally))


async def reach(tally: Tally, acknowledged: int) -> None:
    """Wait for so many acknowledged payments."""
    deadline = asyncio.get_running_loop().time() + 15
    while tally.acknowledged < acknowledged:
        assert asyncio.get_running_loop().time() < deadline, tally.statuses
        await asyncio.sleep(0.01)


async def check(admin: asyncpg.Connection, payee: Someone, tally: Tally) -> None:
    """Compare what the clients know with the books."""
    posted = await admin.fetch(
        """select p.id from payments.payment p join ledger.journal j on j.id = p.id
        where p.payee_id = $1""",
        payee.id,
    )
    answered = list(tally.asked.values())
    assert None not in answered
    assert len(set(answered)) == len(answered), "two keys, one payment"
    assert {r["id"] for r in posted} == set(answered), "lost, or made without being asked"
    net = await admin.fetchval(
        "select credits - debits from ledger.account where owner = $1", payee.id
    )
    assert net == len(answered)
    assert await check_books(admin) == []


@pytest.mark.parametrize(
    "victims",
    [("api",), ("postgres",), ("valkey",), ("worker",), ("postgres", "valkey", "api", "worker")],
    ids="+".join,
)
async def test_nothing_is_lost_or_doubled_when_it_is_killed(
    system: System, victims: tuple[str, ...]
) -> None:
    tally = Tally()
    async with town(system) as (payers, payee), AsyncExitStack() as stack:
        address = system.record().address
        clients = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=20))
            for _ in payers
        ]
        for client, payer in zip(clients, payers, strict=True):
            await sign_in(client, payer)
        running = asyncio.create_task(load(clients, payee, tally))
        try:
            await reach(tally, BEFORE)
            # Once each: a part that dies more than 5 times a minute is not started again.
            await asyncio.gather(*(asyncio.to_thread(system.kill, v) for v in victims))
            await reach(tally, tally.acknowledged + AFTER)
        finally:
            tally.is_over = True
            await running
        await asyncio.to_thread(wait_for, system.is_ready)
        left = [(await client.get("/v1/balance")).json()["available"] for client in clients]
    assert sum(left) == CLIENTS * 10_000 - len(tally.asked)
    if victims in (("valkey",), ("worker",)):
        assert set(tally.statuses) == {201}, tally.statuses
        assert tally.unknown == 0
    async with connected(system.record().database_url) as admin:
        await check(admin, payee, tally)
        await trail_is_whole(admin, payee)


async def trail_is_whole(admin: asyncpg.Connection, payee: Someone) -> None:
    """Wait until the audit trail has each payment; it never has one twice."""
    for _ in range(400):
        row = await admin.fetchrow(
            """select count(*) as n, count(distinct resource_id) as different,
              (select count(*) from payments.payment where payee_id = $2) as payments
            from kit.audit where action = 'payments.send' and details ->> 'payee_id' = $1""",
            payee.shown,
            payee.id,
        )
        assert row["n"] == row["different"]
        if row["n"] == row["payments"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(dict(row))
