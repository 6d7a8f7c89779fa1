"""Each way of reaching people, with a server behind it that can be made to fail."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import SecretStr

from quid.kit.mail import Mailer
from quid.notifications.adapters import connect as channels
from quid.notifications.ports import Channel
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import Address, ChannelName, Kind, Message
from tests.support import mailserver, push
from tests.support.certificates import Authority
from tests.support.http2 import Reply
from tests.support.subscriptions import Browser, stored

SEED: Final = b"5" * 32
KEY: Final = UUID("0190b4a2-7c1e-7000-8000-00000000002a")
MESSAGE: Final = Message(
    "ntf_1",
    Kind.PAYMENT_RECEIVED,
    "You were paid",
    "Open Quid to see it.",
    datetime(2026, 11, 20, tzinfo=UTC),
)
APPLE_TOKEN: Final = "ab" * 32
GOOGLE_TOKEN: Final = "fcm-token:of_a-phone"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, an address, what its server took, and how that is made to say something else.

    `part` ends its connections in order, `cut` drops them. `canaries`: what must stand in no log
    and no error.
    """

    channel: Channel
    to: Address
    taken: Callable[[], list[dict[str, Any]]]
    say: Callable[[str], None]
    canaries: tuple[str, ...]
    part: Callable[[], None] = lambda: None
    cut: Callable[[], None] = lambda: None


def settings_of(services: push.PushServices, **others: Any) -> ChannelSettings:
    """Settings that lead to the push services of a test."""
    return ChannelSettings(
        push_hosts=f"localhost:{services.port}",
        fcm_url=services.url,
        fcm_credentials=SecretStr(services.fcm_credentials()),
        apns_url=services.url,
        apns_key=SecretStr(services.apns_pem()),
        apns_key_id=push.KEY_ID,
        apns_team_id=push.TEAM,
        apns_topic=push.TOPIC,
        mail_from="Quid <no-reply@quid.example>",
        **others,
    )


class NoMailer:
    """Stands where mails are not what it is about."""

    async def send(self, mail: object, *, now: datetime) -> None:
        raise AssertionError(f"{mail} at {now}")


@asynccontextmanager
async def opened(
    services: push.PushServices, mailer: Mailer | None = None
) -> AsyncIterator[channels.Connected]:
    """The channels as wiring builds them."""
    made = channels.connect(settings_of(services), mailer or NoMailer(), SEED, is_production=False)
    try:
        yield made
    finally:
        await made.close()


# What each service says to the same end.
_SAID: Final[Mapping[ChannelName, Mapping[str, Reply | None]]] = {
    "web": {
        "gone": Reply(410),
        "throttled": Reply(429, headers={"retry-after": "7"}),
        "broken": Reply(500),
        "locked out": Reply(403),
        "refused": Reply(413),
        "hang": None,
    },
    "fcm": {
        "gone": push.google("UNREGISTERED", 404),
        "throttled": Reply(429, headers={"retry-after": "7"}),
        "broken": push.google("INTERNAL", 500),
        "locked out": push.google("UNAUTHENTICATED", 401, is_detailed=False),
        "refused": push.google("INVALID_ARGUMENT", 400),
        "hang": None,
    },
    "apns": {
        "gone": push.apple("Unregistered", 410),
        "throttled": Reply(429, b'{"reason":"TooManyRequests"}', {"retry-after": "7"}),
        "broken": push.apple("InternalServerError", 500),
        "locked out": push.apple("InvalidProviderToken", 403),
        "refused": push.apple("PayloadTooLarge", 413),
        "hang": None,
    },
}


def address_of(browser: Browser) -> Address:
    """Where a browser is reached, as its device is stored."""
    return Address(stored(browser))


@asynccontextmanager
async def pushing(name: ChannelName, trusted: Authority) -> AsyncIterator[Way]:
    """A way to push, with its service."""
    async with push.serving(trusted) as services, opened(services) as made:
        address, canaries = {
            "web": (address_of(services.subscribe("device-1-canary")), ("device-1-canary",)),
            "fcm": (Address(GOOGLE_TOKEN), (GOOGLE_TOKEN, "access-1")),
            "apns": (Address(APPLE_TOKEN), (APPLE_TOKEN,)),
        }[name]
        yield Way(
            made.channels.by_name[name],
            address,
            lambda: services.taken,
            lambda word: services.next.append(_SAID[name][word]),
            canaries,
            services.lines.part,
            services.lines.cut,
        )


@asynccontextmanager
async def mailing(trusted: Authority) -> AsyncIterator[Way]:
    """E-mail, with its server."""
    async with mailserver.serving(trusted.serving()) as box:
        settings = ChannelSettings(
            smtp_url=f"smtp+starttls://localhost:{box.port}",
            mail_from="Quid <no-reply@quid.example>",
        )
        mailer = channels.mailer_of(settings)
        assert mailer is not None
        made = channels.connect(settings, mailer, None, is_production=False)

        def say(word: str) -> None:
            answers = {
                "throttled": "450 greylisted, zoe@example.org come back",
                "broken": "451 trouble with zoe@example.org",
                "refused": "550 no zoe@example.org here",
            }
            box.says["RCPT"] = answers[word]

        yield Way(
            made.channels.by_name["email"],
            Address("zoe@example.org"),
            lambda: [
                {
                    "title": str(t.message["Subject"]),
                    "text": t.message.get_content().strip(),
                    "key": str(t.message["Message-ID"]),
                }
                for t in box.taken
            ],
            say,
            ("zoe@example.org", "Open Quid"),
        )
