"""Access as values: how somebody proves who they are, from where, and what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from quid.identity.types.passkeys import MakeOptions, SignOptions

SessionKind = Literal["cookie", "api"]
MethodName = Literal["passkey", "totp", "recovery_code", "email_code"]
SecurityKind = Literal[
    "new_device",
    "sign_in_failed",
    "password_changed",
    "email_changed",
    "totp_on",
    "totp_off",
    "recovery_codes_made",
    "recovery_code_used",
    "session_revoked",
    "locked",
    "recovered",
    "source_linked",
    "source_removed",
    "first_withdrawal",
    "device_added",
    "passkey_on",
    "passkey_off",
    "passkey_suspect",
]


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from: what the device calls itself, its secret's hash, its address."""

    device: str = ""
    device_hash: bytes | None = None
    address: str = ""


NOWHERE: Final = Visit()


@dataclass(frozen=True, slots=True)
class Method:
    """A way to prove who one is. A factor younger than a day clears no payment."""

    name: MethodName
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class StepUp:
    """What a person is asked to prove. Its id is the challenge's.

    `passkey`: what to ask the browser's, where that is one of the methods.
    """

    challenge_id: UUID
    methods: tuple[Method, ...]
    passkey: SignOptions | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows for a challenge. The password stands beside a code sent by e-mail.

    `text` of a passkey is its answer, JSON as the browser writes it.
    """

    method: MethodName
    text: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """When and how a session has last proven who holds it."""

    at: datetime
    method: MethodName


@dataclass(frozen=True, slots=True)
class Renewed:
    """A session that has proven who holds it, until when, and its new secret in a browser.

    Units: `life_seconds` is None for a cookie that ends with the browser.
    """

    good_until: datetime
    token: str | None
    life_seconds: int | None


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A new secret for an authenticator app, shown once; its first code turns it on."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class PasskeyOffered:
    """What a browser is asked to make a passkey by, under which id; for five minutes."""

    challenge_id: UUID
    options: MakeOptions


@dataclass(frozen=True, slots=True)
class PasskeyAsked:
    """What a browser's passkey is asked, under which id; for five minutes."""

    challenge_id: UUID
    options: SignOptions


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What the browser's passkey answered, as JSON, to the challenge of this id."""

    challenge_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey as its person sees it."""

    id: UUID
    name: str
    transports: list[str]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasskeyAdded:
    """A new passkey; recovery codes where it is the first second factor of the account."""

    passkey: OwnPasskey
    recovery_codes: list[str] | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that stands, as its person sees it: unused, until `idle_until`."""

    id: UUID
    kind: SessionKind
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    idle_until: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something that a person must know of the safety of their account."""

    id: UUID
    kind: SecurityKind
    session_id: UUID | None
    device: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recovery:
    """The command of somebody who has lost their way in: the code of `auth/start`, a new password,
    and a second factor where there is one.
    """

    challenge_id: UUID
    code: str
    password: str
    proof: Proof | None = None
