"""What there is to see of payments, read set by set, against what each one says for itself."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.kit import clock, db, ids
from quid.kit.runtime import Runtime
from quid.payments import queries, service
from quid.payments.queries import NEWEST, Position
from quid.payments.types import Visibility
from tests.support.answering import answering, request_by
from tests.support.people import People, Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import asked, code_of, send
from tests.support.waiting import BIG, waiting_payment

WISHES: tuple[Visibility, ...] = ("private", "friends", "public")


async def paid(house: Runtime, payer: Someone, payee: Someone, cents: int = 100) -> UUID:
    """Let one pay another."""
    command = asked(payer, payee, cents, note="pizza")
    assert code_of(await send(house, command)) == "COMPLETED"
    return command.payment_id


async def show(payment_id: UUID, who: Someone, wish: Visibility, *, amount: bool = False) -> None:
    """Set somebody's wish."""
    await service.show_to(payment_id, who.id, wish, show_amount=amount, now=clock.now())


async def reverse(payment_id: UUID) -> None:
    """Let two operators take a payment back."""
    question = await service.ask_to_reverse(
        press(operator("finance"), f"take {payment_id}"), payment_id, amount_minor=None,
        reason="mistake", now=clock.now(),
    )  # fmt: skip
    await answer(question, operator("finance"), key=f"yes {payment_id}")


@pytest.fixture
async def cal(people: People) -> Someone:
    """Cal, with $1,000.00, who joined a moment ago."""
    return await people.add("cal", funded_minor=100_000, tier=2)


