"""Deliveries: each by itself, under what its person wishes now, at least once and then no more."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from quid.identity import events as identity_events
from quid.identity import service as identity
from quid.kit import clock, ids
from quid.kit.fields import Fields, Place
from quid.kit.runtime import Runtime
from quid.notifications.adapters import connect
from quid.notifications.adapters.mail import MailChannel
from quid.notifications.jobs import CHANNELS, follow
from quid.notifications.ports import Gone, NotDelivered
from quid.notifications.service import reading, sending
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import Chosen, Kind, Topic
from tests.support import mailserver
from tests.support.feeds import pay
from tests.support.notices import Told, channels, deliveries, hang, send, session_of, told
from tests.support.people import Someone

MAIL: Final = "ben@example.org"


@pytest.fixture
async def paid(house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection) -> str:
    """Ben was paid $13.68 by Ana; a mail about it is due. Gives the payment's id."""
    payment = await pay(house, ana, ben, 1368, note="for the boat")
    await told(house, admin)
    return ids.show("pay", payment)


async def test_a_mail_says_who_and_how_much_with_one_link(
    paid: str, admin: asyncpg.Connection
) -> None:
    email = Told()
    channels(email=email)
    assert await send() == 1
    [mail] = email.sent
    assert (mail.to, mail.message.title) == (MAIL, "You were paid")
    assert mail.message.text.startswith("Ana (@ana) paid you $13.68.")
    assert mail.message.text.count("http") == 1
    assert f"/activity/{paid}" in mail.message.text
    assert "boat" not in mail.message.text
    assert await deliveries(admin) == [("email", "SENT", 1, None)]
    assert await send() == 0


