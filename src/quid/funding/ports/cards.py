"""Saving and charging cards through the processor's own pages."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from quid.funding.ports.banks import ProviderKey
from quid.funding.ports.links import LinkStarted


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card as its processor keeps it: no number."""

    customer_ref: str
    method_ref: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    funding: Literal["credit", "debit", "prepaid", "unknown"]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SaveFinished:
    """How a set-up session stands."""

    state: Literal["not_yet", "exited", "done"]
    card: SavedCard | None = None


@dataclass(frozen=True, slots=True)
class CardOrder:
    """A charge. Units: cents of USD, fee included. `return_url`: where the bank's page leads."""

    op_id: str
    key: ProviderKey
    cents: int
    customer_ref: str
    method_ref: str
    statement: str
    return_url: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the processor sees it. Units: cents.

    `status`: prepared (nothing moved), succeeded, declined, requires_action, processing,
    cancelled. `fee` is what the processor keeps, `available_on` when the rest is ours to use;
    both None until it succeeded. `refunded` is what has gone back.
    """

    ref: str
    op_id: str | None
    cents: int
    status: Literal[
        "prepared", "succeeded", "declined", "requires_action", "processing", "cancelled"
    ]
    created_at: datetime
    code: str | None = None
    action_url: str | None = None
    fee: int | None = None
    available_on: datetime | None = None
    refunded: int = 0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to a card. A refund that succeeded may still fail days later."""

    ref: str
    charge_ref: str
    op_id: str | None
    cents: int
    status: Literal["pending", "succeeded", "failed", "cancelled", "requires_action"]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Chargeback:
    """A claim of the card network. `fee` is the network's; `is_money`: the amount was taken."""

    ref: str
    charge_ref: str
    cents: int
    fee: int
    status: Literal["open", "won", "lost", "warning"]
    is_money: bool
    reason: str
    due_by: datetime | None = None


class CardRail(ABC):
    """Saving and charging cards through the processor's own pages."""

    @abstractmethod
    async def start_save(
        self, user_ref: str, return_url: str, *, customer_ref: str | None, key: ProviderKey
    ) -> LinkStarted:
        """Open the page that takes a card. Raises: ProviderError."""

    @abstractmethod
    async def finish_save(self, session_ref: str) -> SaveFinished:
        """Look what became of it; asking again gives the same. Raises: ProviderError."""

    @abstractmethod
    async def prepare(self, order: CardOrder) -> Charge:
        """Make an unconfirmed charge: nothing moves. Raises: ProviderError."""

    @abstractmethod
    async def confirm(self, order: CardOrder) -> Charge:
        """Charge what `order.ref` prepared. A decline is a Charge. Raises: ProviderError."""

    @abstractmethod
    async def cancel(self, ref: str, *, key: ProviderKey) -> Charge:
        """Stop a charge that has not succeeded; gives it as it then stands."""

    @abstractmethod
    async def get(self, ref: str) -> Charge | None:
        """Look a charge up; None = there is none. Raises: ProviderError."""

    @abstractmethod
    async def refund(self, charge_ref: str, cents: int, op_id: str, *, key: ProviderKey) -> Refund:
        """Give money back to the card. Raises: ProviderError."""

    @abstractmethod
    async def refunds(self, charge_ref: str) -> Sequence[Refund]:
        """List what was given back of a charge. Raises: ProviderError."""

    @abstractmethod
    async def chargebacks(self, charge_ref: str) -> Sequence[Chargeback]:
        """List the claims against a charge. Raises: ProviderError."""

    @abstractmethod
    async def list(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """List what was created in a span, all pages. Raises: ProviderError."""

    @abstractmethod
    async def forget(self, method_ref: str) -> None:
        """Take a card off its customer; one that is gone is fine. Raises: ProviderError."""
