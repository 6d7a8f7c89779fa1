"""Many at once, and people who change in between: one operation, one payment, no more credit."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock
from quid.kit.jobs import run_once
from quid.ledger import service as ledger
from quid.ledger.types import Flag, Kind
from quid.payments import jobs, queries, service
from quid.payments.errors import StateConflict
from quid.payments.service.waiting import cancel
from quid.payments.types import State, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.sending import code_of

_WAITS = """
select count(*) from pg_stat_activity
where wait_event_type = 'Lock' and query like '%payments.outside%'"""


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def test_the_same_key_fifty_times_is_one_operation(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    outcomes = await asyncio.gather(
        *(counter.pay(ana, ben, 5_000, key="the-same") for _ in range(50))
    )
    assert {code_of(o) for o in outcomes} == {"PROCESSING"}
    assert len({made(o) for o in outcomes}) == 1
    assert await admin.fetchval("select count(*) from funding.operation") == 1
    assert len(counter.teller.box.effects("transfer.created")) == 1
    assert await counter.counted(ana) == 5_000
    assert await counter.books(ana) == {Kind.RESERVED: 2_000, Kind.INCOMING: 3_000}


async def test_no_more_is_advanced_than_the_credit_allows(
    counter: Payer, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    ana = await people.add("ana", funded_minor=0, tier=0)
    await counter.teller.verify(ana)
    bank = await counter.bank(ana)
    await counter.trust(ana, bank)
    many, each = 20, 2_000
    outcomes = await asyncio.gather(
        *(counter.pay(ana, ben, each, Wish(bank.id)) for _ in range(many))
    )
    codes = [code_of(o) for o in outcomes]
    credit = await admin.fetchval(
        "select -floor from ledger.account where owner = $1 and kind = 120", ana.id
    )
    assert set(codes) == {"COMPLETED", "PROCESSING"}
    assert codes.count("COMPLETED") == credit // each
    books = await counter.books(ana)
    assert -books[Kind.ADVANCE] == credit // each * each <= credit
    for outcome in outcomes:
        await counter.teller.until(await counter.operation_of(made(outcome)), OpState.SETTLED)
    await counter.work()
    assert await counter.books(ana) == {}
    assert await counter.books(ben) == {Kind.WALLET: many * each}


async def test_settled_from_many_sides_it_is_paid_once(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    now = clock.now()
    states = await asyncio.gather(*(service.settle(payment_id, now=now) for _ in range(5)))
    assert set(states) <= {State.COMPLETED, State.PROCESSING}
    assert await counter.books(ben) == {Kind.WALLET: 5_000}


async def waiting_for_its_owner(counter: Payer, ana: Someone, ben: Someone) -> UUID:
    """A payment by a card whose bank asks."""
    card = await counter.card(ana, "authenticationRequired")
    return made(await counter.pay(ana, ben, 5_000, Wish(card.id)))


async def test_of_a_cancel_and_a_settlement_one_wins(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    payment_id = await waiting_for_its_owner(counter, ana, ben)
    op = await counter.operation_of(payment_id)
    now = clock.now()
    done = await asyncio.gather(
        cancel(payment_id, ana.id, now=now),
        counter.teller.drive(op.id),
        service.settle(payment_id, now=now),
        cancel(payment_id, ana.id, now=now),
        return_exceptions=True,
    )
    assert sum(isinstance(d, StateConflict) for d in done) == 1
    assert await counter.state_of(payment_id) is State.CANCELLED
    assert await counter.books(ana) == {Kind.WALLET: 2_000}


async def test_who_is_frozen_meanwhile_keeps_the_money(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    freeze = FreezePerson(
        ana.id,
        FreezeScope.SEND,
        FreezeReason.SECURITY,
        "We look at it.",
        clock.now().date(),
        "test",
        "for a test of what follows",
    )
    await identity.freeze(freeze, now=clock.now())
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(payment_id) is State.DECLINED
    assert await counter.books(ana) == {Kind.WALLET: 5_000}
    assert await counter.books(ben) == {}


async def test_who_may_not_spend_meanwhile_keeps_the_money(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    wallet = await admin.fetchval(
        "select id from ledger.account where owner = $1 and kind = 201", ana.id
    )
    async with counter.teller.database.transaction() as tx:
        await ledger.set_flags(tx, wallet, to_set=Flag.NO_SPEND)
    await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
    await counter.work()
    assert await counter.state_of(payment_id) is State.DECLINED
    assert await counter.books(ana) == {Kind.WALLET: 5_000}


CHANGES = {
    "delete from ledger.hold": "waits without its money on hold",
    "update payments.outside set balance_minor = 1": "not all of its money is on hold",
    "update payments.outside set closed_at = now()": (
        "waits, and nothing knows until when; money on hold for nothing that waits"
    ),
    "update payments.outside set since = now() - interval '16 days'": "waits longer than it may",
    "update payments.payment set states = states || 83::int2, times = times || now()": (
        "waits in another state"
    ),
}


@pytest.mark.spoils("it changes rows behind the ledger's back")
@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_changed_of_one_that_a_bank_pays_is_told(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection, change: str
) -> None:
    await counter.bank(ana)
    made(await counter.pay(ana, ben, 5_000))

    async def found() -> list[str]:
        async with counter.teller.database.read() as conn:
            return [u.what for u in await queries.unmatched(conn)]

    assert await found() == []
    await admin.execute("set session_replication_role = replica")
    await admin.execute(change)
    assert await found() == CHANGES[change].split("; ")


async def test_what_happens_while_somebody_looks_is_looked_at(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    """The bank sends it after its operation was read and before the mark was taken away."""
    await counter.bank(ana)
    payment_id = made(await counter.pay(ana, ben, 5_000))
    await counter.work()
    op = await counter.operation_of(payment_id)
    async with admin.transaction():
        await admin.execute(
            "select 1 from payments.outside where payment_id = $1 for no key update", payment_id
        )
        looking = asyncio.create_task(service.settle(payment_id, now=clock.now()))
        for _ in range(100):
            if await admin.fetchval(_WAITS):
                break
            await asyncio.sleep(0.01)
        await counter.teller.told(op, "settled")
        await admin.execute("update payments.outside set due_at = $1", clock.now())
    await looking
    [job] = [j for j in jobs.JOBS if j.name == "payments.settle"]
    await run_once(counter.teller.database, job, now=clock.now())
    assert await counter.state_of(payment_id) is State.COMPLETED
