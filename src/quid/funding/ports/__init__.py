"""What funding needs of banks and card processors, one protocol for each capability.

Frozen values in and out: integer cents, aware UTC times. Every write takes a `ProviderKey`, made of
the operation's own id and never of the clock. What does not return an answer raises one of
`errors.ProviderError`, which says what is known. Never called inside a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quid.funding.ports.banks import (
    AchRail,
    Authorized,
    Direction,
    Network,
    Order,
    ProviderKey,
    Transfer,
)
from quid.funding.ports.cards import (
    CardOrder,
    CardRail,
    Charge,
    Chargeback,
    Refund,
    SavedCard,
    SaveFinished,
)
from quid.funding.ports.events import (
    BookLine,
    Doorbell,
    EventPage,
    Events,
    Position,
    RailEvent,
    Treasury,
)
from quid.funding.ports.links import (
    AccountVerify,
    BankAccount,
    BankBalance,
    BankLink,
    LinkedItem,
    LinkFinished,
    LinkPurpose,
    LinkStarted,
    LinkWanted,
    Numbers,
    Owner,
)
from quid.funding.types import Provider

__all__ = [
    "AccountVerify",
    "AchRail",
    "Authorized",
    "BankAccount",
    "BankBalance",
    "BankLink",
    "BookLine",
    "CardOrder",
    "CardRail",
    "Charge",
    "Chargeback",
    "Direction",
    "Doorbell",
    "EventPage",
    "Events",
    "LinkFinished",
    "LinkPurpose",
    "LinkStarted",
    "LinkWanted",
    "LinkedItem",
    "Network",
    "Numbers",
    "Order",
    "Owner",
    "Position",
    "ProviderKey",
    "RailEvent",
    "Rails",
    "Refund",
    "SaveFinished",
    "SavedCard",
    "Transfer",
    "Treasury",
]


@dataclass(frozen=True, slots=True)
class Rails:
    """The providers of this installation (a part of the runtime; absent where none is set up)."""

    link: BankLink
    accounts: AccountVerify
    ach: AchRail
    card: CardRail
    events: Mapping[Provider, Events]
    treasury: Mapping[Provider, Treasury]
    hosts: frozenset[str] = field(default_factory=frozenset)
