"""Two small deposits performed, against the sandbox."""

import asyncpg
import pytest

from quid.funding import service
from quid.funding.service import typed
from quid.funding.types import Asker, OpState, TypedNumbers
from quid.kit import clock
from tests.slices.funding.conftest import ana, bank_process, sandbox, teller
from tests.support.money_flows import flow
from tests.support.people import Someone
from tests.support.teller import Teller

__all__ = ["ana", "bank_process", "sandbox", "teller"]


async def test_arrived_and_one_came_back(
    teller: Teller, ana: Someone, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "draw", lambda: (17, 23))
    teller.fund()
    numbers = TypedNumbers("Tartan Bank", "011401533", "1111222233330042", "checking")
    await service.add_numbers(Asker(ana.id), numbers, now=clock.now())
    rows = await admin.fetch("select id from funding.operation order by cents")
    async with flow(admin, "small-deposits.md", "Arrived", {ana.id: "Ana"}):
        for row in rows:
            op = await teller.drive(row["id"])
            for word in ("posted", "settled"):
                op = await teller.told(op, word)
    back = await teller.read(rows[0]["id"])
    async with flow(admin, "small-deposits.md", "Come back after it had arrived", {ana.id: "Ana"}):
        for _ in range(2):
            back = await teller.told(back, "returned", return_code="R03")
    assert OpState(back.state) is OpState.RETURNED
