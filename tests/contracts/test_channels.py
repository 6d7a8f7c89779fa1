"""Every way of reaching people keeps the same promises, whatever becomes of its server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest

from quid.kit import guards, http, telemetry
from quid.kit.guards import BrokenRule
from quid.notifications.ports import Gone, NotDelivered
from tests.contracts.ways import KEY, MESSAGE, Way, address_of, mailing, opened, pushing
from tests.support import push
from tests.support.certificates import Authority, authority
from tests.support.http2 import Reply

PUSHED = ("web", "fcm", "apns")
ALL = ("email", *PUSHED)


def way_of(name: str, of: Authority) -> AbstractAsyncContextManager[Way]:
    return mailing(of) if name == "email" else pushing(name, of)  # type: ignore[arg-type]  # one of PUSHED


@pytest.fixture
async def way(request: pytest.FixtureRequest, trusted: Authority) -> AsyncIterator[Way]:
    """One of them."""
    async with way_of(request.param, trusted) as made:
        yield made


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From then on nobody waits for longer than a moment; connections stand by then."""

    def begin() -> None:
        for module in ("webpush", "fcm", "apns"):
            monkeypatch.setattr(f"quid.notifications.adapters.{module}.SECONDS", 0.7)

    return begin


@pytest.mark.parametrize("way", ALL, indirect=True)
async def test_what_is_sent_arrives_as_it_is(way: Way) -> None:
    await way.channel.send(way.to, MESSAGE, key=KEY)
    await way.channel.send(way.to, MESSAGE, key=KEY)
    first, second = way.taken()
    assert (first["title"], first["text"]) == (MESSAGE.title, MESSAGE.text)
    assert first == second, "a repeat can be known as one"


@pytest.mark.parametrize("way", PUSHED, indirect=True)
async def test_a_device_is_shown_words_an_id_and_a_kind_and_nothing_else(way: Way) -> None:
    await way.channel.send(way.to, MESSAGE, key=KEY)
    [shown] = way.taken()
    assert shown.keys() - {"token"} == {"id", "kind", "title", "text"}
    assert (shown["id"], shown["kind"]) == (MESSAGE.id, MESSAGE.kind)


@pytest.mark.parametrize("way", PUSHED, indirect=True)
async def test_a_dead_token_is_told_as_that(way: Way) -> None:
    way.say("gone")
    with pytest.raises(Gone):
        await way.channel.send(way.to, MESSAGE, key=KEY)
    await way.channel.send(way.to, MESSAGE, key=KEY)
    assert len(way.taken()) == 1, "others go on"


@pytest.mark.parametrize("way", ALL, indirect=True)
@pytest.mark.parametrize(
    ("word", "is_final"),
    [("throttled", False), ("broken", False), ("locked out", False), ("refused", True)],
)
async def test_a_no_says_whether_it_may_be_a_yes_later(
    way: Way, word: str, is_final: bool, request: pytest.FixtureRequest
) -> None:
    if word == "locked out" and request.node.callspec.params["way"] == "email":
        return  # test_smtp
    way.say(word)
    with pytest.raises(NotDelivered) as raised:
        await way.channel.send(way.to, MESSAGE, key=KEY)
    assert raised.value.is_final is is_final
    assert way.taken() == []


@pytest.mark.parametrize("way", PUSHED, indirect=True)
async def test_who_asks_for_a_pause_gets_it(way: Way) -> None:
    way.say("throttled")
    with pytest.raises(NotDelivered) as raised:
        await way.channel.send(way.to, MESSAGE, key=KEY)
    assert raised.value.retry_after == 7


