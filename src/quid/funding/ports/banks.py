"""Moving money from and to bank accounts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NewType

from quid.kit.crypto import Secret

ProviderKey = NewType("ProviderKey", str)
Direction = Literal["pull", "push"]
Network = Literal["ach", "same-day-ach", "rtp"]


@dataclass(frozen=True, slots=True)
class Order:
    """A movement at a provider. Units: cents of USD. `op_id` is the outside id of the operation."""

    op_id: str
    key: ProviderKey
    user_ref: str
    legal_name: str
    cents: int
    direction: Direction
    network: Network
    token: Secret
    account_ref: str
    statement: str
    ip: str = ""
    user_agent: str = ""
    authorization_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Authorized:
    """A decision. `cents` is what may be submitted, never more; `code` of an unchecked one.

    `action_required`: the person must open a page first, and it is asked again afterwards.
    """

    decision: Literal["approved", "unchecked", "declined", "action_required"]
    ref: str | None
    cents: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A movement as the provider sees it. `status` in the provider's words, `failure` its code."""

    ref: str
    authorization_ref: str
    op_id: str | None
    direction: Direction
    cents: int
    status: str
    network: str
    is_cancellable: bool
    created_at: datetime
    failure: str | None = None
    return_code: str | None = None
    settle_on: date | None = None
    available_on: date | None = None
    standard_return_until: date | None = None
    unauthorized_return_until: date | None = None
    currency: str = "USD"


class AchRail(ABC):
    """Pulls and pushes of bank accounts, RTP among the networks."""

    @abstractmethod
    async def authorize(self, order: Order) -> Authorized:
        """Ask for a decision; moves nothing. The same key gives the same for 48 h."""

    @abstractmethod
    async def submit(self, order: Order) -> Transfer:
        """Move it: `authorization_ref` is the key. Raises: ProviderError."""

    @abstractmethod
    async def cancel(self, ref: str) -> None:
        """Stop it while the provider still can. Raises: Declined when it cannot."""

    @abstractmethod
    async def get(
        self, *, ref: str | None = None, authorization_ref: str | None = None
    ) -> Transfer | None:
        """Look one up; None = there is none. Raises: ProviderError."""

    @abstractmethod
    async def list(self, since: datetime, until: datetime) -> Sequence[Transfer]:
        """List what was created in a span, all pages. Raises: ProviderError."""

    @abstractmethod
    async def can_rtp(self, token: Secret, account_ref: str) -> bool:
        """Whether a push arrives in seconds. Raises: ProviderError."""
