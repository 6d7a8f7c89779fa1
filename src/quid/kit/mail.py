"""A mail to one person, and who hands it over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID


class MailFailed(Exception):  # noqa: N818 - a state of the world, raised by a mailer
    """The mail could not be handed over; what follows from that is its sender's to know.

    `is_final`: the other side will not take this mail tomorrow either.
    """

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person. Its text may hold a code: never logged, never in an event.

    `key` makes a mail that is handed over twice recognisable as one, where its sender tries again.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    key: UUID | None = None


@runtime_checkable
class Mailer(Protocol):
    """Hands a mail over. Called after the commit only: a mail cannot be rolled back."""

    async def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand it over, once. Raises: MailFailed."""
