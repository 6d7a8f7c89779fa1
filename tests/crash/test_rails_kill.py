"""A process of the API dies on its way through a deposit and a withdrawal; another goes on.

It dies for good at each point between intent, authorization, submission and their commits, with
the sandbox as the bank. What was asked for is there once, or was never begun and can be asked for
again under its key.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.kit import ids
from quid.kit.web import Door
from quid.ledger.types import Kind
from tests.crash.failpoints.engine import Zygote
from tests.crash.failpoints.orders import Fault, Order, Step, Told
from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.support.api import client_of, signed_in
from tests.support.people import People, Someone
from tests.support.stepping import step_up
from tests.support.teller import Teller
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "bank_process", "people", "sandbox", "teller"]
CENTS = 100
# The six of the table: before and after each call, before and after what is known of it stands.
POINTS = (
    ("operation.intended", 1),
    ("operation.call", 1),
    ("operation.called", 1),
    ("operation.finished", 1),
    ("operation.call", 2),
    ("operation.called", 2),
    ("operation.finished", 2),
    ("answer.before", 1),
)


@pytest.fixture
async def ana(people: People, teller: Teller) -> Someone:
    """Ana, with $100.00."""
    who = await people.add("ana", tier=0)
    await teller.verify(who)
    return who


@pytest.fixture
async def bearer(ana: Someone, app: Door) -> str:
    """Ana's session."""
    async with client_of(app) as client:
        await step_up(await signed_in(client, ana.handle))
        return str(client.headers["authorization"])


@dataclass(frozen=True, slots=True)
class Doors:
    """Processes of the API, each for one request."""

    zygote: Zygote
    bearer: str
    log: Path

    async def ask(self, step: Step, fault: Fault | None = None) -> Told:
        """Let one answer, or die."""
        environ = {name: value for name, value in os.environ.items() if name.startswith("QUID_")}
        headers = {"ana": {"authorization": self.bearer}}
        order = Order(environ, headers, {"ana": {}}, {}, [step], str(self.log), fault)
        return await asyncio.to_thread(self.zygote.run, order)


@pytest.fixture
def doors(bearer: str, tmp_path: Path) -> Iterator[Doors]:
    zygote = Zygote()
    yield Doors(zygote, bearer, tmp_path / "log")
    zygote.close()


async def resumed(teller: Teller, admin: asyncpg.Connection) -> None:
    """Let the worker take up what was left, once the dead process's minute is over."""
    for row in await admin.fetch("select id from funding.operation where state < 20"):
        op = await teller.age(await teller.read(row["id"]), minutes=2)
        op = await teller.drive(op.id)
        if op.state < OpState.PENDING:  # in doubt: looked up at its next turn
            op = await teller.drive(op.id, now=op.next_at)
        assert OpState(op.state) is OpState.PENDING


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["/v1/deposits", "/v1/withdrawals"])
async def test_row_2_a_killed_process_leaves_one_movement_or_none(
    teller: Teller, ana: Someone, doors: Doors, admin: asyncpg.Connection, path: str
) -> None:
    teller.fund()
    bank = await teller.bank(ana)
    for place, (point, nth) in enumerate(POINTS, 1):
        body: dict[str, object] = {"funding_source_id": ids.show("fs", bank.id), "amount": CENTS}
        step = Step("ana", "POST", path, body, {"idempotency-key": f"cell-{place}"})
        told = await doors.ask(step, Fault(point, nth, "die"))
        assert (told.died, told.error) == (True, ""), (point, nth, told)
        await resumed(teller, admin)
        told = await doors.ask(step)
        assert told.statuses == [202], told
        moved = teller.box.state("transfer")
        assert len(moved) == place == len({m["metadata"]["op_id"] for m in moved}), (point, nth)
    many = len(POINTS)
    assert await admin.fetchval("select count(*) from funding.operation") == many
    books = await teller.books(ana)
    if path == "/v1/deposits":
        assert books == {Kind.WALLET: 10_000, Kind.INCOMING: many * CENTS}
    else:
        assert books == {Kind.WALLET: 10_000 - many * CENTS}
