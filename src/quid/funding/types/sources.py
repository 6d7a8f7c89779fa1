"""Linked banks and cards as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

AccountType = Literal["checking", "savings"]
VerifyMethod = Literal[
    "instant", "instant_match", "automated", "same_day", "instant_micro", "database", "typed"
]


class Provider(IntEnum):
    """Who moves the money. Also `part` of the provider's accounts in the ledger."""

    PLAID = 1
    STRIPE = 2


class SourceKind(IntEnum):
    """What a source is."""

    BANK = 1
    DEBIT_CARD = 2
    CREDIT_CARD = 3

    @property
    def is_card(self) -> bool:
        """Whether it is charged and not pulled from."""
        return self is not SourceKind.BANK


class SourceState(IntEnum):
    """Where a source stands. Pulls need VERIFIED; REMOVED stays for the history of its owner."""

    LINKED = 10
    VERIFYING = 20
    PENDING_SETUP = 21
    VERIFIED = 30
    NEEDS_REPAIR = 40
    EXPIRED = 80
    FAILED = 81
    DISABLED = 82
    REMOVED = 90

    @property
    def is_live(self) -> bool:
        """Whether it stands in its owner's wallet and counts towards the ten they may have."""
        return self < SourceState.EXPIRED


@dataclass(frozen=True, slots=True)
class Source:
    """A row of `funding.source` (secrets aside: `token` and `amounts` are sealed bytes).

    `item_ref` and `account_ref` name a bank account at its provider, `customer_ref` and
    `method_ref` a card. `token` opens with `kit.fields` at Place("funding.source", "token", id,
    user_id). `owner_score`: 0 to 100, how well the account's owner matches; None = not asked.
    `fingerprint`: keyed hash of routing and account number, or of the card at its provider.
    """

    id: UUID
    user_id: UUID
    kind: int
    state: int
    is_default: bool
    provider: int
    item_ref: str | None
    account_ref: str | None
    customer_ref: str | None
    method_ref: str | None
    token: bytes | None
    institution: str
    name: str
    last4: str
    account_type: str | None
    exp_month: int | None
    exp_year: int | None
    verify_method: str | None
    tries_left: int | None
    verify_until: datetime | None
    amounts: bytes | None
    can_pull: bool
    can_push: bool
    rtp_push: bool
    is_tokenized: bool
    owner_score: int | None
    fingerprint: bytes | None
    disabled_code: str | None
    created_at: datetime
    verified_at: datetime | None
    changed_at: datetime
    version: int
