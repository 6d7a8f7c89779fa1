"""The wire of access: proofs, factors, sessions, what happened."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quid.identity.types import (
    Method,
    MethodName,
    OpenSession,
    Proof,
    Recovery,
    SecurityEvent,
    SecurityKind,
    SessionKind,
    SignOptions,
    StepUp,
)
from quid.kit import ids
from quid.kit.web import Strict, id_from_path

ChallengeText = Annotated[str, Field(min_length=1, max_length=64)]
ProofText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=8192,
        description="six digits, a recovery code, or what a passkey answered as JSON text",
    ),
]
PasswordText = Annotated[str, Field(min_length=1, max_length=128)]
CodeText = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="six digits")]


class MethodView(BaseModel):
    """A way to prove who one is; one younger than 24 h clears no payment."""

    name: MethodName
    enrolled_at: datetime

    @classmethod
    def of(cls, method: Method) -> "MethodView":
        """Show it."""
        return cls(name=method.name, enrolled_at=method.enrolled_at)


class StepUpView(BaseModel):
    """What is asked: `auth/step-up` takes the challenge with one of the methods, for 10 minutes."""

    challenge_id: str
    methods: list[MethodView]
    passkey: SignOptions | None = Field(
        description="where a passkey is a method; good once, for 5 minutes"
    )

    @classmethod
    def of(cls, asked: StepUp) -> "StepUpView":
        """Show it."""
        return cls(
            challenge_id=ids.show("chl", asked.challenge_id),
            methods=[MethodView.of(m) for m in asked.methods],
            passkey=asked.passkey,
        )


class StepUpAsked(BaseModel):
    """The first factor was right, and a second is on: no session yet."""

    step_up: StepUpView


class StepUpDone(BaseModel):
    """The session has proven who holds it, for a while."""

    good_until: datetime


class StepUpBody(Strict):
    """Nothing, or no body, to ask for a challenge; a challenge with its proof to answer it."""

    challenge_id: ChallengeText | None = None
    method: MethodName | None = None
    proof: ProofText | None = None
    password: PasswordText | None = Field(
        default=None, description="beside an e-mail code, in a session"
    )

    def read(self) -> Proof | None:
        """Turn it into a proof, if it is one."""
        if self.method is None or self.proof is None:
            return None
        return Proof(self.method, self.proof, self.password or "")


class TotpView(BaseModel):
    """A secret for an authenticator app, shown this once; its first code turns it on."""

    secret: str
    uri: str = Field(description="otpauth:// for a QR code")


class TotpCodeBody(Strict):
    """A code of the app."""

    code: CodeText


class RecoveryCodes(BaseModel):
    """Ten codes, shown this once; each opens once."""

    recovery_codes: list[str]


class PasswordBody(Strict):
    """A new password."""

    password: Annotated[str, Field(min_length=12, max_length=128)]


class EmailBody(Strict):
    """A new e-mail."""

    email: Annotated[str, Field(min_length=3, max_length=200)]


class EmailAsked(BaseModel):
    """A code is on its way to the new e-mail."""

    challenge_id: str


class EmailCodeBody(Strict):
    """The code that went to the new e-mail."""

    challenge_id: ChallengeText
    code: CodeText


class RecoverBody(Strict):
    """A new beginning: the code of `auth/start`, a new password, a second factor if one is on."""

    challenge_id: ChallengeText
    code: CodeText
    password: Annotated[str, Field(min_length=12, max_length=128)]
    method: Literal["passkey", "totp", "recovery_code"] | None = None
    proof: ProofText | None = None

    def command(self) -> Recovery:
        """Turn it into the command. Raises: NotFound for an id of another kind."""
        given = self.method is not None and self.proof is not None
        proof = Proof(self.method, self.proof) if given and self.method and self.proof else None
        return Recovery(id_from_path("chl", self.challenge_id), self.code, self.password, proof)


class SessionView(BaseModel):
    """A session that stands. `place`: the network address of its sign-in."""

    id: str
    kind: SessionKind
    device: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    idle_until: datetime = Field(description="when it ends unless used; any request is use")
    ends_at: datetime = Field(description="when it ends however used")
    current: bool

    @classmethod
    def of(cls, row: OpenSession, *, is_current: bool) -> "SessionView":
        """Show it."""
        return cls(
            id=ids.show("ses", row.id),
            kind=row.kind,
            device=row.device,
            place=row.address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            idle_until=row.idle_until,
            ends_at=row.ends_at,
            current=is_current,
        )


class Sessions(BaseModel):
    """All sessions that stand, the latest used first."""

    items: list[SessionView]


class SecurityEventView(BaseModel):
    """Something that happened to the safety of the account."""

    id: str
    kind: SecurityKind
    session_id: str | None
    device: str
    place: str
    at: datetime

    @classmethod
    def of(cls, row: SecurityEvent) -> "SecurityEventView":
        """Show it."""
        return cls(
            id=ids.show("sev", row.id),
            kind=row.kind,
            session_id=ids.show("ses", row.session_id) if row.session_id else None,
            device=row.device,
            place=row.address,
            at=row.at,
        )


class SecurityEvents(BaseModel):
    """A page of what happened, latest first."""

    items: list[SecurityEventView]
    next_cursor: str | None
