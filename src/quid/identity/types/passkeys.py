"""What a browser asks its passkey, in the names of the standard (WebAuthn level 3, as JSON)."""

from dataclasses import dataclass, field
from typing import Literal

Transport = Literal["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]


@dataclass(frozen=True, slots=True)
class KeyNamed:
    """A key, and how a browser reaches the device that keeps it."""

    id: str
    type: Literal["public-key"]
    transports: list[Transport] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SignOptions:
    """PublicKeyCredentialRequestOptionsJSON: sign this. Units: `timeout` in ms.

    With no key named the device finds one by itself.
    """

    challenge: str
    timeout: int
    rpId: str  # noqa: N815 - the standard's
    allowCredentials: list[KeyNamed]  # noqa: N815 - the standard's
    userVerification: Literal["required"]  # noqa: N815 - the standard's


@dataclass(frozen=True, slots=True)
class SiteNamed:
    """Whose site it is."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class UserNamed:
    """Whose key it will be: `id` is kept beside it, the rest tells keys apart."""

    id: str
    name: str
    displayName: str  # noqa: N815 - the standard's


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A kind of key that is taken: a COSE algorithm."""

    type: Literal["public-key"]
    alg: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What the device must be able to do: find the key by itself, and look who is there."""

    residentKey: Literal["required"]  # noqa: N815 - the standard's
    requireResidentKey: bool  # noqa: N815 - the standard's
    userVerification: Literal["required"]  # noqa: N815 - the standard's


@dataclass(frozen=True, slots=True)
class MakeOptions:
    """PublicKeyCredentialCreationOptionsJSON: make a key, unless you keep one of these.

    Units: `timeout` in ms.
    """

    rp: SiteNamed
    user: UserNamed
    challenge: str
    pubKeyCredParams: list[KeyKind]  # noqa: N815 - the standard's
    timeout: int
    excludeCredentials: list[KeyNamed]  # noqa: N815 - the standard's
    authenticatorSelection: Selection  # noqa: N815 - the standard's
    attestation: Literal["none"]
