"""Payments that answer a request for money: asked first, told after, once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quid.collect.types import State as Request
from quid.identity import service as identity
from quid.kit import clock, db, ids
from quid.kit.errors import Overloaded, Refusal
from quid.kit.jobs import run_once
from quid.kit.runtime import Runtime
from quid.payments import jobs, queries, rules, service
from quid.payments.ports import Requests
from quid.payments.types import Answering, Moved, Outcome, SendPayment, Sent, State
from tests.support.answering import answering, request_by, request_state
from tests.support.database import connected
from tests.support.people import People, Someone
from tests.support.presses import operator, press
from tests.support.sending import answer_of, asked, code_of, send
from tests.support.waiting import BIG, ask_for_proofs, give_totp, make_due, money_of, proof


async def batch(house: Runtime, *items: SendPayment) -> list[Outcome]:
    """Send payments in one batch of a lane."""
    lane = await house.part(db.Database).lane("test")
    try:
        return await service.send(lane, list(items))
    finally:
        await lane.drop()


async def keys_kept(admin: asyncpg.Connection) -> int:
    """How many keys of payments have an answer."""
    return int(
        await admin.fetchval(
            "select count(*) from kit.idempotency where operation = $1", service.OPERATION
        )
    )


# --- at once -----------------------------------------------------------------------------------


async def test_it_pays_the_request_in_its_own_transaction(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, ana, 1368)
    command = answering(request_id, ana, ben, 1368)
    told = answer_of(await send(house, command))
    assert (told["payment"]["kind"], told["payment"]["state"]) == ("charged", "COMPLETED")
    assert told["payment"]["request_id"] == ids.show("req", request_id)
    assert await request_state(admin, request_id) == (Request.PAID, command.payment_id)
    rows = await admin.fetch(
        """select xmin::text from payments.payment union
          select xmin::text from collect.request union
          select xmin::text from kit.idempotency where operation = 'payments.send'"""
    )
    assert len(rows) == 1, "not in one transaction"
    raw = await admin.fetchval(
        "select payload from kit.outbox where type = 'payments.payment_completed.v1'"
    )
    assert msgspec.json.decode(raw)["data"]["for_request"] == ids.show("req", request_id)
    async with house.part(db.Database).read() as conn:
        shown = await queries.payment(conn, command.payment_id, viewer_id=ben.id)
    assert shown is not None
    assert rules.view_of(shown, viewer_id=ben.id).kind == "charged"


async def test_one_that_nobody_asked_for_says_so(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    told = answer_of(await send(house, asked(ana, ben)))
    assert (told["payment"]["kind"], told["payment"]["request_id"]) == ("paid", None)


async def test_who_asked_wishes_who_sees_it(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, ana, 100, "private")
    await send(house, replace(answering(request_id, ana, ben, 100), payee_visibility="private"))
    assert await admin.fetchval("select payee_visibility from payments.payment") == "private"


async def test_the_same_key_again_is_the_same_payment(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, ana, 100)
    command = answering(request_id, ana, ben, 100, key="once")
    first = await send(house, command)
    again = await send(house, replace(command, payment_id=ids.new(0, clock.now())))
    assert isinstance(first, Sent)
    assert isinstance(again, Sent)
    assert again.is_replayed
    assert again.answer == first.answer
    assert await money_of(admin, ana) == (9_900, 0)


@pytest.mark.parametrize("together", [True, False])
async def test_of_two_keys_one_pays(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection, *, together: bool
) -> None:
    request_id = await request_by(ben, ana, 100)
    tabs = [answering(request_id, ana, ben, 100) for _ in range(2)]
    tabs.sort(key=lambda c: c.payment_id)  # as a batch posts them
    other = asked(ana, ben, 7)
    if together:
        told = [code_of(o) for o in await batch(house, tabs[0], other, tabs[1])]
        assert told == ["COMPLETED", "COMPLETED", "STATE_CONFLICT"]
    else:
        told = [code_of(await send(house, c)) for c in tabs]
        assert told == ["COMPLETED", "REQUEST_CLOSED"]
        assert code_of(await send(house, other)) == "COMPLETED"
    assert await request_state(admin, request_id) == (Request.PAID, tabs[0].payment_id)
    assert await money_of(admin, ana) == (10_000 - 107, 0)
    assert await keys_kept(admin) == 2, "a refused claim keeps its key"
    again = replace(tabs[1], payment_id=ids.new(0, clock.now()))
    assert code_of(await send(house, again)) == "REQUEST_CLOSED"


@pytest.fixture
def pair(ana: Someone, ben: Someone) -> tuple[Someone, Someone]:
    """Ana, who is asked, and Ben, who asks."""
    return ana, ben


@pytest.fixture
async def cal(people: People) -> Someone:
    """Cal, with $0.50."""
    return await people.add("cal", funded_minor=50)


@pytest.mark.parametrize("wrong", ["payer", "payee", "amount", "request"])
async def test_another_payment_than_the_one_asked_for_is_refused(
    house: Runtime,
    pair: tuple[Someone, Someone],
    cal: Someone,
    admin: asyncpg.Connection,
    wrong: str,
) -> None:
    ana, ben = pair
    request_id = await request_by(ben, ana, 100)
    payer, payee = cal if wrong == "payer" else ana, cal if wrong == "payee" else ben
    named = ids.new(0, clock.now()) if wrong == "request" else request_id
    command = answering(named, payer, payee, 99 if wrong == "amount" else 100)
    assert code_of(await send(house, command)) == "NOT_FOUND"
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    assert await admin.fetchval("select count(*) from payments.payment") == 0


async def test_what_the_balance_refuses_leaves_the_request_open(
    house: Runtime, cal: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, cal, 100)
    declined = answering(request_id, cal, ben, 100)
    assert code_of(await send(house, declined)) == "INSUFFICIENT_FUNDS"
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    kept = await admin.fetchval(
        "select request_id from payments.payment where id = $1", declined.payment_id
    )
    assert kept == request_id
    await service.fund(cal.id, 50, key="more", operator="test", now=clock.now())
    paid = answering(request_id, cal, ben, 100)
    assert code_of(await send(house, paid)) == "COMPLETED"
    assert await request_state(admin, request_id) == (Request.PAID, paid.payment_id)


async def test_a_request_that_somebody_holds_delays_no_other_payment(
    house: Runtime, ana: Someone, ben: Someone, db_url: str
) -> None:
    request_id = await request_by(ben, ana, 100)
    async with connected(db_url) as other, other.transaction():
        await other.execute("select from collect.request where id = $1 for update", request_id)
        stuck, free = await asyncio.gather(
            send(house, answering(request_id, ana, ben, 100)), send(house, asked(ana, ben, 7))
        )
        assert isinstance(stuck, Overloaded)
        assert code_of(free) == "COMPLETED"
    assert code_of(await send(house, answering(request_id, ana, ben, 100))) == "COMPLETED"


# --- what waits --------------------------------------------------------------------------------


@pytest.fixture
async def eve(people: People, house: Runtime) -> Someone:
    """Eve, who joined a moment ago, with $1,000.00 and an app."""
    found = await people.add("eve", funded_minor=100_000, tier=2)
    await give_totp(house, found)
    return found


async def waits(house: Runtime, request_id: UUID, payer: Someone, payee: Someone) -> UUID:
    """Answer a request with a payment that is held back."""
    command = answering(request_id, payer, payee, BIG)
    told = answer_of(await send(house, command))
    assert told["payment"]["state"] in ("CHALLENGED", "IN_REVIEW")
    return command.payment_id


async def _cancel(_: Runtime, __: asyncpg.Connection, payment_id: UUID, payer: Someone) -> None:
    await service.cancel(payment_id, payer.id, now=clock.now())


async def _expire(house: Runtime, admin: asyncpg.Connection, payment_id: UUID, _: Someone) -> None:
    await make_due(admin, payment_id)
    job = next(j for j in jobs.JOBS if j.name == "payments.expire")
    assert await run_once(house.part(db.Database), job, now=clock.now())


async def _reject(_: Runtime, __: asyncpg.Connection, payment_id: UUID, ___: Someone) -> None:
    await service.reject(press(operator("analyst")), payment_id, now=clock.now())


@pytest.mark.shipped_rules
@pytest.mark.parametrize("end", [_cancel, _expire, _reject])
async def test_a_payment_that_waits_has_the_request_until_it_ends(
    house: Runtime, eve: Someone, ben: Someone, admin: asyncpg.Connection, end: object
) -> None:
    request_id = await request_by(ben, eve, BIG)
    payment_id = await waits(house, request_id, eve, ben)
    assert await request_state(admin, request_id) == (Request.PENDING, payment_id)
    assert code_of(await send(house, answering(request_id, eve, ben, BIG))) == "STATE_CONFLICT"
    await end(house, admin, payment_id, eve)  # type: ignore[operator]  # one of the three above
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    assert await money_of(admin, eve) == (100_000, 0)
    next_one = await waits(house, request_id, eve, ben)
    assert await request_state(admin, request_id) == (Request.PENDING, next_one)


@pytest.mark.shipped_rules
async def test_a_proof_pays_the_request(
    house: Runtime, eve: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await ask_for_proofs(admin)
    request_id = await request_by(ben, eve, BIG)
    payment_id = await waits(house, request_id, eve, ben)
    shown = await service.verify(proof(payment_id, eve), now=clock.now())
    assert shown.row.request_id == request_id
    assert await request_state(admin, request_id) == (Request.PAID, payment_id)
    raw = await admin.fetchval(
        "select payload from kit.outbox where type = 'payments.payment_completed.v1'"
    )
    assert msgspec.json.decode(raw)["data"]["for_request"] == ids.show("req", request_id)


@pytest.mark.shipped_rules
async def test_one_whose_payee_is_gone_frees_the_request(
    house: Runtime, eve: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, eve, BIG)
    payment_id = await waits(house, request_id, eve, ben)
    await identity.block(ben.id, eve.id, now=clock.now())
    await service.approve(press(operator("analyst")), payment_id, now=clock.now())
    assert await request_state(admin, request_id) == (Request.PENDING, None)
    assert await money_of(admin, eve) == (100_000, 0)


# --- whatever the floor above says ---------------------------------------------------------------


class _YesMan:
    """Requests that refuse nothing and hold nothing; what they are told they keep."""

    def __init__(self) -> None:
        self.told: list[Moved] = []

    async def claim(self, _: db.Tx, answers: Sequence[Answering]) -> list[Refusal | None]:
        return [None] * len(answers)

    async def lock(self, _: db.Tx, __: Sequence[UUID]) -> None:
        """Nothing."""

    async def follow(self, _: db.Tx, moved: Sequence[Moved], **__: datetime) -> None:
        self.told.extend(moved)


async def test_the_database_itself_takes_no_second_payment(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    house.put(_YesMan(), kind=Requests)
    request_id = ids.new(0, clock.now())
    assert code_of(await send(house, answering(request_id, ana, ben, 100))) == "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 7))) == "COMPLETED"
    assert code_of(await send(house, answering(request_id, ana, ben, 100))) == "INTERNAL_ERROR"
    assert await money_of(admin, ana) == (10_000 - 107, 0)
    assert await admin.fetchval("select count(*) from payments.payment") == 2


async def test_which_request_a_payment_answers_is_never_changed(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await send(house, asked(ana, ben))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.execute("update payments.payment set request_id = id")


async def test_a_state_that_the_port_is_told_is_the_state_of_the_row(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    requests = _YesMan()
    house.put(requests, kind=Requests)
    one, two = (answering(ids.new(0, clock.now()), ana, ben, n) for n in (100, 20_000))
    await batch(house, one, asked(ana, ben, 7), two)
    states = {
        r["id"]: (State(r["states"][-1]), r["times"][-1])
        for r in await admin.fetch("select id, states, times from payments.payment")
    }
    assert {m.payment_id: (m.state, m.at) for m in requests.told} == {
        c.payment_id: states[c.payment_id] for c in (one, two)
    }
