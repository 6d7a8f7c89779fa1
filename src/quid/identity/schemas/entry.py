"""The wire of the entry: what comes in, strictly, and what goes out."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quid.identity.types import ApiTokens, SignUp, Started, Visibility
from quid.kit import ids
from quid.kit.web import Strict

IdentifierText = Annotated[
    str, Field(min_length=1, max_length=200, description="e-mail; beside a password also a handle")
]
PasswordText = Annotated[str, Field(min_length=1, max_length=128)]


class StartBody(Strict):
    """Who wants in."""

    identifier: IdentifierText


class StartAnswer(BaseModel):
    """How they may prove it; equal for known and unknown people."""

    challenge_id: str | None = Field(description="for `auth/code`; null where no code was sent")
    methods: list[Literal["code", "password"]]

    @classmethod
    def of(cls, started: Started) -> "StartAnswer":
        """Show it."""
        shown = ids.show("chl", started.challenge_id) if started.challenge_id else None
        return cls.model_validate({"challenge_id": shown, "methods": list(started.methods)})


class CodeBody(Strict):
    """A code from the mail."""

    challenge_id: Annotated[str, Field(min_length=1, max_length=64)]
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="six digits")]
    remember: bool = Field(default=False, description="30 days, without an idle limit")


class TicketAnswer(BaseModel):
    """The e-mail is proven and new: `auth/sign-up` takes the ticket within 30 minutes."""

    ticket: str


class SignUpBody(Strict):
    """A new person."""

    ticket: Annotated[str, Field(min_length=1, max_length=200)]
    display_name: Annotated[str, Field(min_length=1, max_length=240, description="1 to 60, NFC")]
    handle: Annotated[str, Field(pattern=r"^[a-z0-9_]{3,30}$")]
    password: Annotated[str, Field(min_length=12, max_length=128)]
    default_visibility: Visibility = "friends"
    locale: Annotated[str, Field(min_length=2, max_length=35)] = "en"
    timezone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    remember: bool = Field(default=False, description="30 days, without an idle limit")

    def command(self) -> SignUp:
        """Turn it into the command."""
        return SignUp(
            ticket=self.ticket,
            display_name=self.display_name,
            handle=self.handle,
            password=self.password,
            default_visibility=self.default_visibility,
            locale=self.locale,
            timezone=self.timezone,
            is_remembered=self.remember,
        )


class TokenBody(Strict):
    """An API client's person."""

    identifier: IdentifierText
    password: PasswordText


class SignInBody(TokenBody):
    """A browser's person."""

    remember: bool = Field(default=False, description="30 days, without an idle limit")


class RefreshBody(Strict):
    """A refresh token; each works once."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class TokenAnswer(BaseModel):
    """Send `Authorization: Bearer <access_token>`; after `expires_in` seconds, refresh."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of the scheme
    expires_in: int

    @classmethod
    def of(cls, tokens: ApiTokens) -> "TokenAnswer":
        """Show it."""
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_in=tokens.expires_in,
        )
