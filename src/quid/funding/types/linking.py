"""Linking a bank or a card, as values: who asks, the page that was opened, what was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from quid.funding.types.sources import AccountType, Source, SourceState, VerifyMethod

SessionState = Literal["OPEN", "DONE", "FAILED"]
ConsentMethod = Literal["link", "token", "manual", "card"]


class Asker(NamedTuple):
    """Who links, from which address, with which program: a consent names all three."""

    user_id: UUID
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class LinkSession:
    """A page at a provider that one person may open. Row of `funding.link_session`."""

    id: UUID
    user_id: UUID
    is_card: bool
    purpose: str
    source_id: UUID | None
    session_ref: str
    state: str
    source_ids: list[UUID]
    ip: str
    user_agent: str
    created_at: datetime
    expires_at: datetime


class Opened(NamedTuple):
    """A page to send somebody to."""

    session_id: UUID
    url: str
    expires_at: datetime


class TypedNumbers(NamedTuple):
    """An account as somebody typed it. The numbers are handed on and kept nowhere."""

    bank_name: str
    routing: str
    account: str
    kind: AccountType


class Examined(NamedTuple):
    """What a provider says of an account: how far it is proven, and if so what it can do."""

    state: SourceState
    method: VerifyMethod
    fingerprint: bytes | None = None
    is_tokenized: bool = False
    pulls: bool = False
    pushes: bool = False
    is_rtp: bool = False
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody's source that is the same account or card."""

    id: UUID
    user_id: UUID
    fingerprint: bytes
    state: int
    disabled_code: str | None


class Defaults(NamedTuple):
    """What is used where nothing is named: both VERIFIED, or None."""

    bank: Source | None
    card: Source | None
