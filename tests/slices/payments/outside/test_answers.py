"""A bank pays what was asked for: the payment has the request on its way, and pays or frees it."""

from uuid import UUID

import asyncpg
import pytest

from quid.collect.types import State as Request
from quid.funding.types import OpState
from quid.kit import clock
from quid.payments import service
from quid.payments.types import Outcome, State
from tests.support.answering import answering, request_by, request_state
from tests.support.outside import ANY, HERE, Payer, wished
from tests.support.people import People, Someone
from tests.support.sending import answer_of, code_of


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def answer(request_id: UUID, ana: Someone, ben: Someone, cents: int) -> Outcome:
    """Pay a request as the door does, with whatever covers it."""
    return await service.pay(wished(answering(request_id, ana, ben, cents), ANY), HERE)


async def test_it_has_the_request_on_its_way_and_pays_it_when_it_lands(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    request_id = await request_by(ben, ana, 5_000)
    told = answer_of(await answer(request_id, ana, ben, 5_000))
    assert (told["payment"]["state"], told["payment"]["kind"]) == ("PROCESSING", "charged")
    state, payment_id = await request_state(admin, request_id)
    assert (state, payment_id is None) == (Request.PENDING, False)
    assert code_of(await answer(request_id, ana, ben, 5_000)) == "STATE_CONFLICT"
    assert payment_id is not None
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(payment_id) is State.COMPLETED
    assert await request_state(admin, request_id) == (Request.PAID, payment_id)
    assert code_of(await answer(request_id, ana, ben, 5_000)) == "REQUEST_CLOSED"


async def test_what_the_bank_takes_back_frees_the_request(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    request_id = await request_by(ben, ana, 5_000)
    await answer(request_id, ana, ben, 5_000)
    _, payment_id = await request_state(admin, request_id)
    assert payment_id is not None
    op = await counter.operation_of(payment_id)
    await counter.teller.told(op, "returned", return_code="R01")
    await counter.work()
    assert await counter.state_of(payment_id) is State.FAILED
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    assert code_of(await answer(request_id, ana, ben, 5_000)) == "PROCESSING"


async def test_one_refused_beside_the_lanes_leaves_nothing(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    request_id = await request_by(ben, ana, 5_000)
    other = wished(answering(request_id, ana, ben, 4_999), ANY)
    assert code_of(await service.pay_outside(other, HERE, now=clock.now())) == "NOT_FOUND"
    assert await admin.fetchval("select count(*) from payments.payment") == 0
    assert await admin.fetchval(
        "select count(*) from kit.idempotency where operation = 'payments.send'"
    ) == 0  # fmt: skip
    assert await request_state(admin, request_id) == (Request.PENDING, None)


@pytest.mark.usefixtures("counter")
async def test_one_that_nothing_covers_leaves_the_request_open(
    ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, ana, 5_000)
    command = wished(answering(request_id, ana, ben, 5_000), ANY)
    declined = await service.pay_outside(command, HERE, now=clock.now())
    assert code_of(declined) == "INSUFFICIENT_FUNDS"
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    again = await service.pay_outside(command, HERE, now=clock.now())
    assert answer_of(again) == answer_of(declined)
