"""Who may find a payment: whatever happens to events and to the worker, each once."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.identity import service as identity
from quid.kit import clock, db, ids, outbox
from quid.kit.events import Envelope
from quid.kit.jobs import run_once
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.social.consumers import CONSUMERS, fan_out
from quid.social.jobs import JOBS
from quid.social.service import fanout
from tests.support.feeds import befriend, catch_up, pay
from tests.support.people import People, Someone

FAN_OUT, FRIENDSHIPS = CONSUMERS
_ROWS: Final = "select payment_id, viewer_id from social.timeline"


async def rows(admin: asyncpg.Connection, payment_id: UUID) -> list[UUID]:
    """Whose timelines a payment is in."""
    found = await admin.fetch(f"{_ROWS} where payment_id = $1 order by viewer_id", payment_id)
    return [r["viewer_id"] for r in found]


def sorted_ids(*people: Someone) -> list[UUID]:
    return sorted(p.id for p in people)


async def test_a_payment_reaches_its_people_and_their_friends(
    house: Runtime, people: People, admin: asyncpg.Connection
) -> None:
    ana, ben, cal, dot, eve = [await people.add(h) for h in ("ana", "ben", "cal", "dot", "eve")]
    await befriend(ana, cal)
    await befriend(ben, dot)
    await befriend(cal, eve)
    seen = await pay(house, ana, ben)
    hidden = await pay(house, ana, ben, visibility="private")
    await catch_up(house, admin)
    assert await rows(admin, seen) == sorted_ids(ana, ben, cal, dot)
    assert await rows(admin, hidden) == sorted_ids(ana, ben)


async def test_few_payments_are_written_at_once(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    """While rows are written nobody reads newer events: with 500 payments sockets waited for it."""
    for _ in range(25):
        await pay(house, ana, ben, 1)
    before, written = 0, []
    while before < 50:
        await outbox.consume(house.part(db.Database), FAN_OUT)
        after = await admin.fetchval("select count(*) from social.timeline")
        written += [after - before] if after > before else []
        before = after
    assert max(written) <= 40


async def test_a_payment_that_did_not_arrive_reaches_nobody(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    paid = await pay(house, ana, ben)
    async with house.part(db.Database).transaction() as tx:
        assert await fanout.fan_out(tx, [ana.id]) == set()
        assert await fanout.fan_out(tx, [paid, paid]) == {ana.id, ben.id}
    assert await rows(admin, paid) == sorted_ids(ana, ben)


async def test_what_is_loosened_reaches_friends_after_all(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ben, cal)
    paid = await pay(house, ana, ben, visibility="private")
    await catch_up(house, admin)
    assert await rows(admin, paid) == sorted_ids(ana, ben)
    await payments.show_to(paid, ana.id, "friends", show_amount=None, now=clock.now())
    await catch_up(house, admin)
    assert await rows(admin, paid) == sorted_ids(ana, ben, cal)


async def test_new_friends_find_what_the_other_has_shared(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    shared = await pay(house, ana, ben)
    hidden = await pay(house, ana, ben, visibility="private")
    await catch_up(house, admin)
    await befriend(ben, cal)
    await catch_up(house, admin)
    assert await rows(admin, shared) == sorted_ids(ana, ben, cal)
    assert await rows(admin, hidden) == sorted_ids(ana, ben)


async def test_a_back_fill_has_its_bounds(
    house: Runtime, people: People, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben, cal = [await people.add(h) for h in ("ana", "ben", "cal")]
    paid = [await pay(house, ana, ben) for _ in range(4)]
    monkeypatch.setattr(fanout, "_BACK_FILL", 3)
    async with house.part(db.Database).transaction() as tx:
        late = clock.now() + timedelta(days=91)
        assert await fanout.back_fill(tx, [(ana.id, cal.id)], now=late) == {ana.id, cal.id}
    assert await rows(admin, paid[-1]) == []
    async with house.part(db.Database).transaction() as tx:
        await fanout.back_fill(tx, [(ana.id, cal.id)], now=clock.now())
    assert [bool(await rows(admin, p)) for p in paid] == [False, True, True, True]


async def test_events_that_come_again_and_in_any_order_make_one_row(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, cal)
    paid = await pay(house, ana, ben, visibility="private")
    for wish in ("public", "private", "friends"):
        await payments.show_to(paid, ana.id, wish, show_amount=None, now=clock.now())
    await catch_up(house, admin)
    before = await admin.fetch("select t.* from social.timeline t order by 1, 2, 3")
    assert len(before) == 3
    told = await admin.fetch(
        "select payload from kit.outbox where type = any ($1) order by id desc", [*FAN_OUT.types]
    )
    envelopes = [outbox._decoder.decode(r["payload"]) for r in told]
    assert len(envelopes) == 4
    async with house.part(db.Database).transaction() as tx:
        await fan_out(tx, envelopes)
        await fan_out(tx, envelopes[1:])
    await admin.execute("delete from kit.outbox_cursor where consumer like 'social.%'")
    await catch_up(house, admin)
    assert await admin.fetch("select t.* from social.timeline t order by 1, 2, 3") == before


async def test_a_worker_that_dies_between_effect_and_cursor_leaves_neither(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    async def killed(tx: db.Tx, envelopes: list[Envelope]) -> outbox.After:
        await fan_out(tx, envelopes)
        raise RuntimeError("killed")

    dying = outbox.Consumer(FAN_OUT.name, FAN_OUT.types, killed, is_keyed=True)
    paid = await pay(house, ana, ben)
    with pytest.raises(RuntimeError, match="killed"):
        await catch_up(house, admin, [dying])
    assert await rows(admin, paid) == []
    await catch_up(house, admin)
    assert await rows(admin, paid) == sorted_ids(ana, ben)


async def test_rows_of_a_large_circle_are_written_in_portions(
    house: Runtime, people: People, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    friends = [await people.add(f"friend_{n}", funded_minor=0) for n in range(7)]
    for friend in friends:
        await befriend(ana, friend)
    monkeypatch.setattr(fanout, "_ROWS_AT_ONCE", 4)
    paid = [await pay(house, ana, ben), await pay(house, ben, ana)]
    await catch_up(house, admin)
    for payment_id in paid:
        assert await rows(admin, payment_id) == sorted_ids(ana, ben, *friends)


async def test_who_parts_again_is_back_filled_when_they_meet_again(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, cal)
    await catch_up(house, admin)
    await identity.part(ana.id, cal.id, now=clock.now())
    paid = await pay(house, ana, ben)
    await catch_up(house, admin)
    assert await rows(admin, paid) == sorted_ids(ana, ben)
    await befriend(cal, ana)
    await catch_up(house, admin)
    assert await rows(admin, paid) == sorted_ids(ana, ben, cal)


async def test_writers_of_the_same_rows_wait_and_never_in_a_circle(
    house: Runtime, people: People, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "_ROWS_AT_ONCE", 50)  # many steps, so that they meet amid them
    ana, ben = await people.add("ana"), await people.add("ben")
    friends = [ids.new(n, clock.now()) for n in range(300)]
    await admin.execute("set session_replication_role = replica")  # nobody asks who they are
    await admin.execute(
        """insert into identity.edge (user_id, friend_id, state, asked_by, since)
          select e.one, e.other, 'ACCEPTED', e.one, now() from (
            select $1::uuid as one, f as other from unnest($2::uuid[]) f
            union all select f, $1 from unnest($2::uuid[]) f) e""",
        ana.id,
        friends,
    )
    paid = [await pay(house, ana, ben, 1) for _ in range(10)]
    pairs = [(ana.id, f) for f in friends]

    async def fan_out_all() -> None:
        async with house.part(db.Database).transaction() as tx:
            await fanout.fan_out(tx, paid)

    async def back_fill_all() -> None:
        async with house.part(db.Database).transaction() as tx:
            await fanout.back_fill(tx, pairs, now=clock.now())

    for _ in range(3):
        await admin.execute("truncate social.timeline")
        async with asyncio.TaskGroup() as group:
            for work in (fan_out_all, back_fill_all, back_fill_all, fan_out_all):
                group.create_task(work())
        assert await admin.fetchval("select count(*) from social.timeline") == 10 * 302


async def test_the_worker_makes_room_for_the_months_to_come(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    [tend] = JOBS
    in_a_year = clock.now() + timedelta(days=365)
    for _ in range(2):
        assert await run_once(house.part(db.Database), tend, now=in_a_year)
    there = await admin.fetch(
        """select right(c.relname, 6) as month from pg_inherits i join pg_class c
          on c.oid = i.inhrelid where i.inhparent = 'social.timeline'::regclass order by 1"""
    )
    oldest = (in_a_year - timedelta(days=123)).strftime("%Y%m")
    assert there[0]["month"] >= oldest
    assert [m["month"] for m in there if m["month"] >= in_a_year.strftime("%Y%m")] == [
        (in_a_year.replace(day=1) + timedelta(days=31 * n)).strftime("%Y%m") for n in range(4)
    ]