async def test_a_story_holds_the_stricter_wish_of_both(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    payment_id = await paid(house, ana, ben)
    for mine in WISHES:
        for theirs in WISHES:
            for amounts in ((True, True), (True, False), (False, True)):
                await show(payment_id, ana, mine, amount=amounts[0])
                await show(payment_id, ben, theirs, amount=amounts[1])
                async with house.part(db.Database).read() as conn:
                    story = (await queries.stories(conn, [payment_id]))[payment_id]
                assert story.visibility == min(mine, theirs, key=WISHES.index)
                assert story.show_amount == all(amounts)
    assert (story.payer_id, story.payee_id, story.amount_minor) == (ana.id, ben.id, 100)
    assert (story.note, story.request_id, story.is_completed) == ("pizza", None, True)


@pytest.mark.shipped_rules
async def test_a_story_is_completed_while_its_money_is_there(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    request_id = await request_by(ben, ana, 100)
    command = answering(request_id, ana, ben, 100)
    await send(house, command)
    back = await paid(house, ana, ben)
    await reverse(back)
    waiting = await waiting_payment(house, cal, ben, BIG)
    declined = asked(ana, ben, 50_000)
    await send(house, declined)
    async with house.part(db.Database).read() as conn:
        wanted = [command.payment_id, back, waiting, declined.payment_id, ids.new(0, clock.now())]
        told = await queries.stories(conn, wanted)
    assert [told[i].is_completed for i in wanted[:-1]] == [True, False, False, False]
    assert wanted[-1] not in told
    assert told[command.payment_id].request_id == request_id
    times = await admin.fetchval("select times from payments.payment where id = $1", back)
    assert told[back].completed_at == times[2]
    assert told[waiting].completed_at is None


@pytest.mark.shipped_rules
async def test_mine_and_recent_list_what_has_arrived(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone
) -> None:
    made = [await paid(house, *pair) for pair in ((ana, ben), (ben, ana), (ana, ben), (ben, cal))]
    await waiting_payment(house, cal, ana, BIG)
    await send(house, asked(ana, ben, 50_000))
    await reverse(made[2])
    async with house.part(db.Database).read() as conn:
        whole = await queries.mine(conn, ana.id, before=NEWEST, limit=10)
        assert [p.id for p in whole] == [made[2], made[1], made[0]]
        assert await queries.mine(conn, ana.id, before=whole[0], limit=1) == [whole[1]]
        now = clock.now()
        recent = await queries.recent_of(conn, ana.id, since=now - timedelta(1), limit=10)
        assert [s.id for s in recent] == [made[1], made[0]]
        since = recent[0].completed_at
        assert since is not None
        assert [s.id for s in await queries.recent_of(conn, ana.id, since=since, limit=10)] == [
            made[1]
        ]
        [only] = await queries.recent_of(conn, ana.id, since=now - timedelta(1), limit=1)
        assert only.id == made[1]


async def test_public_lists_what_both_let_everybody_see(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    made = [await paid(house, ana, ben) for _ in range(5)]
    for payment_id in made:
        await show(payment_id, ana, "public")
    for payment_id in (made[0], made[1], made[3]):
        await show(payment_id, ben, "public")
    await reverse(made[1])
    async with house.part(db.Database).read() as conn:
        whole = await queries.public(conn, before=NEWEST, limit=10)
        stories = await queries.stories(conn, [p.id for p in whole])
        assert [p.id for p in whole] == [made[3], made[0]]
        assert [p.at for p in whole] == [stories[p.id].completed_at for p in whole]
        assert await queries.public(conn, before=whole[0], limit=10) == whole[1:]
        assert await queries.public(conn, before=NEWEST, limit=1) == whole[:1]
        same_time = Position(whole[1].at, whole[1].id)
        assert await queries.public(conn, before=same_time, limit=10) == []


async def test_public_reads_its_index(admin: asyncpg.Connection) -> None:
    await admin.execute("set enable_seqscan = off")
    statement = queries.seen._PUBLIC.statement.text
    await admin.execute(f"prepare page (timestamptz, uuid, bigint, bigint) as {statement}")
    plan = await admin.fetch(
        "explain execute page ('2030-01-01', '00000000-0000-0000-0000-000000000000', 10, 0)"
    )
    told = "\n".join(r[0] for r in plan)
    assert "payment_public" in told
    assert "Index Cond" in told
    assert "Sort" not in told


@pytest.mark.shipped_rules
async def test_who_paid_whom_and_how_often(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone
) -> None:
    await paid(house, ana, ben)
    await paid(house, ana, ben)
    await reverse(await paid(house, ana, ben))
    await send(house, asked(ana, cal, 50_000))
    await waiting_payment(house, cal, ana, BIG)
    async with house.part(db.Database).read() as conn:
        assert await queries.times_paid(conn, ana.id, [ben.id, cal.id]) == {ben.id: 2, cal.id: 0}
        assert await queries.times_paid(conn, ben.id, [ana.id]) == {ana.id: 0}
        assert await queries.times_paid(conn, ana.id, []) == {}
        assert await queries.has_paid(conn, ana.id, ben.id)
        assert not await queries.has_paid(conn, ben.id, ana.id)
        assert not await queries.has_paid(conn, ana.id, cal.id)
        assert not await queries.has_paid(conn, cal.id, ana.id)
    only = await paid(house, ben, cal)
    await reverse(only)
    async with house.part(db.Database).read() as conn:
        assert not await queries.has_paid(conn, ben.id, cal.id)


@pytest.mark.shipped_rules
async def test_many_views_and_balances_are_what_each_reads_alone(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone
) -> None:
    done = await paid(house, ana, ben)
    waits = await waiting_payment(house, cal, ben, BIG)
    everybody = [ana.id, ben.id, cal.id, ids.new(0, clock.now())]
    pairs = [(who, payment_id) for who in everybody for payment_id in (done, waits)]
    now = clock.now()
    async with house.part(db.Database).read() as conn:
        many = await queries.views(conn, pairs)
        alone = {p: await queries.payment(conn, p[1], viewer_id=p[0]) for p in pairs}
        assert many == {p: found for p, found in alone.items() if found is not None}
        assert set(many) == {(ana.id, done), (ben.id, done), (cal.id, waits)}
        balances = await queries.balances(conn, everybody, currency="USD", now=now)
        single = {u: await queries.balance(conn, u, currency="USD", now=now) for u in everybody}
    assert balances == {u: b for u, b in single.items() if b is not None}
    assert balances[cal.id].on_hold == BIG
    assert [h.payment_id for h in balances[cal.id].holds] == [waits]
    assert balances[ana.id].holds == ()
    assert await _versions_differ(house, ana, ben, balances[ana.id].version)


async def _versions_differ(house: Runtime, ana: Someone, ben: Someone, before: int) -> bool:
    await paid(house, ana, ben)
    async with house.part(db.Database).read() as conn:
        now = await queries.balances(conn, [ana.id], currency="USD", now=clock.now())
    return now[ana.id].version > before
