"""The local mailbox: each mail is a file that a person on this machine opens.

For local and demo profiles. A file appears whole or not at all (written aside, then renamed), and
only its owner may read it: it may hold a code.
"""

import asyncio
import itertools
import os
import secrets
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from quid.identity.types import StoredMail
from quid.kit import failpoints
from quid.kit.mail import House, Mail, MailFailed, written

_FROM: Final = House("Quid", "no-reply@quid.localhost")
_KEPT: Final = 500
_TIDY_EVERY: Final = 100  # looking through the folder costs as much as writing a hundred mails


class Mailbox:
    """Writes to a folder (0700), keeps the latest 500 mails and up to a hundred before them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = itertools.count()

    async def send(self, mail: Mail, *, now: datetime) -> None:
        """Write one mail. Raises: MailFailed."""
        failpoints.reach("mail.before")
        await asyncio.to_thread(self._write, mail, now)
        failpoints.reach("mail.after")

    async def latest(self, n: int) -> list[StoredMail]:
        """Read the latest mails, newest first."""
        return await asyncio.to_thread(self._read, n)

    def _write(self, mail: Mail, now: datetime) -> None:
        at = now.astimezone(UTC)
        name = f"{at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
        aside = self._folder / f".{name}.part"
        try:
            message = written(mail, _FROM, now=now)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if next(self._written) % _TIDY_EVERY == 0:
                self._tidy()
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message)
            aside.rename(self._folder / f"{name}.eml")
        except (OSError, ValueError) as e:
            raise MailFailed(f"the mailbox cannot be written: {type(e).__name__}") from e

    def _tidy(self) -> None:
        for old in self._names()[_KEPT:]:
            old.unlink(missing_ok=True)

    def _names(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"), reverse=True)

    def _read(self, n: int) -> list[StoredMail]:
        return [_parse(path.read_bytes()) for path in self._names()[:n]]


def _parse(raw: bytes) -> StoredMail:
    message = message_from_bytes(raw, policy=policy.SMTPUTF8)
    date = message["Date"]
    body = message.get_body(("plain",))
    return StoredMail(
        at=date.datetime.astimezone(UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text="" if body is None else body.get_content().replace("\r\n", "\n"),
    )
