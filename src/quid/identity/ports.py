"""What this slice needs from outside."""

from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

import msgspec

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


class Address(msgspec.Struct, frozen=True):
    """Where a person lives; what is not written there is empty. `country`: ISO 3166, 2 letters."""

    line1: str
    city: str
    postal_code: str
    country: str
    line2: str = ""
    region: str = ""


class Facts(msgspec.Struct, frozen=True):
    """What a person says of who they are in law. Stored sealed, shown to nobody but operators."""

    legal_name: str
    birth_date: date
    address: Address
    tax_id_last4: str


Verdict = Literal["verified", "refused", "needs_more"]


class VerifierDown(Exception):  # noqa: N818 - a state of the world, raised by a verifier
    """The verifier did not answer; the same key may be asked again."""


@runtime_checkable
class Verifier(Protocol):
    """Compares what a person says with the registers of the world. No transaction is open."""

    async def verify(self, facts: Facts, *, key: UUID) -> Verdict:
        """Judge the facts; the same key gets the same verdict. Raises: VerifierDown."""


@runtime_checkable
class DocumentVault(Protocol):
    """Keeps files, sealed before they come here, where no web server reaches."""

    async def put(self, document_id: UUID, sealed: bytes) -> None:
        """Keep a file, whole or not at all."""

    async def get(self, document_id: UUID) -> bytes:
        """Give a file back. Raises: NotFound."""
