"""Payments that wait: what holds them back, what ends it, and that only one thing does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from quid.identity import errors as identity_errors
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, db, ids
from quid.kit.errors import NotFound, ValidationFailed
from quid.kit.jobs import run_once
from quid.kit.runtime import Runtime
from quid.payments import errors, jobs, queries, service
from quid.payments.types import Sent, State
from tests.support.people import People, Someone
from tests.support.sending import answer_of, asked, code_of, send
from tests.support.waiting import (
    BIG,
    ask_for_proofs,
    code_now,
    give_totp,
    make_due,
    money_of,
    proof,
    state_of,
    waiting_payment,
    wrong_code,
)

pytestmark = pytest.mark.shipped_rules


@pytest.fixture
async def ana(people: People) -> Someone:
    """Ana, who joined a moment ago, with $1,000.00 and an app."""
    found = await people.add("ana", funded_minor=100_000, tier=2)
    await give_totp(people._runtime, found)
    return found


@pytest.fixture
async def proofs(admin: asyncpg.Connection) -> None:
    """Rules that ask for proofs."""
    await ask_for_proofs(admin)


async def expire(house: Runtime) -> None:
    """Let the job run once."""
    job = next(j for j in jobs.JOBS if j.name == "payments.expire")
    assert await run_once(house.part(db.Database), job, now=clock.now())


# --- what is held back -------------------------------------------------------------------------


async def test_a_young_account_that_pays_much_waits_with_its_money_on_hold(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, BIG, note="rent")
    told = answer_of(await send(house, command))
    payment, balance = told["payment"], told["balance"]
    assert (payment["state"], payment["review"]["reason"]) == ("IN_REVIEW", "unusual_payment")
    assert payment["can"] == {"verify": False, "cancel": True, "change_visibility": True}
    assert (balance["available"], balance["on_hold"]) == (100_000 - BIG, BIG)
    assert await money_of(admin, ana) == (100_000 - BIG, BIG)
    assert (await money_of(admin, ben))[0] == 10_000
    row = await admin.fetchrow("select * from risk.decision where id = $1", command.payment_id)
    assert (row["score"], row["rules"], row["action"]) == (85, ["R1"], 2)
    held = await admin.fetchrow("select * from payments.waiting")
    assert held["until"] - held["since"] == timedelta(hours=72)


async def test_the_twelfth_payment_of_an_hour_waits(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    for _ in range(11):
        assert code_of(await send(house, asked(ana, ben, 1))) == "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 1))) == "IN_REVIEW"
    told = answer_of(await send(house, asked(ana, ben, 1)))
    assert told["payment"]["review"]["reason"] == "too_many_payments"


async def test_a_refused_payment_is_no_earlier_payment(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    for _ in range(10):
        await send(house, asked(ana, ben, 1))
    for _ in range(3):
        assert code_of(await send(house, asked(ana, ben, 40_000_0))) != "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 1))) == "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 1))) == "IN_REVIEW"


async def test_of_fifty_payments_at_once_few_more_than_eleven_pass(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    outcomes = await asyncio.gather(*(send(house, asked(ana, ben, 1)) for _ in range(50)))
    passed = [o for o in outcomes if code_of(o) == "COMPLETED"]
    assert 11 <= len(passed) <= 22, "each of two lanes lets what it has read pass"
    assert {code_of(o) for o in outcomes} == {"COMPLETED", "IN_REVIEW"}


async def test_what_was_set_aside_in_the_same_batch_shows_in_the_next_answer(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    made = [asked(ana, ben, amount) for amount in (BIG, 100, 200)]
    in_order = sorted(c.payment_id for c in made)
    commands = [replace(c, payment_id=i) for c, i in zip(made, in_order, strict=True)]
    told = [answer_of(o) for o in await asyncio.gather(*(send(house, c) for c in commands))]
    assert [t["payment"]["state"] for t in told] == ["IN_REVIEW", "COMPLETED", "COMPLETED"]
    assert [t["balance"]["on_hold"] for t in told] == [BIG] * 3
    async with house.part(db.Database).read() as conn:
        now = await queries.balance(conn, ana.id, currency="USD", now=clock.now())
    assert now is not None
    versions = [t["balance"]["version"] for t in told]
    assert versions == [now.version - 2, now.version - 1, now.version]


async def test_without_funds_nothing_waits(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    assert code_of(await send(house, asked(ana, ben, 100_001))) == "INSUFFICIENT_FUNDS"
    assert await admin.fetchval("select count(*) from payments.waiting") == 0
    assert await admin.fetchval("select count(*) from risk.decision") == 0
    assert await money_of(admin, ana) == (100_000, 0)


async def test_what_waits_counts_for_the_limits_and_is_given_back(
    house: Runtime, people: People, ben: Someone
) -> None:
    cal = await people.add("cal", funded_minor=1_000_000, tier=1)
    first = await waiting_payment(house, cal, ben, 299_999)
    assert code_of(await send(house, asked(cal, ben, 1))) == "DAILY_LIMIT_EXCEEDED"
    await service.cancel(first, cal.id, now=clock.now())
    assert code_of(await send(house, asked(cal, ben, 1))) == "COMPLETED"


async def test_a_repeated_request_shows_where_the_payment_stands_now(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    command = asked(ana, ben, BIG, key="k")
    await send(house, command)
    again = await send(house, asked(ana, ben, BIG, key="k"))
    assert isinstance(again, Sent)
    assert again.is_replayed
    assert answer_of(again)["payment"]["state"] == "IN_REVIEW"
    await service.cancel(command.payment_id, ana.id, now=clock.now())
    told = answer_of(await send(house, asked(ana, ben, BIG, key="k")))
    assert told["payment"]["state"] == "CANCELLED"
    assert told["payment"]["id"] == ids.show("pay", command.payment_id)
    assert told["balance"]["available"] == 100_000
    other = await send(house, asked(ana, ben, BIG + 1, key="k"))
    assert code_of(other) == "IDEMPOTENCY_KEY_REUSED"


async def test_the_payee_hears_nothing_until_it_arrives(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    async with house.part(db.Database).read() as conn:
        assert await queries.payment(conn, payment_id, viewer_id=ben.id) is None
        assert await queries.payment(conn, payment_id, viewer_id=ana.id) is not None
    for act in (
        service.cancel(payment_id, ben.id, now=clock.now()),
        service.verify(proof(payment_id, ben), now=clock.now()),
    ):
        with pytest.raises(NotFound):
            await act


# --- proof -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("proofs")
async def test_a_right_code_sends_the_money(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    assert await state_of(admin, payment_id) is State.CHALLENGED
    done = await service.verify(proof(payment_id, ana), now=clock.now())
    assert done.row.state is State.COMPLETED
    assert done.row.states == [State.INITIATED, State.CHALLENGED, State.AUTHORIZED, State.COMPLETED]
    assert done.row.times == sorted(done.row.times)
    assert await money_of(admin, ana) == (100_000 - BIG, 0)
    assert (await money_of(admin, ben))[0] == 10_000 + BIG
    lines = await admin.fetch(
        "select user_id, kind, state, balance_after_minor from payments.activity where id = $1",
        payment_id,
    )
    assert {tuple(r) for r in lines} == {
        (ana.id, 1, State.COMPLETED, 100_000 - BIG),
        (ben.id, 1, State.COMPLETED, 10_000 + BIG),
    }
    assert await admin.fetchval("select count(*) from payments.waiting") == 0
    async with house.part(db.Database).read() as conn:
        assert await queries.unmatched(conn) == []


@pytest.mark.usefixtures("proofs")
async def test_a_proof_that_was_given_before_the_process_died_still_counts(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    purpose = f"{ids.show('pay', payment_id)} to {ben.shown}: {BIG} USD"
    await identity.prove(ana.id, "totp", code_now(), purpose=purpose, now=clock.now())
    done = await service.verify(proof(payment_id, ana), now=clock.now())
    assert done.row.state is State.COMPLETED
    assert await money_of(admin, ana) == (100_000 - BIG, 0)


@pytest.mark.usefixtures("proofs")
async def test_five_wrong_codes_end_it_and_the_money_is_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(identity_errors.ChallengeFailed) as caught:
            await service.verify(proof(payment_id, ana, wrong_code()), now=clock.now())
        assert caught.value.extra["tries_left"] == left
        expected = State.CHALLENGED if left else State.REJECTED
        assert await state_of(admin, payment_id) is expected
    assert await money_of(admin, ana) == (100_000, 0)
    with pytest.raises(errors.StateConflict) as conflict:
        await service.verify(proof(payment_id, ana), now=clock.now())
    assert conflict.value.extra == {"state": "REJECTED"}


@pytest.mark.usefixtures("proofs")
async def test_a_proof_is_for_its_own_payment(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben, 50_001)
    with pytest.raises(ValidationFailed, match="challenge_id"):
        await service.verify(
            proof(payment_id, ana, challenge_id=ids.new(1, clock.now())), now=clock.now()
        )
    with pytest.raises(ValidationFailed, match="method"):
        await service.verify(proof(payment_id, ana, method="email_code"), now=clock.now())
    assert await state_of(admin, payment_id) is State.CHALLENGED


@pytest.mark.usefixtures("proofs")
async def test_a_proof_that_comes_late_finds_the_money_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    await make_due(admin, payment_id)
    with pytest.raises(errors.ChallengeExpired):
        await service.verify(proof(payment_id, ana), now=clock.now())
    assert await state_of(admin, payment_id) is State.EXPIRED
    assert await money_of(admin, ana) == (100_000, 0)


@pytest.mark.usefixtures("proofs")
async def test_whoever_can_prove_nothing_is_reviewed(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    payment_id = await waiting_payment(house, cal, ben)
    assert await state_of(admin, payment_id) is State.IN_REVIEW


@pytest.mark.usefixtures("proofs")
async def test_a_payee_who_is_gone_gets_nothing_and_the_money_is_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    await identity.block(ben.id, ana.id, now=clock.now())
    with pytest.raises(errors.RecipientNotFound):
        await service.verify(proof(payment_id, ana), now=clock.now())
    assert await state_of(admin, payment_id) is State.DECLINED
    assert await money_of(admin, ana) == (100_000, 0)


@pytest.mark.usefixtures("proofs")
async def test_a_frozen_payer_sends_nothing_but_may_take_it_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    freeze = FreezePerson(
        ana.id, FreezeScope.SEND, FreezeReason.SECURITY, "We are checking.",
        (clock.now() + timedelta(days=1)).date(), "op", "somebody else signed in",
    )  # fmt: skip
    await identity.freeze(freeze, now=clock.now())
    with pytest.raises(errors.AccountFrozen):
        await service.verify(proof(payment_id, ana), now=clock.now())
    assert await state_of(admin, payment_id) is State.CHALLENGED
    await service.cancel(payment_id, ana.id, now=clock.now())
    assert await money_of(admin, ana) == (100_000, 0)


# --- cancel, time ------------------------------------------------------------------------------


async def test_a_payer_takes_it_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment_id = await waiting_payment(house, ana, ben)
    done = await service.cancel(payment_id, ana.id, now=clock.now())
    assert done.row.states == [State.INITIATED, State.IN_REVIEW, State.CANCELLED]
    assert await money_of(admin, ana) == (100_000, 0)
    lines = await admin.fetch(
        """select kind, state, is_incoming, amount_minor, balance_after_minor, payment_id
          from payments.activity where user_id = $1 order by at, id""",
        ana.id,
    )
    assert [tuple(r) for r in lines][1:] == [
        (1, State.CANCELLED, False, BIG, 100_000 - BIG, None),
        (4, State.CANCELLED, True, BIG, 100_000, payment_id),
    ]
    assert (
        await admin.fetchval(
            "select count(*) from payments.activity where user_id = $1 and kind <> 2", ben.id
        )
        == 0
    )
    with pytest.raises(errors.StateConflict) as caught:
        await service.cancel(payment_id, ana.id, now=clock.now())
    assert caught.value.extra == {"state": "CANCELLED"}


async def test_a_payment_that_went_through_is_not_taken_back(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    command = asked(ana, ben, 100)
    await send(house, command)
    for who in (ana, ben):
        with pytest.raises(errors.StateConflict):
            await service.cancel(command.payment_id, who.id, now=clock.now())


async def test_time_ends_what_nobody_decided_once(
    house: Runtime, ana: Someone, ben: Someone, people: People, admin: asyncpg.Connection
) -> None:
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    due = [await waiting_payment(house, who, ben) for who in (ana, cal)]
    later = await waiting_payment(house, await people.add("dot", funded_minor=100_000, tier=2), ben)
    await expire(house)
    assert {await state_of(admin, p) for p in (*due, later)} == {State.IN_REVIEW}
    for payment_id in due:
        await make_due(admin, payment_id)
    await expire(house)
    await expire(house)
    assert [await state_of(admin, p) for p in (*due, later)] == [
        State.EXPIRED, State.EXPIRED, State.IN_REVIEW
    ]  # fmt: skip
    assert await money_of(admin, ana) == (100_000, 0)
    rows = await admin.fetch(
        "select actor_type, resource_id from kit.audit where action = 'payments.expire'"
    )
    assert {tuple(r) for r in rows} == {("system", ids.show("pay", p)) for p in due}
    told = await admin.fetch(
        "select payload from kit.outbox where type = 'payments.payment_released.v1'"
    )
    assert len(told) == 2
    async with house.part(db.Database).read() as conn:
        assert await queries.unmatched(conn) == []


async def test_what_somebody_is_acting_on_is_left_for_the_next_run(
    house: Runtime, ana: Someone, ben: Someone, people: People, admin: asyncpg.Connection
) -> None:
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    held, free = [await waiting_payment(house, who, ben) for who in (ana, cal)]
    for payment_id in (held, free):
        await make_due(admin, payment_id)
    async with admin.transaction():
        await admin.execute("select 1 from payments.payment where id = $1 for no key update", held)
        await expire(house)
    assert await state_of(admin, held) is State.IN_REVIEW
    assert await state_of(admin, free) is State.EXPIRED
    await expire(house)
    assert await state_of(admin, held) is State.EXPIRED


@pytest.mark.spoils("it takes a hold away behind the ledger's back")
@pytest.mark.parametrize(
    "spoil",
    [
        "delete from ledger.hold where cause_id = $1",
        "update payments.payment set states = '{10,22,83}', times = times || now() where id = $1",
    ],
)
async def test_one_that_cannot_end_stops_no_other(
    house: Runtime, ben: Someone, people: People, admin: asyncpg.Connection, spoil: str
) -> None:
    cal, dot = [await people.add(name, funded_minor=100_000, tier=2) for name in ("cal", "dot")]
    spoilt, sound = [await waiting_payment(house, who, ben) for who in (dot, cal)]
    for payment_id in (spoilt, sound):
        await make_due(admin, payment_id)
    await admin.execute("set session_replication_role = replica")
    await admin.execute(spoil, spoilt)
    await expire(house)
    assert await state_of(admin, sound) is State.EXPIRED
    assert await money_of(admin, cal) == (100_000, 0)
    assert await money_of(admin, dot) == (100_000 - BIG, BIG)
