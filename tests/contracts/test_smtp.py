"""Mails by SMTP, to a real server: encrypted or not sent, one header for each line we write."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import pytest
from pydantic import SecretStr

from quid.kit.mail import Mail, MailFailed
from quid.notifications.adapters import connect as channels
from quid.notifications.adapters.mail import MailChannel
from quid.notifications.adapters.smtp import SmtpMailer
from quid.notifications.ports import NotDelivered
from quid.notifications.settings import ChannelSettings
from quid.notifications.types import Address
from tests.contracts.ways import MESSAGE
from tests.support import mailserver
from tests.support.certificates import Authority
from tests.support.mailserver import MailServer

AT: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MAIL: Final = Mail("zoe@example.org", "Your code: 123456 ✓", "Grüße\n.\nA line after a dot\n", None)


def mailer_of(
    box: MailServer, scheme: str, *, user: str = "", password: str = "", port: int = 0
) -> SmtpMailer:
    made = channels.mailer_of(
        ChannelSettings(
            smtp_url=f"{scheme}://{user}localhost:{port or box.port}",
            smtp_password=SecretStr(password),
            mail_from="Quid, Inc. <no-reply@quid.example>",
        )
    )
    assert made is not None
    return made


def server_of(
    scheme: str, trusted: Authority, *, is_closed: bool = False
) -> AbstractAsyncContextManager[MailServer]:
    context = None if scheme == "smtp" else trusted.serving()
    is_implicit = scheme == "smtps"
    return mailserver.serving(context, is_implicit=is_implicit, is_closed=is_closed)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls", "smtp"])
async def test_a_mail_arrives_whole_and_sealed(scheme: str, trusted: Authority) -> None:
    async with server_of(scheme, trusted) as box:
        await mailer_of(box, scheme).send(MAIL, now=AT)
    [taken] = box.taken
    assert (taken.sender, taken.to) == ("no-reply@quid.example", ["zoe@example.org"])
    assert taken.is_sealed is (scheme != "smtp")
    message = taken.message
    assert str(message["From"]) == '"Quid, Inc." <no-reply@quid.example>'
    assert str(message["Subject"]) == MAIL.subject
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


async def test_a_repeat_is_known_by_its_id_and_a_mail_without_a_key_is_new_each_time(
    trusted: Authority,
) -> None:
    key = uuid4()
    async with server_of("smtps", trusted) as box:
        mailer = mailer_of(box, "smtps")
        for k in (key, key, None, None):
            await mailer.send(Mail("a@example.org", "s", "t", k), now=AT)
    ids = [str(t.message["Message-ID"]) for t in box.taken]
    assert ids[0] == ids[1] == f"<{key.hex}@quid.example>"
    assert len(set(ids)) == 3


async def test_who_must_sign_in_does_so_with_the_password_of_the_secrets(
    trusted: Authority,
) -> None:
    async with server_of("smtp+starttls", trusted, is_closed=True) as box:
        user = "mailer%40quid.example@"
        await mailer_of(box, "smtp+starttls", user=user, password="pass word").send(MAIL, now=AT)
        with pytest.raises(MailFailed) as raised:
            await mailer_of(box, "smtp+starttls", user=user, password="wrong").send(MAIL, now=AT)
    assert [t.user for t in box.taken] == ["mailer@quid.example"]
    assert not raised.value.is_final, "an operator may put it right"
    assert "wrong" not in repr(raised.value)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(("code", "is_final"), [(421, False), (450, False), (550, True)])
async def test_a_no_is_for_now_or_for_ever(
    stage: str, code: int, is_final: bool, trusted: Authority
) -> None:
    async with server_of("smtp+starttls", trusted) as box:
        box.says[stage] = f"{code} zoe@example.org is not wanted"
        with pytest.raises(MailFailed, match=str(code)) as raised:
            await mailer_of(box, "smtp+starttls").send(MAIL, now=AT)
    assert raised.value.is_final is is_final
    assert "zoe" not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert box.taken == []


async def test_a_server_that_cannot_encrypt_is_given_no_mail(trusted: Authority) -> None:
    async with server_of("smtp", trusted) as box:
        with pytest.raises(MailFailed):
            await mailer_of(box, "smtp+starttls").send(MAIL, now=AT)
        with pytest.raises(MailFailed):
            await mailer_of(box, "smtps").send(MAIL, now=AT)
    assert box.taken == []


@pytest.mark.usefixtures("trusted")
async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quid.notifications.adapters.smtp._SECONDS", 0.3)
    async with mailserver.silent() as box:
        for scheme in ("smtps", "smtp+starttls"):
            with pytest.raises(MailFailed, match="Time") as raised:
                await mailer_of(box, scheme).send(MAIL, now=AT)
            assert not raised.value.is_final


async def test_nobody_there_is_a_failure_for_now(trusted: Authority) -> None:
    async with server_of("smtps", trusted) as box:
        mailer = mailer_of(box, "smtps")
    with pytest.raises(MailFailed) as raised:
        await mailer.send(MAIL, now=AT)
    assert not raised.value.is_final


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.org\r\nBcc: b@example.org", "s"),
        ("a@example.org\nBcc: b@example.org", "s"),
        ("a@example.org, b@example.org", "s"),
        ("a@example.org> <b@example.org", "s"),
        ("a@example.org", "s\r\nBcc: b@example.org"),
        ("a@example.org", "s\nBcc: b@example.org"),
        ("a@example.org", "s\r\n\r\nanother text"),
        ("", "s"),
        ("nobody", "s"),
    ],
)
async def test_nobody_slips_a_header_or_an_address_in(
    to: str, subject: str, trusted: Authority
) -> None:
    async with server_of("smtps", trusted) as box:
        with pytest.raises(MailFailed) as raised:
            await mailer_of(box, "smtps").send(Mail(to, subject, "t"), now=AT)
    assert raised.value.is_final
    assert "example.org" not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert box.taken == []


async def test_a_server_that_asks_for_a_pause_is_given_it(trusted: Authority) -> None:
    async with server_of("smtps", trusted) as box:
        channel = MailChannel(mailer_of(box, "smtps"))
        box.says["RCPT"] = "450 4.7.1 Greylisted, try again in 1800 seconds"
        with pytest.raises(NotDelivered) as raised:
            await channel.send(Address("zoe@example.org"), MESSAGE, key=uuid4())
    assert (raised.value.retry_after, raised.value.is_final) == (1800.0, False)


async def test_an_address_beyond_ascii_is_written_as_it_is(trusted: Authority) -> None:
    async with server_of("smtps", trusted) as box:
        await mailer_of(box, "smtps").send(Mail("zoë@example.org", "s", "t"), now=AT)
    [taken] = box.taken
    assert taken.to == ["zoë@example.org"]
