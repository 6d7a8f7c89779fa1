"""The settings of mail and push: half of it, or what is unsafe, is refused by name."""

from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from quid.kit.config import BadSettings
from quid.notifications.adapters import connect as channels
from quid.notifications.settings import ChannelSettings


class Nowhere:
    """A mailer that is not asked."""

    async def send(self, mail: object, *, now: datetime) -> None:
        raise AssertionError(f"{mail} at {now}")


def pem(curve: ec.EllipticCurve | None = None) -> str:
    key = ec.generate_private_key(curve or ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


APPLE: dict[str, Any] = {
    "apns_key_id": "K1",
    "apns_team_id": "T1",
    "apns_topic": "org.example.quid",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment."""
    for name in ChannelSettings.model_fields:
        monkeypatch.delenv(f"QUID_{name.upper()}", raising=False)


def connect(*, is_production: bool = False, **given: Any) -> channels.Connected:
    settings = ChannelSettings.model_validate(given)
    channels.mailer_of(settings)
    return channels.connect(settings, Nowhere(), b"s" * 32, is_production=is_production)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"smtp_url": "mail.example.org"}, "QUID_SMTP_URL"),
        ({"smtp_url": "https://mail.example.org"}, "QUID_SMTP_URL"),
        ({"smtp_url": "smtp://mail.example.org"}, "QUID_SMTP_URL"),
        ({"smtp_url": "smtps://mail.example.org/path"}, "QUID_SMTP_URL"),
        ({"smtp_url": "smtps://mail.example.org:port"}, "QUID_SMTP_URL"),
        ({"smtp_url": "smtps://"}, "QUID_SMTP_URL"),
        ({"smtp_url": "smtps://a:secret-canary@mail.example.org"}, "smtp_password"),
        ({"smtp_url": "smtps://a@mail.example.org"}, "smtp_password"),
        ({"smtp_url": "smtps://mail.example.org"}, "QUID_MAIL_FROM"),
        ({"mail_from": "nobody"}, "QUID_MAIL_FROM"),
        ({"mail_from": "Quid <a@b.org> <c@d.org>"}, "QUID_MAIL_FROM"),
        ({"mail_from": "Quid\nBcc: x <a@b.org>"}, "QUID_MAIL_FROM"),
        ({"push_hosts": "https://push.example.org"}, "QUID_PUSH_HOSTS"),
        ({"fcm_url": "http://fcm.googleapis.com"}, "QUID_FCM_URL"),
        ({"apns_url": "https://user@api.push.apple.com"}, "QUID_APNS_URL"),
        ({"fcm_credentials": "{}"}, "fcm_credentials"),
        ({"fcm_credentials": "secret-canary"}, "fcm_credentials"),
        ({"apns_key": pem()}, "QUID_APNS_KEY_ID"),
        ({**APPLE, "apns_key": "secret-canary"}, "apns_key"),
        ({**APPLE, "apns_key": pem(ec.SECP384R1())}, "apns_key"),
        ({**APPLE, "apns_key": pem(), "apns_topic": "a\nb"}, "QUID_APNS_TOPIC"),
    ],
)
def test_what_cannot_work_is_refused_by_name(given: dict[str, Any], named: str) -> None:
    with pytest.raises(BadSettings, match=named) as raised:
        connect(**given)
    assert "secret-canary" not in f"{raised.value} {raised.value.__cause__!r}"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:4433", "127.0.0.1", "10.0.0.1:443", "push", "a.localhost"]
)
def test_production_pushes_to_nothing_of_its_own_network(host: str) -> None:
    with pytest.raises(BadSettings, match="QUID_PUSH_HOSTS"):
        connect(push_hosts=f"push.example.org, {host}", is_production=True)
    assert host in connect(push_hosts=host).browsers.hosts


def test_what_is_set_up_is_there_and_nothing_else() -> None:
    made = connect(**APPLE, apns_key=pem())
    assert set(made.channels.by_name) == {"email", "web", "apns"}
    assert len(made.browsers.public_key) == 87
    without = channels.connect(ChannelSettings(), Nowhere(), None, is_production=False)
    assert set(without.channels.by_name) == {"email"}
    assert without.browsers.public_key == ""


def test_keys_of_the_secrets_file_stand_behind_the_environment() -> None:
    kept = {"smtp_password": SecretStr("kept"), "apns_key": SecretStr("kept")}
    made = channels.completed(ChannelSettings(smtp_password=SecretStr("given")), kept)
    assert made.smtp_password.get_secret_value() == "given"
    assert made.apns_key.get_secret_value() == "kept"
    with pytest.raises(BadSettings, match=r"channels\.smtp_pasword"):
        channels.completed(ChannelSettings(), {"smtp_pasword": SecretStr("x")})
