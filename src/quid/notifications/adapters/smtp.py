"""Mails by SMTP: one connection for each, encrypted, to a server whose certificate is checked."""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from quid.kit import guards, http
from quid.kit.config import BadSettings
from quid.kit.crypto import Secret
from quid.kit.mail import House, Mail, MailFailed, written

_SECONDS: Final = 20.0
_PARTING_SECONDS: Final = 1.0
_PORTS: Final = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
# How a server that keeps strangers waiting says for how long; there is no standard for it.
_WISH: Final = re.compile(r"\bin (\d{1,4}) ?s(?:ec(?:ond)?s?)?\b", re.IGNORECASE)
_WORDS: Final = "QUID_SMTP_URL: write smtps://user@host or smtp+starttls://user@host"


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our mails."""

    host: str
    port: int
    encryption: str
    user: str
    password: Secret


def relay_of(url: str, password: Secret) -> Relay:
    """Read the address of a mail server. Raises: BadSettings."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        is_local = http.is_loopback(url)
    except (ValueError, KeyError):
        raise BadSettings(_WORDS) from None
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadSettings(_WORDS)
    if parts.password is not None:
        raise BadSettings(
            "QUID_SMTP_URL: an address is shown here and there; put the password into "
            "smtp_password of the secrets file"
        )
    if parts.scheme == "smtp" and not is_local:
        raise BadSettings(f"{_WORDS}; plain smtp:// is for this machine alone")
    user = unquote(parts.username or "")
    if user and not password.reveal():
        raise BadSettings("smtp_password: QUID_SMTP_URL names a user, and there is no password")
    return Relay(parts.hostname, port, parts.scheme, user, password)


class SmtpMailer:
    """Hands mails to a server, each once."""

    def __init__(self, relay: Relay, mail_from: House) -> None:
        self._relay = relay
        self._from = mail_from
        self._trusted: ssl.SSLContext | None = None

    async def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand one mail over. Raises: MailFailed, BrokenRule."""
        guards.forbid_in_transaction("a mail")
        try:
            message = written(mail, self._from, now=now)
        except ValueError:
            # The words of the error hold the address or the line that somebody tried to slip in.
            raise MailFailed("a mail that cannot be written", is_final=True) from None
        is_ascii = mail.to.isascii() and self._from.address.isascii()
        server = await self._server()
        try:
            async with asyncio.timeout(_SECONDS):
                await server.connect()
                await server.sendmail(
                    self._from.address,
                    mail.to,
                    message,
                    mail_options=[] if is_ascii else ["SMTPUTF8"],
                )
        except (SMTPException, TimeoutError, OSError) as e:
            raise _failure(e) from None
        else:
            with contextlib.suppress(SMTPException, TimeoutError, OSError):
                await server.quit(timeout=_PARTING_SECONDS)  # it has the mail whatever it says
        finally:
            server.close()

    async def _server(self) -> aiosmtplib.SMTP:
        relay = self._relay
        if self._trusted is None and relay.encryption != "smtp":
            self._trusted = await asyncio.to_thread(http.trusted)
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=_SECONDS,
            use_tls=relay.encryption == "smtps",
            start_tls=relay.encryption == "smtp+starttls",
            tls_context=self._trusted,
            username=relay.user or None,
            password=relay.password.reveal() or None,
            local_hostname=self._from.domain,
        )


def _failure(error: Exception) -> MailFailed:
    """Say what became of it without the server's words, which name people."""
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, SMTPResponseException):
        # Who does not let us in may do so when an operator has looked.
        is_final = error.code >= 500 and not isinstance(error, SMTPAuthenticationError)
        wish = None if is_final else _WISH.search(error.message)
        after = float(wish[1]) if wish else None
        return MailFailed(f"the mail server said {error.code}", is_final=is_final, after=after)
    is_final = isinstance(error, SMTPNotSupported)
    return MailFailed(f"the mail server: {type(error).__name__}", is_final=is_final)
