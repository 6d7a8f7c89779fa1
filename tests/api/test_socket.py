"""The socket's protocol: who may open one, what may be sent, why it is closed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from quid.kit import telemetry
from quid.kit.config import Core
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from quid.notifications.consumers import CONSUMERS
from quid.notifications.service import listeners
from quid.notifications.service.hub import Hub
from tests.support.api import PASSWORD
from tests.support.feeds import catch_up
from tests.support.operators import Staff
from tests.support.payers import Payer, Town
from tests.support.socket import listening, opened, refused, served, until


@pytest.fixture
async def address(app: Door) -> AsyncIterator[str]:
    """The application behind the real server."""
    async with served(app) as at:
        yield at


# --- the opening -------------------------------------------------------------------------------


async def test_nobody_is_told_to_sign_in_before_there_is_a_socket(
    address: str, town: Town, ana: Payer
) -> None:
    stranger = await town.browser(ana.who, PASSWORD)
    stranger.cookies.clear()
    assert await refused(address, stranger) == (401, "SIGN_IN_REQUIRED")
    made_up = {"authorization": "Bearer made.up.token"}
    assert await refused(address, stranger, **made_up) == (401, "SIGN_IN_REQUIRED")
    await ana.http.post("/v1/auth/sign-out")
    assert await refused(address, ana.http) == (401, "SIGN_IN_REQUIRED")


async def test_a_cookie_opens_one_from_our_own_pages_alone(
    address: str, town: Town, ana: Payer
) -> None:
    browser = await town.browser(ana.who, PASSWORD)
    async with listening(address, browser, origin=address) as ear:
        assert ear.known.last == 0
    for elsewhere in ("https://evil.example", "null", address.replace("http", "https")):
        assert await refused(address, browser, origin=elsewhere) == (403, "FORBIDDEN")
    assert await refused(address, browser) == (403, "FORBIDDEN")


async def test_behind_a_proxy_the_page_is_the_one_that_browsers_see(
    app: Door, address: str, town: Town, ana: Payer
) -> None:
    browser = await town.browser(ana.who, PASSWORD)
    session = browser.cookies["quid_session"]
    app.public_origin = "https://pay.example.org"
    cookie = f"__Host-quid_session={session}"
    async with listening(address, browser, origin=app.public_origin, cookie=cookie):
        pass
    assert await refused(address, browser, origin=address, cookie=cookie) == (403, "FORBIDDEN")


async def test_an_operator_has_none(address: str, staff: Staff) -> None:
    desk = await staff.desk("support")
    assert await refused(address, desk.client) == (403, "FORBIDDEN")


async def test_it_counts_as_a_request(address: str, ana: Payer, app_runtime: Runtime) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": 2}))
    lines = []
    with suppress(InvalidStatus):
        for _ in range(10):
            lines.append(await opened(address, ana.http))  # noqa: PERF401 - until it is refused
    assert await refused(address, ana.http) == (429, "RATE_LIMITED")
    for line in lines:
        await line.close()


async def test_an_upgrade_elsewhere_is_an_ordinary_request(address: str) -> None:
    upgrade = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    host, port = address.removeprefix("http://").split(":")
    for method, path in (("GET", "/healthz"), ("POST", "/v1/ws"), ("GET", "/v1/wss")):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = "".join(f"{k}: {v}\r\n" for k, v in {"host": "x", **upgrade}.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}content-length: 0\r\n\r\n".encode())
        status = (await asyncio.wait_for(reader.readline(), 10)).split()[1]
        assert status == (b"200" if path == "/healthz" else b"404"), (method, path, status)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def test_an_opening_that_cannot_be_read_is_refused(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for wrong in (
        f"cookie: {'x' * 9000}\r\n",  # longer than a line may be
        "sec-websocket-version: 7\r\n",
        "sec-websocket-key: short\r\n",
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        head = "GET /v1/ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        writer.write(f"{head}{wrong}\r\n".encode())
        status = (await asyncio.wait_for(reader.readline(), 10)).split()[1]
        assert status in (b"400", b"426"), (wrong[:30], status)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


# --- what a client sends -----------------------------------------------------------------------


async def test_a_ping_is_answered(address: str, ana: Payer) -> None:
    async with listening(address, ana.http) as ear:
        await ear.line.send('{"type": "ping"}')
        await ear.heard("pong")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type": "pong"}', 4400),
        ('{"type": "ping", "more": 1}', 4400),
        ("ping", 4400),
        ("", 4400),
        (b'{"type": "ping"}', 4400),
        ('{"type": "' + "x" * 2000 + '"}', 1009),
    ],
)
async def test_anything_else_is_the_end(
    address: str, ana: Payer, message: str | bytes, code: int
) -> None:
    async with listening(address, ana.http) as ear:
        await ear.line.send(message)
        assert await ear.closed() == code


async def test_what_is_no_text_is_the_end(address: str, ana: Payer) -> None:
    async with listening(address, ana.http) as ear:
        await ear.line.send(b"\xff\xfe", text=True)
        assert await ear.closed() == 1007


async def test_who_talks_too_much_is_cut_off(address: str, ana: Payer) -> None:
    async with listening(address, ana.http) as ear:
        for _ in range(11):
            await ear.line.send('{"type": "ping"}')
        assert await ear.closed() == 4429
    async with listening(address, ana.http) as ear:  # pings of the protocol count as well
        with suppress(ConnectionClosed):  # one of them finds it closed
            for _ in range(50):
                await ear.line.ping()
        assert await ear.closed() == 4429


@pytest.mark.parametrize(
    "frame",
    ["8a8000000000", "898000000000", "818000000000", "008000000000"],
    ids=["pongs", "pings", "texts", "pieces"],
)
async def test_a_flood_holds_nobody_up(address: str, ana: Payer, frame: str) -> None:
    line = await opened(address, ana.http)
    loop, worst = asyncio.get_running_loop(), 0.0
    line.transport.write(bytes.fromhex(frame) * 200_000)
    ended = asyncio.create_task(line.wait_closed())
    began = at = loop.time()
    while not ended.done():
        await asyncio.sleep(0.001)
        worst, at = max(worst, loop.time() - at), loop.time()
        assert at < began + 10, "it is read on and on"
    assert worst < 0.3


async def test_who_speaks_at_a_decent_pace_may_go_on(address: str, ana: Payer) -> None:
    async with listening(address, ana.http) as ear:
        for _ in range(16):
            await ear.line.send('{"type": "ping"}')
            await asyncio.sleep(0.13)
        await ear.heard("pong", 16)


# --- why it is closed --------------------------------------------------------------------------


async def test_the_oldest_of_eleven_is_closed(address: str, ana: Payer) -> None:
    async with listening(address, ana.http) as first:
        others = [await opened(address, ana.http) for _ in range(10)]
        assert await first.closed() == listeners.TOO_MANY
        for line in others:
            assert json.loads(await line.recv())["type"] == "hello"
            await line.close()


async def test_a_session_that_ends_is_told_once_and_hears_no_more(
    address: str, town: Town, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    ana, ben = await town.payer("ana"), await town.payer("ben")
    phone = await town.client(ana.who)
    async with listening(address, ana.http) as stays, listening(address, phone) as ends:
        await phone.post("/v1/auth/sign-out")
        assert (await ben.pay(ana.who, 700)).status_code == 201
        await catch_up(app_runtime, admin, CONSUMERS)
        await stays.heard("payment_received")
        assert await ends.closed() == listeners.ENDED
        kinds = [f["type"] for f in ends.known.frames]
        assert kinds == ["hello", "session_ended"]


async def test_who_takes_nothing_is_cut_off(address: str, ana: Payer, app_runtime: Runtime) -> None:
    hub = app_runtime.part(Hub)
    line = await opened(address, ana.http)
    line.transport.pause_reading()
    await until(lambda: any(s.is_live for s in hub._of.get(ana.who.id, ())))
    [listener] = hub._of[ana.who.id]
    for _ in range(listeners.WAITING_MAX * 4):
        listener.say("pong", {"of": "x" * 20_000})
        await asyncio.sleep(0)
    assert listener.is_over
    await until(lambda: ana.who.id not in hub._of)  # nobody waits for them
    line.transport.resume_reading()
    with pytest.raises(ConnectionClosed):  # noqa: PT012 - whatever came before it
        while True:
            await line.recv()
    assert line.close_code in (listeners.TOO_SLOW, 1006)
    line.transport.abort()


async def test_who_is_silent_is_dropped(app: Door, ana: Payer) -> None:
    async with served(app, ping=0.2, silence=0.2) as address:
        line = await opened(address, ana.http)
        await line.recv()
        line.transport.pause_reading()
        hub = app._runtime.part(Hub)
        assert ana.who.id in hub._of
        await until(lambda: ana.who.id not in hub._of)
        line.transport.abort()
        await line.wait_closed()


async def test_a_restart_says_so(app: Door, ana: Payer) -> None:
    async with served(app) as address:
        line = await opened(address, ana.http)
        await line.recv()
    with pytest.raises(ConnectionClosed):
        await line.recv()
    assert line.close_code == 1012


async def test_sockets_are_counted(address: str, ana: Payer) -> None:
    def count(name: str) -> float:
        lines = telemetry.scrape().decode().splitlines()
        return sum(float(x.rsplit(" ", 1)[1]) for x in lines if x.startswith(name))

    opened_before = count("quid_sockets_opened_total")
    closed_before = count('quid_sockets_closed_total{code="1000"}')
    async with listening(address, ana.http):
        assert count("quid_sockets_open ") == 1
    await until(lambda: count("quid_sockets_open ") == 0)
    assert count("quid_sockets_opened_total") == opened_before + 1
    assert count('quid_sockets_closed_total{code="1000"}') == closed_before + 1
