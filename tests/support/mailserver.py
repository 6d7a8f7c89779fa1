"""A mail server of a test's own: it keeps what it takes, and refuses what it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail as it came: who sent it to whom, and whether nobody could read along."""

    sender: str
    to: list[str]
    message: EmailMessage
    is_sealed: bool
    user: str | None


@dataclass
class MailServer:
    """What became of mails. `says`: the answer to RCPT or DATA instead of taking it."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take an address or not."""
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail or not."""
        if "DATA" in self.says:
            return self.says["DATA"]
        assert isinstance(envelope.content, bytes)
        assert server.transport is not None
        message = message_from_bytes(envelope.content, policy=policy.SMTP)
        login = session.auth_data
        user = login.login.decode() if isinstance(login, LoginPassword) else None
        self.taken.append(
            Taken(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                message,
                server.transport.get_extra_info("ssl_object") is not None,
                user,
            )
        )
        return "250 kept"


def _authenticate(_: SMTP, _s: Session, _e: Envelope, _m: str, data: Any) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and data.password == b"pass word"
    return AuthResult(success=is_known, auth_data=data)


@asynccontextmanager
async def serving(
    context: ssl.SSLContext | None = None, *, is_implicit: bool = False, is_closed: bool = False
) -> AsyncIterator[MailServer]:
    """Serve on a port of this machine: in the open, after STARTTLS, or sealed from the start.

    `is_closed`: nobody sends without signing in.
    """
    box = MailServer()
    loop = asyncio.get_running_loop()
    talking: list[SMTP] = []

    def made() -> SMTP:
        talking.append(
            SMTP(
                box,
                hostname="mail.localhost",
                tls_context=None if is_implicit else context,
                require_starttls=context is not None and not is_implicit,
                auth_required=is_closed,
                authenticator=_authenticate,
                enable_SMTPUTF8=True,
                loop=loop,
            )
        )
        return talking[-1]

    server = await loop.create_server(made, "127.0.0.1", 0, ssl=context if is_implicit else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        for one in talking:
            if one.transport is not None:
                one.transport.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def silent() -> AsyncIterator[MailServer]:
    """One that takes a connection and never says a word."""
    over = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    try:
        yield MailServer(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        over.set()
