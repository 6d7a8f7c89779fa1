"""What a bank or card pays, performed with the sandbox and compared with its pages."""

from uuid import UUID

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.identity import service as identity
from quid.kit import clock
from quid.payments.types import Wish
from tests.contracts.deeds import press
from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.slices.payments.outside.conftest import ana, counter
from tests.slices.payments.outside.test_bank import made
from tests.slices.payments.outside.test_card import asked_by_the_bank
from tests.support.money_flows import flow
from tests.support.outside import Payer
from tests.support.people import People, Someone

__all__ = ["ana", "bank_process", "counter", "sandbox", "teller"]


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


def names(ana: Someone, ben: Someone) -> dict[UUID, str]:
    return {ana.id: "Ana", ben.id: "Ben"}


async def test_waited_for(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    async with flow(admin, "paid-by-bank.md", "It waits for the bank", names(ana, ben)):
        payment_id = made(await counter.pay(ana, ben, 5_000))
        await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
        await counter.work()


async def test_on_credit(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.trust(ana, await counter.bank(ana))
    async with flow(admin, "paid-by-bank.md", "On credit", names(ana, ben)):
        payment_id = made(await counter.pay(ana, ben, 5_000))
        await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
        await counter.work()


async def test_came_back_before(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    async with flow(admin, "paid-by-bank.md", "It came back before it was given", names(ana, ben)):
        payment_id = made(await counter.pay(ana, ben, 5_000))
        op = await counter.operation_of(payment_id)
        await counter.teller.told(op, "returned", return_code="R01")
        await counter.work()


async def test_came_back_after(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.trust(ana, await counter.bank(ana))
    async with flow(admin, "paid-by-bank.md", "It came back after Ben had it", names(ana, ben)):
        payment_id = made(await counter.pay(ana, ben, 5_000))
        op = await counter.operation_of(payment_id)
        await counter.teller.told(op, "returned", return_code="R01")
        await counter.work()


async def test_card(counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection) -> None:
    card = await counter.card(ana)
    async with flow(admin, "paid-by-card.md", "Paid by card", names(ana, ben)):
        await counter.pay(ana, ben, 5_000, Wish(card.id))


async def test_card_for_somebody_who_is_gone(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    async with flow(admin, "paid-by-card.md", "Charged for somebody who is gone", names(ana, ben)):
        payment_id, url = await asked_by_the_bank(counter, ana, ben)
        await identity.block(ben.id, ana.id, now=clock.now())
        press(counter.teller.box, url, answer="approve")
        op = await counter.operation_of(payment_id)
        assert op.next_at is not None
        await counter.teller.drive(op.id, now=op.next_at)
        await counter.work()
