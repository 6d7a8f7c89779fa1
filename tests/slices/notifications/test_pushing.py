"""From a payment to a lock screen and a mailbox: the whole way, to servers of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from quid.kit import clock, db, http, runtime
from quid.kit.runtime import Runtime
from quid.notifications.adapters import connect as channels
from quid.notifications.queries import devices
from quid.notifications.service.devices import Registration, register
from quid.notifications.settings import ChannelSettings
from tests.support import mailserver, push
from tests.support.certificates import Authority, authority
from tests.support.feeds import pay
from tests.support.http2 import Reply
from tests.support.mailserver import MailServer
from tests.support.notices import deliveries, send, session_of, told
from tests.support.people import Someone
from tests.support.push import PushServices
from tests.support.subscriptions import Browser, stored

Act = Callable[[], Awaitable[None]]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that every client of ours believes."""
    made = authority(tmp_path / "certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.trust))
    http._trusted.cache_clear()
    yield made
    http._trusted.cache_clear()


@pytest.fixture
async def services(trusted: Authority) -> AsyncIterator[PushServices]:
    """The push services."""
    async with push.serving(trusted) as made:
        yield made


@pytest.fixture
async def box(trusted: Authority) -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mailserver.serving(trusted.serving()) as made:
        yield made


@pytest.fixture
async def outside(house: Runtime, services: PushServices, box: MailServer) -> AsyncIterator[None]:
    """The channels as wiring builds them, with their servers."""
    settings = ChannelSettings(
        smtp_url=f"smtp+starttls://localhost:{box.port}",
        mail_from="Quid <no-reply@quid.example>",
        push_hosts=f"localhost:{services.port}",
        fcm_url=services.url,
        fcm_credentials=SecretStr(services.fcm_credentials()),
    )
    mailer = channels.mailer_of(settings)
    assert mailer is not None
    made = channels.connect(settings, mailer, b"5" * 32, is_production=False)
    house.put(made.channels)
    house.put(made.browsers)
    yield
    await made.close()


@pytest.fixture
def be_paid(house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection) -> Act:
    """Ana pays Ben, and what is to be told of it is due."""

    async def act() -> None:
        await pay(house, ana, ben, 1368, note="for the boat")
        await told(house, admin)

    return act


async def subscribe(admin: asyncpg.Connection, person: Someone, browser: Browser) -> None:
    session_id = await session_of(admin, person)
    made = Registration("web", browser.endpoint, stored(browser), session_id=session_id)
    await register(person.id, made, now=clock.now())


async def devices_of(person: Someone) -> list[devices.Device]:
    async with runtime.part(db.Database).read() as conn:
        return await devices.of_people(conn, [person.id])


@pytest.mark.usefixtures("outside")
async def test_who_is_paid_hears_of_it_on_each_of_their_devices(
    be_paid: Act, services: PushServices, box: MailServer, ben: Someone, admin: asyncpg.Connection
) -> None:
    for name in ("laptop", "tablet"):
        await subscribe(admin, ben, services.subscribe(name))
    name, session_id = "phone-of-ben-ben-ben", await session_of(admin, ben)
    phone = Registration("fcm", name, name, session_id=session_id)
    await register(ben.id, phone, now=clock.now())
    await be_paid()
    assert [await send(name) for name in ("web", "fcm", "email")] == [2, 1, 1]
    assert len(services.taken) == 3
    for shown in services.taken:
        assert (shown["kind"], shown["text"]) == ("payment_received", "You were paid.")
        assert not {"13.68", "Ana", "boat"} & set(str(shown).split())
    [mail] = box.taken
    assert mail.to == ["ben@example.org"]
    assert str(mail.message["Subject"]) == "You were paid"
    assert {state for _, state, _, _ in await deliveries(admin)} == {"SENT"}
    assert all(d.last_ok_at for d in await devices_of(ben))


@pytest.mark.usefixtures("outside")
async def test_a_browser_that_is_gone_is_forgotten_and_the_other_still_told(
    be_paid: Act, services: PushServices, ben: Someone, admin: asyncpg.Connection
) -> None:
    for name in ("laptop", "tablet"):
        await subscribe(admin, ben, services.subscribe(name))
    services.next.append(Reply(410))
    await be_paid()
    assert await send("web") == 2
    assert len(services.taken) == 1
    assert len(await devices_of(ben)) == 1
    await be_paid()
    assert await send("web") == 1
    assert len(services.taken) == 2
