"""A deposit, as a socket tells of it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from quid.kit import ids
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from quid.notifications.consumers import CONSUMERS
from tests.slices.funding.conftest import bank_process, sandbox
from tests.support.feeds import catch_up
from tests.support.payers import Town
from tests.support.sandbox import Sandbox
from tests.support.socket import listening, look, served, told
from tests.support.teller import Teller

__all__ = ["bank_process", "sandbox"]


@pytest.fixture
async def address(app: Door) -> AsyncIterator[str]:
    """The application behind the real server."""
    async with served(app) as at:
        yield at


async def test_each_state_of_a_deposit_is_told_with_the_balance(
    address: str, town: Town, sandbox: Sandbox, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    teller = Teller(app_runtime, sandbox)
    ana = await town.payer("ana", tier=0)
    await teller.verify(ana.who)
    bank = ids.show("fs", (await teller.bank(ana.who)).id)
    await catch_up(app_runtime, admin, CONSUMERS)
    async with listening(address, ana.http) as ear:
        await look(ear.known, ana.http)
        asked = await ana.http.post(
            "/v1/deposits",
            json={"funding_source_id": bank, "amount": 5_000},
            headers={"idempotency-key": str(uuid4())},
        )
        deposit = asked.json()["deposit"]["id"]
        await ana.http.post(f"/v1/deposits/{deposit}/cancel")
        await catch_up(app_runtime, admin, CONSUMERS)
        # What is said is what is so when it is said, however many frames there were.
        await ear.until(
            lambda k: told(k, "transfer_updated")[-1:] == [{"id": deposit, "state": "CANCELLED"}]
        )
        await ear.heard("balance_updated")
        assert ear.known.balance == (await ana.http.get("/v1/balance")).json()
