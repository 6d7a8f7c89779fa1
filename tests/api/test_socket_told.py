"""What sockets are told, live and when they come back: what their person may see by then."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from quid.identity import service as identity
from quid.kit import clock, db
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from quid.notifications.consumers import CONSUMERS
from quid.notifications.service import frames
from quid.payments.routes.waiting import SHOWS_AT_ONCE
from quid.social.consumers import CONSUMERS as SOCIAL
from tests.support import requests
from tests.support.feeds import befriend, catch_up
from tests.support.payers import Town
from tests.support.sharing import share, show_to
from tests.support.socket import Known, agrees, listening, look, opened, served, told
from tests.support.waiting import BIG

Pass = Callable[[], Awaitable[None]]


@pytest.fixture
async def address(app: Door) -> AsyncIterator[str]:
    """The application behind the real server."""
    async with served(app) as at:
        yield at


@pytest.fixture
def catch(app_runtime: Runtime, admin: asyncpg.Connection) -> Pass:
    """Let the worker's part be done."""

    async def pass_on() -> None:
        await catch_up(app_runtime, admin, [*SOCIAL, *CONSUMERS])

    return pass_on


def kinds(known: Known) -> list[str]:
    """Give the types of all frames, in order."""
    return [f["type"] for f in known.frames]


def payments_of(known: Known) -> list[str]:
    """Give the ids of the payments that feeds were told of."""
    return [d["item"]["id"] for d in told(known, "feed_item")]


def has_unread(many: int, known: Known) -> bool:
    """Say whether the bell shows so many."""
    return known.unread == many


# --- live --------------------------------------------------------------------------------------


