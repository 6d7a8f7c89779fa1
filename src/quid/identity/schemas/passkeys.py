"""The wire of passkeys: options and answers are JSON as browsers write it (WebAuthn level 3)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quid.identity.schemas.access import ChallengeText
from quid.identity.types import (
    MakeOptions,
    OwnPasskey,
    PasskeyAdded,
    PasskeyAnswer,
    PasskeyAsked,
    PasskeyOffered,
    SignOptions,
)
from quid.kit import ids
from quid.kit.web import Strict, id_from_path

KeyText = Annotated[str, Field(min_length=1, max_length=1500)]
Base64 = Annotated[str, Field(min_length=1, max_length=16_384, description="base64url")]
NameText = Annotated[str, Field(max_length=240, description="1 to 60, NFC")]


class PasskeyToMake(BaseModel):
    """What to ask the browser to make, for 5 minutes; the answer names the same challenge."""

    challenge_id: str
    options: MakeOptions

    @classmethod
    def of(cls, offered: PasskeyOffered) -> "PasskeyToMake":
        """Show it."""
        return cls(challenge_id=ids.show("chl", offered.challenge_id), options=offered.options)


class PasskeyToSign(BaseModel):
    """What to ask the browser's passkey, for 5 minutes; the answer names the same challenge."""

    challenge_id: str
    options: SignOptions

    @classmethod
    def of(cls, asked: PasskeyAsked) -> "PasskeyToSign":
        """Show it."""
        return cls(challenge_id=ids.show("chl", asked.challenge_id), options=asked.options)


class MadeResponse(BaseModel):
    """What a device says of the key it has made. Whatever else a browser adds is left out."""

    clientDataJSON: Base64  # noqa: N815 - the standard's name
    attestationObject: Base64  # noqa: N815 - the standard's name
    transports: Annotated[list[str], Field(max_length=20)] = []


class SignedResponse(BaseModel):
    """What a device has signed. Whatever else a browser adds is left out."""

    clientDataJSON: Base64  # noqa: N815 - the standard's name
    authenticatorData: Base64  # noqa: N815 - the standard's name
    signature: Base64
    userHandle: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815 - as above


class MadeCredential(BaseModel):
    """RegistrationResponseJSON."""

    id: KeyText
    rawId: KeyText  # noqa: N815 - the standard's name
    type: Literal["public-key"]
    response: MadeResponse


class SignedCredential(BaseModel):
    """AuthenticationResponseJSON."""

    id: KeyText
    rawId: KeyText  # noqa: N815 - the standard's name
    type: Literal["public-key"]
    response: SignedResponse


class MadeBody(Strict):
    """The key that the browser has made; without a name it is called after the device."""

    challenge_id: ChallengeText
    credential: MadeCredential
    name: NameText = ""

    def answer(self) -> PasskeyAnswer:
        """Turn it into an answer. Raises: NotFound for an id of another kind."""
        return PasskeyAnswer(
            id_from_path("chl", self.challenge_id), self.credential.model_dump_json()
        )


class SignedBody(Strict):
    """What the browser's passkey has signed."""

    challenge_id: ChallengeText
    credential: SignedCredential
    remember: bool = Field(default=False, description="30 days, without an idle limit")

    def answer(self) -> PasskeyAnswer:
        """Turn it into an answer. Raises: NotFound for an id of another kind."""
        return PasskeyAnswer(
            id_from_path("chl", self.challenge_id), self.credential.model_dump_json()
        )


class PasskeyNameBody(Strict):
    """What to call it."""

    name: NameText


class PasskeyView(BaseModel):
    """A passkey. `transports`: how a browser reaches the device, as `internal` or `usb`."""

    id: str
    name: str
    transports: list[str]
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, row: OwnPasskey) -> "PasskeyView":
        """Show it."""
        return cls(
            id=ids.show("pky", row.id),
            name=row.name,
            transports=row.transports,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )


class PasskeyMade(BaseModel):
    """The new passkey. `recovery_codes`: ten, shown this once, with the first second factor."""

    passkey: PasskeyView
    recovery_codes: list[str] | None

    @classmethod
    def of(cls, added: PasskeyAdded) -> "PasskeyMade":
        """Show it."""
        return cls(passkey=PasskeyView.of(added.passkey), recovery_codes=added.recovery_codes)


class PasskeyList(BaseModel):
    """All of a person, oldest first."""

    items: list[PasskeyView]
