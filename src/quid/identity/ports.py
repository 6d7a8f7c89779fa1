"""What this slice needs from outside."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from quid.identity.types import Mail, StoredMail


@runtime_checkable
class Mailer(Protocol):
    """Hands a mail over. Called after the commit only: a mail cannot be rolled back."""

    async def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand it over, once. Raises: MailFailed; the person then asks again."""


@runtime_checkable
class Letterbox(Protocol):
    """A mailer whose mails can be read here: the mailbox page of local and demo profiles."""

    async def latest(self, n: int) -> list[StoredMail]:
        """Give the latest mails, newest first."""
