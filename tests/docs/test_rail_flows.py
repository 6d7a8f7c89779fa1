"""Flows of banks and cards performed, against the sandbox: put in, taken out, come back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.funding import service
from quid.funding.ports import Chargeback
from quid.funding.queries.moves import WITHDRAWALS
from quid.funding.service import cards, refunding
from quid.funding.service.steps import CardSeen
from quid.funding.store import operations as store
from quid.funding.types import Operation, OpState
from quid.kit import clock, ids
from quid.ledger.types import Kind
from quid.payments.types import Wish
from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.support.money_flows import flow
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.presses import operator, press
from tests.support.sending import answer_of, asked, send
from tests.support.teller import Teller

__all__ = ["bank_process", "sandbox", "teller"]


@pytest.fixture
async def ana(people: People, teller: Teller) -> Someone:
    """Ana, with $20.00."""
    who = await people.add("ana", funded_minor=2_000, tier=0)
    await teller.verify(who)
    return who


@pytest.fixture
async def ben(people: People, teller: Teller) -> Someone:
    """Ben, with $100.00."""
    who = await people.add("ben", tier=0)
    await teller.verify(who, "Ben Cole")
    return who


@pytest.fixture
def names(ana: Someone, ben: Someone) -> dict[UUID, str]:
    """The two as the pages call them."""
    return {ana.id: "Ana", ben.id: "Ben"}


# --- banks -------------------------------------------------------------------------------------


async def test_put_in(
    teller: Teller,
    ana: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    bank = await teller.bank(ana)
    async with flow(admin, "deposit.md", "Sent by the bank", names):
        op = await teller.deposit(ana, bank, 5_000)
        for word in ("posted", "settled", "funds_available"):
            op = await teller.told(op, word)


async def test_not_sent(
    teller: Teller,
    ana: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    bank = await teller.bank(ana)
    async with flow(admin, "deposit.md", "Failed", names):
        await teller.told(await teller.deposit(ana, bank, 5_000), "failed")


async def test_come_back(
    teller: Teller,
    ana: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    async with flow(admin, "return.md", "Before it was ours to use", names):
        await teller.told(op, "returned", return_code="R01")


async def test_spent_and_come_back(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.AVAILABLE)
    answer_of(await send(teller.rt, asked(ana, ben, 4_000)))
    async with flow(admin, "return.md", "After it was spent", names):
        await teller.told(op, "returned", return_code="R10")


async def test_paid_back(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.AVAILABLE)
    answer_of(await send(teller.rt, asked(ana, ben, 7_000)))
    await teller.told(op, "returned", return_code="R01")
    async with flow(admin, "recovery.md", "From the next credits", names):
        for cents in (3_000, 4_000):
            answer_of(await send(teller.rt, asked(ben, ana, cents)))
            async with teller.database.transaction() as tx:
                await service.recover(tx, now=clock.now())


async def test_taken_out(
    teller: Teller,
    ben: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    async with flow(admin, "withdrawal.md", "Arrived", names):
        op = await teller.withdraw(ben, bank, 4_000)
        for word in ("posted", "settled"):
            op = await teller.told(op, word)
    async with flow(admin, "withdrawal.md", "Returned after it had arrived", names):
        await teller.told(op, "returned", return_code="R03")


async def test_taken_back(
    teller: Teller,
    ben: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    async with flow(admin, "withdrawal.md", "Taken back on its way", names):
        op = await teller.withdraw(ben, bank, 4_000)
        await service.cancel(op.id, ben.id, WITHDRAWALS, now=clock.now())


async def test_at_once(
    teller: Teller,
    ben: Someone,
    names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    async with flow(admin, "instant.md", "In seconds, for a fee", names):
        op = await teller.withdraw(ben, bank, 10_000, speed="instant")
        op = await teller.told(op, "settled")
    async with flow(admin, "instant.md", "Returned all the same", names):
        await teller.told(op, "returned", return_code="R20")


# --- cards -------------------------------------------------------------------------------------


async def _charged(counter: Payer, ana: Someone, ben: Someone, card: str) -> Operation:
    source = await counter.card(ana, card)
    told = answer_of(await counter.pay(ana, ben, 5_000, Wish(source.id)))
    payment_id = ids.read("pay", told["payment"]["id"])
    assert payment_id is not None
    return await counter.operation_of(payment_id)


async def _look(teller: Teller, op: Operation, *claims: Chargeback) -> None:
    """Look at a charge whose money is ours by now, with these claims against it."""
    charge = await teller.rails.card.get(op.provider_ref or "")
    assert charge is not None
    seen = replace(charge, available_on=clock.now() - timedelta(seconds=1))
    async with teller.database.transaction() as tx:
        held = await store.locked(tx, op.id)
        assert held is not None
        await cards.look(tx, held, CardSeen(seen, claims), now=clock.now())


async def test_card(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    op = await _charged(Payer(teller, admin), ana, ben, "visa")
    async with flow(admin, "card.md", "Its money is ours to use", names):
        await _look(teller, op)


async def test_given_back(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    op = await _charged(Payer(teller, admin), ana, ben, "refundFail")
    await _look(teller, op)
    async with flow(admin, "refund.md", "To the card", names):
        made = await refunding.refund(press(operator("finance")), op.id, None, now=clock.now())
        refund = await teller.drive(made)
    teller.box.advance(days=10)
    async with flow(admin, "refund.md", "Refused by the card's bank days later", names):
        await _look(teller, op)
        await teller.drive((await teller.age(refund, hours=1)).id)
    assert await teller.books(ana) == {Kind.WALLET: 2_000}


async def test_claimed(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    op = await _charged(Payer(teller, admin), ana, ben, "visa")
    await _look(teller, op)
    claim = Chargeback("dp_1", op.provider_ref or "", 5_150, 1_500, "open", True, "fraudulent")
    async with flow(admin, "chargeback.md", "Opened", names):
        await _look(teller, op, claim)
    async with flow(admin, "chargeback.md", "Won", names):
        await _look(teller, op, replace(claim, status="won"))


async def test_claimed_and_lost(
    teller: Teller, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    op = await _charged(Payer(teller, admin), ana, ben, "visa")
    await _look(teller, op)
    claim = Chargeback("dp_2", op.provider_ref or "", 5_150, 1_500, "open", True, "fraudulent")
    await _look(teller, op, claim)
    async with flow(admin, "chargeback.md", "Lost", names):
        await _look(teller, op, replace(claim, status="lost"))
