"""Inboxes: each event once for whom it concerns, and what is counted is what is shown."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.identity import events as identity_events
from quid.identity import service as identity
from quid.kit import clock, db, ids, outbox
from quid.kit.errors import DatabaseUnavailable, NotFound
from quid.kit.events import Envelope
from quid.kit.runtime import Runtime
from quid.notifications.consumers.inbox import INBOX, tell
from quid.notifications.jobs.inbox import FORGET
from quid.notifications.service import reading
from quid.notifications.types import Chosen, Kind, Topic, Way
from quid.social import events as social
from tests.support.feeds import befriend, catch_up, pay
from tests.support.notices import Told, channels, deliveries, inbox, liked, send, told
from tests.support.people import People, Someone

ROWS: Final = "select * from notifications.notification order by id"


async def wish(who: Someone, topic: Topic, way: Way, *, is_on: bool) -> None:
    await reading.prefer(who.id, [Chosen(topic, way, is_on)], now=clock.now())


async def everything(admin: asyncpg.Connection) -> list[tuple[object, ...]]:
    return [tuple(r) for r in await admin.fetch(ROWS)]


async def test_a_payment_is_told_to_its_payee_by_name(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payment = await pay(house, ana, ben, 1368, note="for the boat")
    await told(house, admin)
    [line] = [v for v in await inbox(house, ben) if v.kind is Kind.PAYMENT_RECEIVED]
    assert line.actor is not None
    assert (line.actor.handle, line.actor.display_name) == ("ana", "Ana")
    assert (line.payment_id, line.amount, line.currency) == (ids.show("pay", payment), 1368, "USD")
    assert not line.is_read
    [receipt] = [v for v in await inbox(house, ana) if v.kind is Kind.PAYMENT_SENT]
    assert receipt.is_read  # she has read the answer
    assert "boat" not in str(await everything(admin))


async def test_an_event_delivered_twice_is_one_line_and_one_delivery(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, ben)
    payment = await pay(house, ana, ben)
    await told(house, admin, liked(payment, ana, clock.now()))
    before, sent = await everything(admin), await deliveries(admin)
    assert len(before) == 5
    await admin.execute("update kit.outbox_cursor set xid = '0' where consumer = $1", INBOX.name)
    await catch_up(house, admin, [INBOX])
    assert await everything(admin) == before
    assert await deliveries(admin) == sent


async def test_a_line_is_found_again_even_by_who_has_no_memory(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await befriend(ana, ben)
    await pay(house, ana, ben)
    await told(house, admin)
    before, sent = await everything(admin), await deliveries(admin)
    await admin.execute("delete from kit.outbox_cursor; delete from kit.inbox")
    await catch_up(house, admin, [INBOX])
    assert await everything(admin) == before
    assert await deliveries(admin) == sent


async def test_events_out_of_order_are_the_same_lines(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    payment = await pay(house, ana, ben)
    await told(house, admin)
    noon = clock.now().replace(minute=30)
    comments = [ids.new(1, noon), ids.new(1, noon)]
    late = social.commented(payment, comments[1], cal.id, at=noon + timedelta(minutes=2))
    early = social.commented(payment, comments[0], cal.id, at=noon)
    await told(house, admin, late)
    await told(house, admin, early)
    [line] = [v for v in await inbox(house, ana) if v.kind is Kind.COMMENTED]
    assert (line.count, line.at) == (2, noon + timedelta(minutes=2))
    assert line.comment_id == ids.show("cmt", comments[1])


async def keep_consuming(rt: Runtime, consumer: outbox.Consumer) -> None:
    """Take events until it raises."""
    for _ in range(1000):
        await outbox.consume(rt.part(db.Database), consumer)
        await asyncio.sleep(0.01)


async def test_a_worker_that_dies_has_told_nobody(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await pay(house, ana, ben)

    async def dies(tx: db.Tx, envelopes: list[Envelope]) -> None:
        await tell(tx, envelopes)
        await tx.execute("select pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())")

    dying = outbox.Consumer(INBOX.name, INBOX.types, dies)
    with pytest.raises((DatabaseUnavailable, asyncpg.PostgresError)):
        await keep_consuming(house, dying)
    assert await everything(admin) == []
    await told(house, admin)
    assert len(await inbox(house, ben)) == 1
    assert len(await deliveries(admin)) == 1


async def test_likes_of_an_hour_are_one_line_that_is_unread_again(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    payment = await pay(house, ana, ben)
    hour = clock.now().replace(minute=0, second=1)
    await told(house, admin, liked(payment, ben, hour))
    [first] = [v for v in await inbox(house, ana) if v.kind is Kind.LIKED]
    await reading.mark_before(ana.id, clock.now() + timedelta(hours=1), now=clock.now())
    assert all(v.is_read for v in await inbox(house, ana))
    await told(house, admin, liked(payment, cal, hour + timedelta(minutes=9)))
    [line] = [v for v in await inbox(house, ana) if v.kind is Kind.LIKED]
    assert (line.id, line.count, line.is_read) == (first.id, 2, False)
    assert line.actor is not None
    assert line.actor.handle == "cal"
    await told(house, admin, liked(payment, ben, hour + timedelta(hours=1)))
    lines = [v for v in await inbox(house, ana) if v.kind is Kind.LIKED]
    assert [v.count for v in lines] == [1, 2]


async def test_who_speaks_is_told_nothing(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    payment = await pay(house, ana, ben)
    await told(house, admin, liked(payment, cal, clock.now()))
    assert await inbox(house, cal) == []
    for party in (ana, ben):
        assert [v.kind for v in await inbox(house, party, "social")] == [Kind.LIKED]


async def test_who_is_muted_is_not_heard_but_pays(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await identity.mute(ben.id, ana.id, now=clock.now())
    payment = await pay(house, ana, ben)
    await told(house, admin, liked(payment, ana, clock.now()))
    assert [v.kind for v in await inbox(house, ben)] == [Kind.PAYMENT_RECEIVED]


async def test_behind_a_block_there_is_nobody_to_tell_of(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    payment = await pay(house, ana, ben)
    await told(house, admin, liked(payment, cal, clock.now()))
    assert len(await inbox(house, ana, "social")) == 1
    await identity.block(cal.id, ana.id, now=clock.now())
    assert await inbox(house, ana, "social") == []  # and `inbox` has counted
    event = social.commented(payment, ids.new(1, clock.now()), cal.id, at=clock.now())
    await told(house, admin, event)
    await identity.unblock(cal.id, ana.id, now=clock.now())
    assert [v.kind for v in await inbox(house, ana, "social")] == [Kind.LIKED]
    assert Kind.COMMENTED in [v.kind for v in await inbox(house, ben, "social")]


async def test_who_is_blocked_is_counted_no_more_and_the_others_are(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    # One actor once stood for all: a block of the latest hid everybody's words.
    payment = await pay(house, ana, ben)
    hour = clock.now().replace(minute=0, second=1)
    spoken = [ids.new(1, clock.now()) for _ in range(3)]
    said = [
        social.commented(payment, comment, who.id, at=hour + timedelta(minutes=n))
        for n, (comment, who) in enumerate(zip(spoken, (ben, ben, cal), strict=True))
    ]
    await told(house, admin, *said)

    async def line() -> list[tuple[int, str, str | None]]:
        lines = [v for v in await inbox(house, ana, "social") if v.actor is not None]
        return [(v.count, v.actor.handle, v.comment_id) for v in lines if v.actor]

    assert await line() == [(3, "cal", ids.show("cmt", spoken[2]))]
    await identity.block(cal.id, ana.id, now=clock.now())
    assert await line() == [(2, "ben", ids.show("cmt", spoken[1]))]
    again = ids.new(1, clock.now())
    later = hour + timedelta(minutes=9)
    await told(house, admin, social.commented(payment, again, ben.id, at=later))
    assert await line() == [(3, "ben", ids.show("cmt", again))]
    await identity.block(ana.id, ben.id, now=clock.now())
    assert await line() == []


async def test_a_block_hides_who_paid_and_never_that_money_came(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await pay(house, ana, ben)
    await told(house, admin)
    await pay(house, ana, ben)
    await identity.block(ana.id, ben.id, now=clock.now())
    await told(house, admin)
    for who, kind in ((ana, Kind.PAYMENT_SENT), (ben, Kind.PAYMENT_RECEIVED)):
        lines = await inbox(house, who)
        assert [(v.kind, v.actor) for v in lines] == [(kind, None)] * 2
    email = Told()
    channels(email=email)
    while await send():
        pass
    assert [m.message.text.split(" paid")[0] for m in email.sent] == ["Someone"] * 2


async def test_what_is_not_wanted_in_the_inbox_may_still_be_pushed(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await wish(ben, Topic.FRIENDS, "inbox", is_on=False)
    await wish(ben, Topic.FRIENDS, "email", is_on=True)
    asked = identity_events.between(identity_events.FRIEND_ASKED, ana.id, ben.id, at=clock.now())
    await told(house, admin, asked)
    assert await inbox(house, ben) == []
    assert await deliveries(admin) == [("email", "QUEUED", 0, None)]


@pytest.mark.parametrize("is_one_page", [True, False])
@pytest.mark.parametrize("end", [identity_events.FRIENDSHIP_BEGAN, identity_events.ASK_ENDED])
async def test_an_ask_that_was_answered_asks_no_more(
    house: Runtime,
    ana: Someone,
    ben: Someone,
    admin: asyncpg.Connection,
    *,
    is_one_page: bool,
    end: str,
) -> None:
    await identity.mute(ana.id, ben.id, now=clock.now())  # who hears nothing of it answers, too
    between, at = identity_events.between, clock.now()
    asked = between(identity_events.FRIEND_ASKED, ana.id, ben.id, at=at)
    ended = between(end, ben.id, ana.id, at=at)
    for page in [(asked, ended)] if is_one_page else [(asked,), (ended,)]:
        await told(house, admin, *page)
    assert [(v.kind, v.is_read) for v in await inbox(house, ben)] == [(Kind.FRIEND_ASKED, True)]


async def test_what_is_old_when_it_is_first_told_disturbs_nobody(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await wish(ben, Topic.FRIENDS, "email", is_on=True)
    name = identity_events.FRIEND_ASKED
    for hours in (7, 5):
        at = clock.now() - timedelta(hours=hours)
        await told(house, admin, identity_events.between(name, ana.id, ben.id, at=at))
    assert len(await inbox(house, ben)) == 2
    assert len(await deliveries(admin)) == 1
    # A hold is told by mail, however late.
    at = clock.now() - timedelta(days=6)
    held = identity_events.freeze_changed(identity_events.FROZEN, ben.id, "all", at=at)
    await told(house, admin, held)
    assert len(await deliveries(admin)) == 2


async def test_a_freeze_and_its_end_are_told_and_mailed(
    house: Runtime, ana: Someone, admin: asyncpg.Connection
) -> None:
    at = clock.now()
    for name in (identity_events.FROZEN, identity_events.UNFROZEN):
        at += timedelta(seconds=1)
        await told(house, admin, identity_events.freeze_changed(name, ana.id, "send", at=at))
    assert [v.kind for v in await inbox(house, ana, "security")] == [Kind.UNFROZEN, Kind.FROZEN]
    assert len(await deliveries(admin)) == 2


async def test_safety_is_told_here_and_mailed_by_identity_alone(
    house: Runtime, ana: Someone, admin: asyncpg.Connection
) -> None:
    event = identity_events.security_noted(
        ana.id, ids.new(1, clock.now()), "new_device", at=clock.now()
    )
    await told(house, admin, event)
    assert [v.detail for v in await inbox(house, ana, "security")] == ["new_device"]
    assert await deliveries(admin) == []


async def some_lines(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> list[UUID]:
    """Ben is paid three times by Ana; give his lines, newest first."""
    for _ in range(3):
        await pay(house, ana, ben)
    await told(house, admin)
    found = [ids.read("ntf", v.id) for v in await inbox(house, ben)]
    return [f for f in found if f is not None]


async def test_marks_are_taken_and_taken_back(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    lines = await some_lines(house, ana, ben, admin)
    marked = await reading.mark(ben.id, lines[:2], is_read=True, now=clock.now())
    assert marked.unread == 1
    everything_read = await reading.mark_before(ben.id, clock.now(), now=clock.now())
    assert (everything_read.unread, list(everything_read.changed)) == (0, lines[2:])
    back = await reading.mark(ben.id, everything_read.changed, is_read=False, now=clock.now())
    assert back.unread == 1
    assert [v.is_read for v in await inbox(house, ben)] == [True, True, False]


async def test_a_line_of_somebody_else_changes_nothing(
    house: Runtime, ana: Someone, ben: Someone, cal: Someone, admin: asyncpg.Connection
) -> None:
    lines = await some_lines(house, ana, ben, admin)
    await pay(house, ana, cal)
    await told(house, admin)
    [foreign] = [ids.read("ntf", v.id) for v in await inbox(house, cal)]
    assert foreign is not None
    for wanted in ([*lines, foreign], [ids.new(1, clock.now())], [foreign]):
        with pytest.raises(NotFound):
            await reading.mark(ben.id, wanted, is_read=True, now=clock.now())
    assert not any(v.is_read for v in await inbox(house, ben))
    assert not any(v.is_read for v in await inbox(house, cal))


async def test_two_who_mark_and_one_who_likes_never_wait_in_a_circle(
    house: Runtime, people: People, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    payments = [await pay(house, ana, ben) for _ in range(12)]
    hour = clock.now().replace(minute=0, second=1)
    await told(house, admin, *(liked(p, ben, hour) for p in payments))
    lines = [ids.read("ntf", v.id) for v in await inbox(house, ana, "social")]
    found = [line for line in lines if line is not None]
    cal = await people.add("cal")
    likes = [liked(p, cal, hour + timedelta(minutes=n)) for n, p in enumerate(payments)]

    async def marks(turn: int) -> None:
        for _ in range(5):
            order = found if turn else found[::-1]
            await reading.mark(ana.id, order, is_read=True, now=clock.now())
            await reading.mark_before(ana.id, clock.now(), now=clock.now())
            await reading.mark(ana.id, order[::-1], is_read=False, now=clock.now())

    async def likes_come() -> None:
        for one in likes:
            await told(house, admin, one)

    await asyncio.gather(marks(0), marks(1), likes_come())
    assert [v.count for v in await inbox(house, ana, "social")] == [2] * 12


async def test_old_lines_are_forgotten_with_what_was_sent_of_them(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    old = identity_events.freeze_changed(
        identity_events.FROZEN, ana.id, "all", at=now - timedelta(days=181)
    )
    await told(house, admin, old)
    await pay(house, ana, ben)
    await told(house, admin)
    assert len(await deliveries(admin)) == 2
    async with house.part(db.Database).transaction() as tx:
        await FORGET.run(tx, now)
    assert [v.kind for v in await inbox(house, ana)] == [Kind.PAYMENT_SENT]
    assert len(await deliveries(admin)) == 1
