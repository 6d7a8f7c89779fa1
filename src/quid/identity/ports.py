"""What this slice needs from outside."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol, runtime_checkable
from uuid import UUID

import msgspec

from quid.identity.types import MakeOptions, SignOptions, StoredMail


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

    async def remove(self, document_id: UUID) -> None:
        """Forget a file, which may be gone already."""


class PasskeyRefused(ValueError):  # noqa: N818 - an answer that proves nothing, told by what is wrong
    """A passkey's answer is not of this site, challenge, person or key."""


class SignCountBack(PasskeyRefused):
    """All is right but the count of a key that counts: somebody may have copied the key."""


class Known(NamedTuple):
    """A key of a person, as a device finds it: its id there, and how the device is reached."""

    credential_id: bytes
    transports: tuple[str, ...] = ()


class Passkey(NamedTuple):
    """A key that a person's device keeps: what is stored of it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...] = ()


class Asker(NamedTuple):
    """Who makes a key: the id that the device keeps beside it, and names to tell keys apart."""

    user_id: UUID
    handle: str
    display_name: str


class Shown(NamedTuple):
    """Which key an answer says it is of, and whose; nothing of it is proven yet."""

    credential_id: bytes
    user_id: UUID | None


@runtime_checkable
class Passkeys(Protocol):
    """Asks a device's passkey to sign (WebAuthn level 3), and judges its answer. Pure: no I/O.

    Answers are JSON as browsers write it. `challenge` has 32 random bytes; the service
    keeps it for five minutes, for one purpose (a payment: with payee and amount), and uses it once.
    Every adapter refuses: another origin, another RP id, another challenge, an answer without user
    verification, an answer of another key, a sign count that goes back or stands still where the
    key counts. Each is a test of the port, with a software authenticator.
    Source: W3C Web Authentication, 7.1 and 7.2.
    """

    def to_register(self, asker: Asker, has: Sequence[Known], *, challenge: bytes) -> MakeOptions:
        """Write the options with which a device makes a key, unless it keeps one of `has`."""

    def registered(self, answer: str, *, challenge: bytes) -> Passkey:
        """Judge a new key. Raises: PasskeyRefused."""

    def to_sign(self, among: Sequence[Known], *, challenge: bytes) -> SignOptions:
        """Write the options with which a device signs; without `among` it finds the key itself."""

    def shown(self, answer: str) -> Shown:
        """Read which key an answer is of. Raises: PasskeyRefused."""

    def signed(self, answer: str, known: Passkey, *, challenge: bytes) -> int:
        """Judge a signature; give the count to store. Raises: PasskeyRefused, SignCountBack."""
