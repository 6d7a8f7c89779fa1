"""The whole system is killed while people put money in and take it out; the sandbox lives on.

API, worker and PostgreSQL die with `kill -9` at once, twice. Clients ask again with their keys;
no webhook is ever heard. Afterwards the bank has moved each of them once, and so have the books.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import httpx2
import pytest

from quid.entrypoints import wiring
from quid.funding.types import OpState, Source
from quid.kit import ids, runtime
from tests.crash.test_payments_crash import SETTINGS, sign_in
from tests.support.books import check_books
from tests.support.database import connected
from tests.support.people import People, Someone
from tests.support.sandbox import Sandbox, running
from tests.support.system import System, wait_for
from tests.support.teller import Teller
from tests.support.wallets import settings_of

PEOPLE: Final = 4
MANY: Final = 6
ASKED: Final = PEOPLE * MANY * 2
CENTS: Final = 100
VICTIMS: Final = ("api", "worker", "postgres")
# A step of a transfer, and a look at the provider's list, in seconds.
PACE: Final = 0.3
_PROVED: Final = (
    "update identity.session set proved_at = now() + interval '5 minutes', proved_by = 'totp'"
)
_LEFT: Final = """
select state, failure_code, count(*) from funding.operation where state <> all($1) group by 1, 2"""
# What a dead process has taken is free after a minute; the test does not wait for it.
_FREED: Final = "update funding.operation set next_at = now() where state < 20 and next_at > now()"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The bank, which outlives all of it, with money of the house."""
    with running(tmp_path_factory.mktemp("sandbox"), clock="real", pace=PACE) as started:
        more = {"amount": "1000.00", "network": "ach", "idempotency_key": "float"}
        started.get("/transfer/ledger/deposit", **more)
        yield started


@pytest.fixture(scope="module")
def system(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system, supervised, that finds this bank."""
    settings = {**SETTINGS, **settings_of(box), "QUID_POLL_SECONDS": "0.5"}
    made = System(tmp_path_factory.mktemp("home"), settings)
    made.start()
    yield made
    made.stop()
    assert not made.leftovers()


@dataclass(slots=True)
class Customer:
    """Somebody with a bank, and what they asked for: by key, what was answered."""

    who: Someone
    bank: Source
    answers: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def customers(system: System, box: Sandbox) -> AsyncIterator[list[Customer]]:
    """Add people with $100.00 and a linked bank."""
    record = system.record()
    names = {
        **system.settings,
        "QUID_HOME": str(system.path),
        "QUID_DATABASE_URL": record.database_url,
        "QUID_VALKEY_URL": record.valkey_url,
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in names.items():
            patched.setenv(name, value)
        async with wiring.opened(wiring.COMMAND) as rt:
            assert runtime.current() is rt
            people, teller, made = People(rt), Teller(rt, box), []
            for n in range(PEOPLE):
                who = await people.add(f"c{n}_{uuid.uuid4().hex[:8]}", tier=0)
                await teller.verify(who)
                made.append(Customer(who, await teller.bank(who)))
            yield made


async def ask(client: httpx2.AsyncClient, customer: Customer, path: str, key: str) -> None:
    """Ask under a key until there is an answer."""
    body = {"funding_source_id": ids.show("fs", customer.bank.id), "amount": CENTS}
    async with asyncio.timeout(60):
        while True:
            try:
                answer = await client.post(path, json=body, headers={"idempotency-key": key})
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 202:
                customer.answers[key] = next(iter(answer.json().values()))["id"]
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.1)


async def move(client: httpx2.AsyncClient, customer: Customer) -> None:
    """Put money in and take it out, by turns."""
    for n in range(MANY):
        for path in ("/v1/deposits", "/v1/withdrawals"):
            await ask(client, customer, path, f"{path}-{n}")


async def reach(made: list[Customer], many: int) -> None:
    """Wait until so many have been answered."""
    deadline = asyncio.get_running_loop().time() + 30
    while sum(len(c.answers) for c in made) < many:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def load(system: System, made: list[Customer]) -> None:
    """Let all of them move money, and kill everything twice meanwhile."""
    async with AsyncExitStack() as stack:
        clients = []
        for customer in made:
            client = httpx2.AsyncClient(base_url=system.record().address, timeout=20)
            clients.append(await stack.enter_async_context(client))
            await sign_in(client, customer.who)
        async with connected(system.record().database_url) as admin:
            await admin.execute(_PROVED)
        async with asyncio.TaskGroup() as group:
            for client, customer in zip(clients, made, strict=True):
                group.create_task(move(client, customer))
            for n in (1, 2):
                await reach(made, PEOPLE * 3 * n)
                await asyncio.gather(*(asyncio.to_thread(system.kill, v) for v in VICTIMS))
    await asyncio.to_thread(wait_for, system.is_ready)


async def ended(admin: asyncpg.Connection) -> None:
    """Wait until the bank has settled all, and we know it."""
    deadline = asyncio.get_running_loop().time() + 90
    while left := await admin.fetch(_LEFT, [OpState.COMPLETED, OpState.AVAILABLE]):
        assert asyncio.get_running_loop().time() < deadline, left
        await admin.execute(_FREED)
        await asyncio.sleep(0.3)


@pytest.mark.timeout(400)
async def test_row_2_the_bank_moves_each_once_whatever_is_killed(
    system: System, box: Sandbox
) -> None:
    async with customers(system, box) as made:
        await load(system, made)
    async with connected(system.record().database_url) as admin:
        await ended(admin)
        assert await admin.fetchval("select count(*) from funding.operation") == ASKED
        assert await check_books(admin) == []
        nets = await admin.fetch(
            "select credits - debits as net from ledger.account where kind = 201"
        )
    assert [row["net"] for row in nets] == [10_000] * PEOPLE
    moved = Counter(t["metadata"]["op_id"] for t in box.state("transfer"))
    assert set(moved) == {shown for c in made for shown in c.answers.values()}
    assert len(moved) == ASKED == moved.total()
