"""What risk holds back goes to its bank when it is released, and not before."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.kit import clock
from quid.kit.jobs import run_once
from quid.ledger.types import Kind
from quid.payments import jobs, queries, service
from quid.payments.service.waiting import cancel
from quid.payments.types import State, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.presses import operator, press
from tests.support.sending import answer_of
from tests.support.waiting import BIG, ask_for_proofs, give_totp, make_due, proof

pytestmark = pytest.mark.shipped_rules


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


@pytest.fixture
async def held(counter: Payer, ana: Someone, ben: Someone) -> UUID:
    """A large payment of a young account, in review; most of it from her bank."""
    await counter.bank(ana)
    outcome = await counter.pay(ana, ben, BIG)
    told = answer_of(outcome)
    assert told["payment"]["state"] == "IN_REVIEW"
    assert [x["kind"] for x in told["payment"]["funding"]] == ["balance", "bank"]
    return made(outcome)


async def test_nothing_is_asked_of_the_bank_before_an_operator_has_looked(
    counter: Payer, ana: Someone, ben: Someone, held: UUID, admin: asyncpg.Connection
) -> None:
    assert await admin.fetchval("select count(*) from funding.operation") == 0
    assert await counter.books(ana) == {Kind.RESERVED: 2_000}
    await service.approve(press(operator("analyst"), "approve it"), held, now=clock.now())
    assert await counter.state_of(held) is State.PROCESSING
    op = await counter.teller.drive((await counter.operation_of(held)).id)
    assert op.state == OpState.PENDING
    await counter.teller.until(op, OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(held) is State.COMPLETED
    assert await counter.books(ben) == {Kind.WALLET: BIG}
    assert await counter.books(ana) == {}
    assert await counter.counted(ana) == BIG


@pytest.mark.parametrize("how", ["cancel", "reject", "expire"])
async def test_what_ends_without_its_bank_gives_all_back(
    counter: Payer, ana: Someone, held: UUID, admin: asyncpg.Connection, how: str
) -> None:
    if how == "cancel":
        await cancel(held, ana.id, now=clock.now())
    elif how == "reject":
        await service.reject(press(operator("analyst"), "reject it"), held, now=clock.now())
    else:
        await make_due(admin, held)
        [job] = [j for j in jobs.JOBS if j.name == "payments.expire"]
        await run_once(counter.teller.database, job, now=clock.now())
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert await counter.counted(ana) == 0
    assert await admin.fetchval("select count(*) from payments.waiting") == 0
    async with counter.teller.database.read() as conn:
        assert await queries.unmatched(conn) == []


async def test_a_proof_sends_it_to_the_bank_at_once(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await ask_for_proofs(admin)
    await give_totp(counter.teller.rt, ana)
    bank = await counter.bank(ana)
    outcome = await counter.pay(ana, ben, BIG, Wish(bank.id))
    assert answer_of(outcome)["payment"]["state"] == "CHALLENGED"
    payment_id = made(outcome)
    shown = await service.verify(proof(payment_id, ana), now=clock.now())
    assert shown.row.state is State.PROCESSING
    assert (await counter.operation_of(payment_id)).state == OpState.PENDING
    assert await counter.books(ana) == {Kind.WALLET: 2_000, Kind.INCOMING: BIG}


async def test_what_waits_for_a_bank_too_long_is_given_up(
    counter: Payer, ana: Someone, held: UUID
) -> None:
    await service.approve(press(operator("analyst"), "approve it"), held, now=clock.now())
    op = await counter.operation_of(held)
    await counter.teller.drive(op.id, now=clock.now() + timedelta(minutes=16))
    await counter.work()
    assert await counter.state_of(held) is State.FAILED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
