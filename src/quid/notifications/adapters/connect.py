"""The channels of an installation, built from its settings, or refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from quid.kit.breaker import Board
from quid.kit.config import BadSettings
from quid.kit.crypto import Secret
from quid.kit.http import is_loopback
from quid.kit.mail import House, Mailer, house_of
from quid.notifications.adapters.apns import Apns, Team
from quid.notifications.adapters.fcm import Fcm, account_of
from quid.notifications.adapters.mail import MailChannel
from quid.notifications.adapters.smtp import SmtpMailer, relay_of
from quid.notifications.adapters.tokens import Vapid
from quid.notifications.adapters.webpush import WebPush
from quid.notifications.ports import Channel, Channels
from quid.notifications.rules.push import PUSH_HOSTS, is_host
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import ChannelName
from quid.notifications.types.push import BrowserPush

_NAMED: Final = re.compile(r"([^<>]*)<([^<>]+)>")
_FROM: Final = "QUID_MAIL_FROM: write Name <address>"
KEYS: Final = ("smtp_password", "fcm_credentials", "apns_key")


@dataclass(frozen=True, slots=True)
class Connected:
    """The channels, and what browsers must know."""

    channels: Channels
    browsers: BrowserPush
    _push: list[WebPush | Fcm | Apns] = field(default_factory=list)

    async def close(self) -> None:
        """Drop the connections."""
        for channel in self._push:
            await channel.close()


def completed(settings: ChannelSettings, kept: Mapping[str, SecretStr]) -> ChannelSettings:
    """Take from the secrets file the keys that the environment does not give.

    Raises: BadSettings for a name that is none of ours.
    """
    if unknown := set(kept) - set(KEYS):
        raise BadSettings(
            f"channels.{min(unknown)} in the secrets file: the names are {', '.join(KEYS)}"
        )
    missing = {name: kept[name] for name in kept if name not in settings.model_fields_set}
    return settings.model_copy(update=missing)


def mailer_of(settings: ChannelSettings) -> SmtpMailer | None:
    """Build what hands mails over; None where no mail server is set. Raises: BadSettings."""
    mail_from = _mail_from(settings)
    if not settings.smtp_url:
        return None
    relay = relay_of(settings.smtp_url, _secret(settings.smtp_password))
    if mail_from.domain.endswith("localhost") and not is_loopback(settings.smtp_url):
        raise BadSettings("QUID_MAIL_FROM: name an address of yours, that mails can come from")
    return SmtpMailer(relay, mail_from)


def connect(
    settings: ChannelSettings, mailer: Mailer, vapid_seed: bytes | None, *, is_production: bool
) -> Connected:
    """Build the channels that are set up. Raises: BadSettings."""
    hosts = (*PUSH_HOSTS, *_more_hosts(settings, is_production=is_production))
    for name, url in (("QUID_FCM_URL", settings.fcm_url), ("QUID_APNS_URL", settings.apns_url)):
        _require_address(name, url)
    board, public_key = Board(), ""
    push: list[WebPush | Fcm | Apns] = []
    by_name: dict[ChannelName, Channel] = {"email": MailChannel(mailer)}
    if vapid_seed is not None:
        vapid = Vapid(vapid_seed, subject=f"mailto:{_mail_from(settings).address}")
        public_key = vapid.public_key
        by_name["web"] = browsers = WebPush(vapid, hosts, board)
        push.append(browsers)
    if settings.fcm_credentials.get_secret_value():
        account = account_of(_secret(settings.fcm_credentials))
        _require_address("fcm_credentials: token_uri", account.token_uri, has_path=True)
        by_name["fcm"] = fcm = Fcm(account, board, url=settings.fcm_url)
        push.append(fcm)
    if settings.apns_key.get_secret_value():
        by_name["apns"] = apns = Apns(_team(settings), board, url=settings.apns_url)
        push.append(apns)
    return Connected(Channels(by_name), BrowserPush(public_key, hosts), push)


def _mail_from(settings: ChannelSettings) -> House:
    found = _NAMED.fullmatch(settings.mail_from.strip())
    name, address = found.groups() if found else ("", settings.mail_from.strip())
    try:
        return house_of(name.strip().strip('"'), address)
    except ValueError:
        raise BadSettings(_FROM) from None


def _team(settings: ChannelSettings) -> Team:
    given = {
        "QUID_APNS_KEY_ID": settings.apns_key_id,
        "QUID_APNS_TEAM_ID": settings.apns_team_id,
        "QUID_APNS_TOPIC": settings.apns_topic,
    }
    for name, value in given.items():
        if not value.isascii() or not value.replace(".", "").replace("-", "").isalnum():
            raise BadSettings(f"{name}: Apple's push service needs all of {', '.join(given)}")
    return Team(_secret(settings.apns_key), *given.values())


def _more_hosts(settings: ChannelSettings, *, is_production: bool) -> list[str]:
    hosts = [host.strip().lower() for host in settings.push_hosts.split(",") if host.strip()]
    for host in hosts:
        if not is_host(host):
            raise BadSettings(f"QUID_PUSH_HOSTS: {host} is no name of a host")
        name = host.removeprefix("*.").partition(":")[0]
        is_inner = is_loopback(f"https://{name}") or "." not in name or name[-1].isdigit()
        if is_production and is_inner:
            raise BadSettings(f"QUID_PUSH_HOSTS: {host} is of your own network, not for people")
    return hosts


def _require_address(name: str, url: str, *, has_path: bool = False) -> None:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme == "https" and parts.hostname and parts.username is None
        is_good = is_good and not parts.query and (has_path or parts.path in ("", "/"))
    except ValueError:
        is_good = False
    if not is_good:
        raise BadSettings(f"{name}: write https:// and a host")


def _secret(value: SecretStr) -> Secret:
    return Secret(value.get_secret_value())