async def test_a_device_is_told_that_and_not_what(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await device(admin, ben)
    await pay(house, ana, ben, 1368)
    await told(house, admin)
    phone = Told()
    channels(fcm=phone)
    await readdress(house, admin)
    assert await send("fcm") == 1
    [push] = phone.sent
    assert (push.message.kind, push.message.title) == (Kind.PAYMENT_RECEIVED, "Quid")
    assert push.message.text == "You were paid."


@pytest.mark.parametrize(("act", "why"), [("off", "OFF"), ("late", "STALE")])
@pytest.mark.usefixtures("paid")
async def test_what_is_not_to_be_sent_any_more_is_passed_over(
    act: str, why: str, ben: Someone, admin: asyncpg.Connection
) -> None:
    email = Told()
    channels(email=email)
    at = clock.now()
    if act == "off":
        await reading.prefer(ben.id, [Chosen(Topic.MONEY_IN, "email", False)], now=at)
    else:
        at += timedelta(days=8)
    await send(at=at)
    assert email.sent == []
    assert await deliveries(admin) == [("email", "SKIPPED", 1, why)]


async def test_nobody_is_told_of_who_is_blocked_meanwhile(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    email = Told()
    channels(email=email)
    await reading.prefer(ben.id, [Chosen(Topic.FRIENDS, "email", True)], now=clock.now())
    at = clock.now()
    asked = identity_events.between(identity_events.FRIEND_ASKED, ana.id, ben.id, at=at)
    await told(house, admin, asked)
    await identity.block(ben.id, ana.id, now=clock.now())
    await send()
    assert email.sent == []
    assert await deliveries(admin) == [("email", "SKIPPED", 1, "BLOCKED")]


@pytest.mark.usefixtures("paid")
async def test_without_a_channel_nothing_waits(admin: asyncpg.Connection) -> None:
    channels()
    assert await send() == 1
    assert await deliveries(admin) == [("email", "SKIPPED", 1, "NO_CHANNEL")]


@pytest.mark.usefixtures("paid")
async def test_a_refusal_is_tried_again_after_a_while_and_six_times_at_most(
    admin: asyncpg.Connection,
) -> None:
    async def refuse(_: int) -> None:
        raise NotDelivered("STATUS_503")

    email = Told(refuse)
    channels(email=email)
    at = clock.now()
    assert await send(at=at) == 1
    for pause in sending.PAUSES:
        assert await send(at=at + pause - timedelta(seconds=1)) == 0
        at += pause + timedelta(seconds=30)
        assert await send(at=at) == 1
    assert len(email.asked) == 6
    assert await deliveries(admin) == [("email", "FAILED", 6, "STATUS_503")]
    assert await send(at=at + timedelta(days=1)) == 0


@pytest.mark.usefixtures("paid")
async def test_a_pause_that_is_asked_for_is_kept(admin: asyncpg.Connection) -> None:
    async def refuse(tries: int) -> None:
        if tries == 1:
            raise NotDelivered("STATUS_429", retry_after=3600)

    email = Told(refuse)
    channels(email=email)
    now = clock.now()
    await send(at=now)
    assert await send(at=now + timedelta(minutes=59)) == 0
    assert await send(at=now + timedelta(minutes=61)) == 1
    assert await deliveries(admin) == [("email", "SENT", 2, None)]


async def final(_: int) -> None:
    raise NotDelivered("STATUS_400", is_final=True)


async def gone(_: int) -> None:
    raise Gone


@pytest.mark.parametrize(("behave", "why"), [(final, "STATUS_400"), (gone, "GONE")])
@pytest.mark.usefixtures("paid")
async def test_a_last_word_ends_it(
    behave: Callable[[int], Coroutine[Any, Any, None]],
    why: str,
    admin: asyncpg.Connection,
) -> None:
    channels(email=Told(behave))
    await send()
    assert await deliveries(admin) == [("email", "FAILED", 1, why)]


async def device(admin: asyncpg.Connection, who: Someone, kind: str = "fcm") -> None:
    """Let somebody have a device; its token is sealed by `readdress`."""
    await admin.execute(
        "insert into notifications.device"
        " (id, user_id, kind, token, token_hash, label, session_id, created_at)"
        " values ($1, $2, $3, 'x', $4, '', $5, now())",
        ids.new(ids.bucket(who.id), clock.now()),
        who.id,
        kind,
        ids.new(1, clock.now()).bytes,
        await session_of(admin, who),
    )


async def readdress(house: Runtime, admin: asyncpg.Connection) -> None:
    """Seal a token for each device."""
    fields = house.part(Fields)
    for row in await admin.fetch("select id, user_id from notifications.device"):
        place = Place("notifications.device", "token", row["id"], row["user_id"])
        sealed = fields.seal(place, "token-1")
        await admin.execute(
            "update notifications.device set token = $2 where id = $1", row["id"], sealed
        )


@pytest.mark.parametrize("how", ["over", "past", "unknown"])
async def test_a_device_ends_with_its_session(
    how: str, house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    # A stranger's phone once read along after its owner had ended all sessions.
    await device(admin, ben)
    await readdress(house, admin)
    await pay(house, ana, ben)
    await told(house, admin)
    phone = Told()
    channels(fcm=phone)
    done = {
        "over": "update identity.session set revoked_at = now(), revoked_why = 'locked'",
        "past": "update identity.session set expires_at = now() - interval '1 minute'",
        "unknown": "update notifications.device set session_id = null",
    }
    await admin.execute(done[how])
    assert await send("fcm") == 1
    assert phone.asked == []
    assert ("fcm", "SKIPPED", 1, "SIGNED_OUT") in await deliveries(admin)
    assert await admin.fetchval("select count(*) from notifications.device") == 0


async def test_a_dead_device_is_forgotten(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await device(admin, ben)
    await device(admin, ben, "apns")
    await readdress(house, admin)
    await pay(house, ana, ben)
    await told(house, admin)
    channels(fcm=Told(gone), apns=Told())
    await send("fcm")
    await send("apns")
    kept = await admin.fetch("select kind, last_ok_at is not null from notifications.device")
    assert [tuple(r) for r in kept] == [("apns", True)]
    assert [d[:2] for d in await deliveries(admin)] == [
        ("apns", "SENT"),
        ("email", "QUEUED"),
        ("fcm", "FAILED"),
    ]


async def test_a_token_that_cannot_be_opened_stops_no_other(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await device(admin, ben)
    await device(admin, ben)
    await readdress(house, admin)
    await device(admin, ben)
    await pay(house, ana, ben)
    await told(house, admin)
    phone = Told()
    channels(fcm=phone)
    await send("fcm")
    assert len(phone.sent) == 2
    ends = sorted(d[1:] for d in await deliveries(admin) if d[0] == "fcm")
    assert ends == [("FAILED", 1, "UNREADABLE"), ("SENT", 1, None), ("SENT", 1, None)]


async def test_a_channel_that_hangs_delays_no_other(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await device(admin, ben)
    await readdress(house, admin)
    await pay(house, ana, ben)
    await told(house, admin)
    email = Told()
    is_reached = asyncio.Event()

    async def hang_there(count: int) -> None:
        is_reached.set()
        await hang(count)

    channels(fcm=Told(hang_there), email=email)
    hanging = asyncio.create_task(send("fcm"))
    await is_reached.wait()
    assert await send("email") == 1
    assert len(email.sent) == 1
    assert not hanging.done()
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    # Whoever had it is gone: it is due again when the lease is over.
    assert await send("fcm", at=clock.now() + timedelta(minutes=4)) == 0
    phone = Told()
    channels(fcm=phone)
    assert await send("fcm", at=clock.now() + timedelta(minutes=6)) == 1
    assert len(phone.sent) == 1


@pytest.mark.usefixtures("paid")
async def test_what_was_sent_and_not_written_down_is_sent_again_under_its_key(
    admin: asyncpg.Connection,
) -> None:
    async def dies(tries: int) -> None:
        if tries == 1:
            begun.set()
            await hang(tries)

    begun = asyncio.Event()
    email = Told(dies)
    channels(email=email)
    dying = asyncio.create_task(send())
    await begun.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await deliveries(admin) == [("email", "QUEUED", 1, None)]
    assert await send(at=clock.now() + timedelta(minutes=6)) == 1
    [row] = await admin.fetch("select id from notifications.delivery")
    assert [s.key for s in email.asked] == [row["id"]] * 2
    assert await deliveries(admin) == [("email", "SENT", 2, None)]


async def test_a_fault_of_ours_stops_no_other_and_ends(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    for _ in range(2):
        await pay(house, ana, ben)
    await told(house, admin)

    async def breaks(tries: int) -> None:
        if tries != 2:
            raise RuntimeError("ours")

    email = Told(breaks)
    channels(email=email)
    at = clock.now()
    for _ in range(10):
        await send(at=at)
        at += timedelta(minutes=6)
    assert sorted(d[1] for d in await deliveries(admin)) == ["FAILED", "SENT"]
    assert len(email.asked) == 1 + 6


async def test_two_workers_send_each_once(
    house: Runtime, ana: Someone, admin: asyncpg.Connection
) -> None:
    at = clock.now()
    await told(
        house,
        admin,
        *(
            identity_events.freeze_changed(
                identity_events.FROZEN, ana.id, "send", at=at + timedelta(milliseconds=n)
            )
            for n in range(100)
        ),
    )
    email = Told()
    channels(email=email)
    taken = await asyncio.gather(*(send() for _ in range(8)))
    assert sum(taken) == len(email.sent) == 100
    assert len({s.key for s in email.sent}) == 100


def by_smtp(port: int) -> MailChannel:
    """Build the channel of an installation whose mail server is there."""
    mailer = connect.mailer_of(ChannelSettings(smtp_url=f"smtp://localhost:{port}"))
    assert mailer is not None
    return MailChannel(mailer)


@pytest.mark.usefixtures("paid")
async def test_a_mail_server_that_was_away_has_it_in_the_end(
    admin: asyncpg.Connection,
) -> None:
    async with mailserver.serving() as box:
        email = by_smtp(box.port)
        channels(email=email)
        now = clock.now()
        box.says["DATA"] = "451 later"
        await send(at=now)
        assert [d[:3] for d in await deliveries(admin)] == [("email", "QUEUED", 1)]
        box.says.clear()
        assert await send(at=now + timedelta(minutes=2)) == 1
    assert [d[:3] for d in await deliveries(admin)] == [("email", "SENT", 2)]
    [taken] = box.taken
    assert (taken.to, str(taken.message["Subject"])) == ([MAIL], "You were paid")
    [row] = await admin.fetch("select id from notifications.delivery")
    assert row["id"].hex in str(taken.message["Message-ID"]).replace("-", "")


async def test_a_mail_server_that_says_nothing_holds_up_no_push(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await device(admin, ben)
    await readdress(house, admin)
    await pay(house, ana, ben)
    await told(house, admin)
    phone, stop = Told(), asyncio.Event()
    async with mailserver.silent() as box:
        channels(email=by_smtp(box.port), fcm=phone)
        loops = [asyncio.create_task(follow(name, stop)) for name in CHANNELS]
        for _ in range(500):
            found = {d[0]: d[1] for d in await deliveries(admin)}
            if found["fcm"] == "SENT":
                break
            await asyncio.sleep(0.02)
        assert found == {"fcm": "SENT", "email": "QUEUED"}
        stop.set()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    assert len(phone.sent) == 1
