"""Ends that a bank denies, performed against the sandbox."""

import asyncpg

from tests.slices.funding.conftest import ana, bank_process, ben, sandbox, teller
from tests.support.money_flows import flow
from tests.support.people import Someone
from tests.support.teller import Teller

__all__ = ["ana", "bank_process", "ben", "sandbox", "teller"]


async def test_a_pull(teller: Teller, ana: Someone, admin: asyncpg.Connection) -> None:
    op = await teller.deposit(ana, await teller.bank(ana), 5_000)
    op = await teller.told(op, "failed")
    async with flow(admin, "suspense.md", "Failed, and sent all the same", {ana.id: "Ana"}):
        for _ in range(2):
            await teller.told(op, "settled")


async def test_a_push(teller: Teller, ben: Someone, admin: asyncpg.Connection) -> None:
    teller.fund()
    op = await teller.withdraw(ben, await teller.bank(ben), 4_000)
    op = await teller.told(op, "failed")
    async with flow(admin, "suspense.md", "Failed, and arrived all the same", {ben.id: "Ben"}):
        for _ in range(2):
            await teller.told(op, "settled")