@pytest.mark.parametrize("way", PUSHED, indirect=True)
async def test_silence_is_given_up_and_after_five_times_left_alone(
    way: Way, hurry: Callable[[], None]
) -> None:
    await way.channel.send(way.to, MESSAGE, key=KEY)
    hurry()
    for _ in range(5):
        way.say("hang")
        with pytest.raises(NotDelivered) as raised:
            await way.channel.send(way.to, MESSAGE, key=KEY)
        assert raised.value.code == "NO_ANSWER"
        assert not raised.value.is_final
    with pytest.raises(NotDelivered) as raised:
        await way.channel.send(way.to, MESSAGE, key=KEY)
    assert raised.value.code == "LEFT_ALONE"
    assert raised.value.retry_after


async def test_an_address_at_which_a_service_fails_leaves_the_others(trusted: Authority) -> None:
    # One person's endpoint once closed the way to everybody's browsers.
    async with push.serving(trusted) as services, opened(services) as made:
        web = made.channels.by_name["web"]
        good, bad = (address_of(services.subscribe(name)) for name in ("good", "bad"))
        for _ in range(25):
            services.next.append(Reply(500))
            with pytest.raises(NotDelivered, match="STATUS_500"):
                await web.send(bad, MESSAGE, key=uuid4())
        await web.send(good, MESSAGE, key=uuid4())


@pytest.mark.parametrize("way", PUSHED, indirect=True)
@pytest.mark.parametrize("how", ["part", "cut"])
async def test_a_line_that_has_ended_meanwhile_is_made_again(way: Way, how: str) -> None:
    for _ in range(7):  # more often than a breaker would bear
        await way.channel.send(way.to, MESSAGE, key=KEY)
        way.part() if how == "part" else way.cut()
    assert len(way.taken()) == 7


@pytest.mark.parametrize("name", ALL)
async def test_a_server_that_nobody_vouches_for_is_told_nothing(
    name: str, trusted: Authority, tmp_path: Path
) -> None:
    other = authority(tmp_path / "unknown")
    assert other.trust != trusted.trust
    async with way_of(name, other) as way:
        with pytest.raises(NotDelivered) as raised:
            await way.channel.send(way.to, MESSAGE, key=KEY)
        assert not raised.value.is_final
        assert way.taken() == []


@pytest.mark.parametrize("name", ALL)
async def test_a_certificate_of_another_name_is_not_this_server(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = authority(tmp_path, names=("push.example.org",))
    monkeypatch.setenv("SSL_CERT_FILE", str(elsewhere.trust))
    http._trusted.cache_clear()
    async with way_of(name, elsewhere) as way:
        with pytest.raises(NotDelivered):
            await way.channel.send(way.to, MESSAGE, key=KEY)
        assert way.taken() == []
    http._trusted.cache_clear()


@pytest.mark.parametrize("way", ALL, indirect=True)
async def test_nothing_leaves_while_a_transaction_is_open(way: Way) -> None:
    with guards.transaction(), pytest.raises(BrokenRule):
        await way.channel.send(way.to, MESSAGE, key=KEY)
    assert way.taken() == []


@pytest.mark.parametrize("way", ALL, indirect=True)
async def test_addresses_tokens_and_words_are_in_no_log_and_no_error(
    way: Way, hurry: Callable[[], None], request: pytest.FixtureRequest
) -> None:
    is_mail = request.node.callspec.params["way"] == "email"
    out, said = StringIO(), []
    telemetry.start_logging("test", stream=out, least=logging.DEBUG)
    words = ("throttled", "refused") if is_mail else ("gone", "broken", "refused", "hang")
    try:
        await way.channel.send(way.to, MESSAGE, key=KEY)
        hurry()
        for word in words:
            way.say(word)
            with pytest.raises((Gone, NotDelivered)) as raised:
                await way.channel.send(way.to, MESSAGE, key=KEY)
            said.append(f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__context__!r}")
        await asyncio.sleep(0)
    finally:
        telemetry.start_logging("test")
    everything = out.getvalue() + " ".join(said) + repr(way.to) + repr(MESSAGE)
    if not is_mail:
        assert "http.called" in everything
    for canary in (*way.canaries, MESSAGE.title, MESSAGE.text):
        assert canary not in everything
