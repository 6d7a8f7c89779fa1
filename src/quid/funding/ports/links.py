"""Linking a bank account, and questions about one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from quid.funding.types import AccountType
from quid.kit.crypto import Secret

LinkPurpose = Literal["new", "repair", "verify"]


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """A hosted page to open. `token`: of the item to repair or verify; `user_ref` is opaque."""

    user_ref: str
    purpose: LinkPurpose
    return_url: str
    webhook_url: str
    ttl_seconds: int
    token: Secret | None = None
    authorization_ref: str | None = None


@dataclass(frozen=True, slots=True)
class LinkStarted:
    """A page that somebody may open until `expires_at`."""

    session_ref: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account at a bank as the provider names it. `mask` is the last digits."""

    ref: str
    mask: str
    name: str
    type: AccountType
    verification_status: str | None = None
    persistent_ref: str | None = None


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """What a finished page gave: a sign-in at a bank with its accounts."""

    token: Secret
    item_ref: str
    institution: str
    accounts: tuple[BankAccount, ...]


@dataclass(frozen=True, slots=True)
class LinkFinished:
    """How a session stands: still open, left by the person, or with items."""

    state: Literal["not_yet", "exited", "done"]
    items: tuple[LinkedItem, ...] = ()


class BankLink(ABC):
    """Linking a bank account through the provider's own pages."""

    @abstractmethod
    async def start_link(self, wanted: LinkWanted) -> LinkStarted:
        """Open a session. Raises: ProviderError."""

    @abstractmethod
    async def finish_link(self, session_ref: str) -> LinkFinished:
        """Look what became of a session; asking again gives the same. Raises: ProviderError."""

    @abstractmethod
    async def exchange(self, public_token: Secret) -> LinkedItem:
        """Take a public token that a client was handed. Raises: ProviderError."""

    @abstractmethod
    async def adopt_numbers(self, routing: str, account: Secret, type_: AccountType) -> LinkedItem:
        """Make an item of typed numbers. Raises: ProviderError."""

    @abstractmethod
    async def unlink(self, token: Secret) -> None:
        """End an item; one that is gone is fine. Raises: ProviderError."""

    @abstractmethod
    async def rotate(self, token: Secret) -> Secret:
        """Exchange a token for another; the old one is dead at once. Raises: ProviderError."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What money is moved by. `routing` and `account` are used for a keyed hash and dropped."""

    routing: str
    account: Secret
    is_tokenized: bool
    can_pull: bool
    can_push: bool


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What a bank says is there. Units: cents."""

    available: int | None
    current: int | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an account should belong to."""

    legal_name: str
    email: str | None = None


class AccountVerify(ABC):
    """Questions about a linked account."""

    @abstractmethod
    async def numbers(self, token: Secret, account_ref: str) -> Numbers:
        """Read the numbers. Raises: ProviderError."""

    @abstractmethod
    async def account(self, token: Secret, account_ref: str) -> BankAccount:
        """Read the account with its verification status. Raises: ProviderError."""

    @abstractmethod
    async def balance(self, token: Secret, account_ref: str) -> BankBalance:
        """Read the balance. Raises: ProviderError."""

    @abstractmethod
    async def owner_match(self, token: Secret, account_ref: str, owner: Owner) -> int | None:
        """Score 0 to 100 how well the name matches; None = the bank does not say."""