async def test_a_payment_is_told_to_both_and_to_friends_who_listen(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben, cal, eve = [await town.payer(n) for n in ("ana", "ben", "cal", "eve")]
    await befriend(cal.who, ana.who)
    await catch()
    async with (
        listening(address, ana.http) as of_ana,
        listening(address, ben.http) as of_ben,
        listening(address, cal.http) as of_cal,
        listening(address, eve.http) as of_eve,
    ):
        await look(of_ana.known, ana.http)
        sent = await ana.pay(ben.who, 1500, note="pizza", visibility="friends")
        payment = sent.json()["payment"]["id"]
        await catch()
        [received] = await of_ben.heard("payment_received")
        assert received["payment"] == (await ben.http.get(f"/v1/payments/{payment}")).json()
        assert received["balance"] == await ben.balance()
        [mine] = await of_ana.heard("balance_updated")
        assert mine["balance"] == await ana.balance()
        [item] = await of_cal.heard("feed_item")
        assert item["item"] == (await cal.http.get("/v1/feed")).json()["items"][0]
        assert item["item"]["amount"] is None
        await agrees(of_ana, ana.http)
        await agrees(of_ben, ben.http)
        assert kinds(of_cal.known) == ["hello", "feed_item"]
        assert kinds(of_eve.known) == ["hello"]


async def test_a_private_payment_is_told_to_its_two_alone(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben, cal = [await town.payer(n) for n in ("ana", "ben", "cal")]
    await befriend(cal.who, ana.who)
    await catch()
    async with listening(address, cal.http) as of_cal, listening(address, ben.http) as of_ben:
        await ana.pay(ben.who, 100, visibility="private")
        await catch()
        await of_ben.heard("feed_item")
        assert kinds(of_cal.known) == ["hello"]


async def test_a_request_is_told_until_it_is_paid(address: str, town: Town, catch: Pass) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    async with listening(address, ana.http) as of_ana, listening(address, ben.http) as of_ben:
        request = await requests.asked(ana, ben, 900)
        await catch()
        [asked] = await of_ben.heard("payment_request")
        assert asked["request"] == await requests.look(ben, request)
        paid = await requests.act(ben, "pay", request)
        assert paid.status_code == 201, paid.text
        await catch()
        [answer] = await of_ana.heard("request_paid")
        assert answer["request_id"] == request
        assert answer["payment"]["id"] == paid.json()["payment"]["id"]
        await of_ben.until(lambda k: k.requests.get(request) == "PAID")
        other = await requests.asked(ana, ben, 800)
        await requests.act(ben, "decline", other)
        await catch()
        await of_ana.until(lambda k: k.requests.get(other) == "DECLINED")
        await agrees(of_ana, ana.http)
        await agrees(of_ben, ben.http)


@pytest.mark.shipped_rules
async def test_what_waits_is_told_to_its_payer_alone(address: str, town: Town, catch: Pass) -> None:
    rich, ben = await town.payer("rich", funded_minor=300_000, tier=2), await town.payer("ben")
    async with listening(address, rich.http) as of_rich, listening(address, ben.http) as of_ben:
        sent = (await rich.pay(ben.who, BIG)).json()["payment"]
        assert sent["state"] == "IN_REVIEW"
        await show_to(rich, sent["id"], "private")
        await catch()
        await of_rich.until(lambda k: k.payments.get(sent["id"]) == "IN_REVIEW")
        await agrees(of_rich, rich.http)
        await rich.http.post(f"/v1/payments/{sent['id']}/cancel", json={})
        await catch()
        await of_rich.until(lambda k: k.payments.get(sent["id"]) == "CANCELLED")
        await agrees(of_rich, rich.http)
        assert kinds(of_ben.known) == ["hello"]


async def test_a_change_of_who_may_see_it_takes_it_out_and_brings_it_back(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben, cal, dan = [await town.payer(n) for n in ("ana", "ben", "cal", "dan")]
    for friend in (cal, dan):
        await befriend(friend.who, ana.who)
    await identity.block(dan.who.id, ben.who.id, now=clock.now())
    payment = await share(ana, ben, "friends")
    await catch()
    async with listening(address, cal.http) as of_cal, listening(address, dan.http) as of_dan:
        await show_to(ana, payment, "private")
        await catch()
        assert await of_cal.heard("feed_removed") == [{"payment_id": payment}]
        await show_to(ben, payment, "public")
        await show_to(ana, payment, "private", show_amount=True)
        await catch()
        await show_to(ana, payment, "friends")
        await catch()
        [again] = await of_cal.heard("feed_item")
        assert again["item"]["id"] == payment
        # Between private and private nobody else hears anything; across a block nobody ever does.
        assert kinds(of_cal.known) == ["hello", "feed_removed", "feed_item"]
        assert payment not in str(of_dan.known.frames)


async def test_the_same_wish_again_is_told_to_nobody_and_opening_has_a_bound(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben, cal = [await town.payer(n) for n in ("ana", "ben", "cal")]
    await befriend(cal.who, ana.who)
    payment = await share(ana, ben, "friends")
    await catch()
    async with listening(address, cal.http) as of_cal:
        for _ in range(5):
            await show_to(ana, payment, "friends")
        opened_wide = 0
        for _ in range(SHOWS_AT_ONCE):
            answer = await ana.http.put(
                f"/v1/payments/{payment}/visibility", json={"visibility": "public"}
            )
            opened_wide += answer.status_code == 200
        assert answer.json()["code"] == "RATE_LIMITED"
        assert 0 < opened_wide < SHOWS_AT_ONCE
        await show_to(ana, payment, "private")
        await catch()
        await of_cal.heard("feed_removed")
        assert kinds(of_cal.known) == ["hello", "feed_removed"]


@pytest.mark.parametrize("act", ["block", "part"])
async def test_who_parts_looks_at_the_feed_anew_and_the_other_is_told_nothing(
    address: str, town: Town, catch: Pass, act: str
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    await befriend(ana.who, ben.who)
    await catch()
    async with listening(address, ana.http) as of_ana, listening(address, ben.http) as of_ben:
        await getattr(identity, act)(ana.who.id, ben.who.id, now=clock.now())
        await catch()
        assert await of_ana.heard("resync") == [{"reason": "feed"}]
        await (await town.payer("cal")).pay(ben.who, 100)
        await catch()
        await of_ben.heard("notification")
        assert "resync" not in kinds(of_ben.known)


@pytest.mark.shipped_rules
async def test_a_request_that_a_payment_has_taken_is_told_and_when_it_is_free_again(
    address: str, town: Town, catch: Pass
) -> None:
    rich, ben = await town.payer("rich", funded_minor=300_000, tier=2), await town.payer("ben")
    async with listening(address, rich.http) as of_rich, listening(address, ben.http) as of_ben:
        request = await requests.asked(ben, rich, BIG)
        paid = (await requests.act(rich, "pay", request)).json()["payment"]
        assert paid["state"] == "IN_REVIEW"
        await catch()
        both = ((of_rich, rich, 1), (of_ben, ben, 2))
        for ear, _, many in both:
            *_, latest = await ear.heard("request_updated", many)
            assert latest["request"]["is_being_paid"] is True
        await rich.http.post(f"/v1/payments/{paid['id']}/cancel", json={})
        await catch()
        for ear, who, many in both:
            *_, latest = await ear.heard("request_updated", many + 1)
            assert latest["request"] == await requests.look(who, request)
            assert latest["request"]["is_being_paid"] is False
        inbox = (await ben.http.get("/v1/notifications")).json()["items"]
        assert inbox == []  # sockets alone are told


async def test_what_is_read_on_one_device_is_read_on_the_other(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    async with listening(address, ben.http) as ear:
        for _ in range(2):
            await ana.pay(ben.who, 100)
        await catch()
        first, _ = await ear.heard("notification", 2)
        for body, left in (
            ({"ids": [first["notification"]["id"]]}, 1),
            ({"before": clock.now().isoformat()}, 0),
        ):
            marked = await ben.http.post("/v1/notifications/read", json=body)
            assert marked.json()["unread_count"] == left, marked.text
            await ear.until(partial(has_unread, left))


async def test_new_friends_look_at_their_feeds_anew(address: str, town: Town, catch: Pass) -> None:
    ana, ben, cal = [await town.payer(n) for n in ("ana", "ben", "cal")]
    await share(ana, ben, "friends")
    await catch()
    async with listening(address, cal.http) as of_cal, listening(address, ana.http) as of_ana:
        await befriend(ana.who, cal.who)
        await catch()
        for ear in (of_cal, of_ana):
            assert await ear.heard("resync") == [{"reason": "feed"}]
        await look(of_cal.known, cal.http)
        assert len(of_cal.known.feed) == 1


# --- coming back -------------------------------------------------------------------------------


async def test_who_comes_back_hears_what_happened_meanwhile(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    known = Known()
    async with listening(address, ben.http, known) as ear:
        await ana.pay(ben.who, 100)
        await catch()
        await ear.heard("notification")
    await ana.pay(ben.who, 200)
    await catch()
    async with listening(address, ben.http, known) as ear:
        await ear.until(lambda k: len(told(k, "notification")) == 2)
        await agrees(ear, ben.http)
    assert known.resyncs == []


@pytest.mark.parametrize("cursor", ["99999", "-1", "x", "1e3", "", "9" * 30, "%D9%A3"])
async def test_a_cursor_of_nobody_is_told_to_look_anew(
    address: str, town: Town, catch: Pass, cursor: str
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    async with listening(address, ben.http) as ear:
        await ana.pay(ben.who, 100)
        await catch()
        await ear.heard("payment_received")
        await ear.heard("notification")
    line = await opened(address, ben.http, cursor=cursor)
    hello, resync = [json.loads(await line.recv()) for _ in range(2)]
    await line.close()
    assert (hello["type"], resync["type"]) == ("hello", "resync")
    assert (resync["id"], resync["data"]) == (ear.known.last, {"reason": "unknown"})


async def test_a_cursor_that_is_too_old_is_told_so_once(
    address: str, town: Town, catch: Pass, admin: asyncpg.Connection
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    known = Known()
    async with listening(address, ben.http, known):
        pass
    await ana.pay(ben.who, 100)
    await catch()
    await admin.execute("delete from notifications.frame where n = 1")
    async with listening(address, ben.http, known) as ear:
        await ear.until(lambda k: k.resyncs)
        assert known.resyncs == ["unknown"]
        await ana.pay(ben.who, 200)
        await catch()
        await ear.heard("payment_received")
    async with listening(address, ben.http, known) as ear:
        await ear.until(lambda k: kinds(k).count("hello") == 3)
    assert known.resyncs == ["unknown"]


async def test_a_replay_shows_nothing_that_is_hidden_by_then(
    address: str, town: Town, catch: Pass
) -> None:
    ana, ben, cal = [await town.payer(n) for n in ("ana", "ben", "cal")]
    await befriend(cal.who, ana.who)
    await catch()
    known = Known()
    async with listening(address, cal.http, known):
        pass
    hidden = await share(ana, ben, "friends", note="to be hidden")
    apart = await share(ana, ben, "friends", note="across a block")
    asked = await requests.asked(ana, cal, 700)
    await catch()
    await show_to(ben, hidden, "private")
    await identity.block(cal.who.id, ben.who.id, now=clock.now())
    await identity.block(ana.who.id, cal.who.id, now=clock.now())
    await catch()
    async with listening(address, cal.http, known) as ear:
        await ear.until(lambda k: "resync" in kinds(k))
        text = str(known.frames)
    for secret in ("to be hidden", "across a block", apart, asked, ana.who.shown, "Ana"):
        assert secret not in text, secret
    replayed = [f for f in known.frames if f["type"] != "hello"]
    assert [f["id"] for f in replayed] == list(range(1, len(replayed) + 1))
    assert {f["type"] for f in replayed} <= {"nothing", "resync"}


async def test_a_thousand_frames_are_replayed_in_order(
    address: str, town: Town, app_runtime: Runtime
) -> None:
    ben = await town.payer("ben")
    known = Known()
    async with listening(address, ben.http, known):
        pass
    many = [frames.NewFrame(ben.who.id, "balance_updated", None, clock.now())] * 1000
    async with app_runtime.part(db.Database).transaction() as tx:
        await frames.number(tx, many)
    async with listening(address, ben.http, known) as ear:
        await ear.until(lambda k: k.last == 1000)
    assert known.resyncs == []
