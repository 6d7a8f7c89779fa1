"""The facts that funding publishes. Ids as shown outside, amounts in minor units, no secrets."""

from datetime import datetime
from typing import ClassVar

import msgspec


class WalletMove(msgspec.Struct, frozen=True):
    """What an effect did to its person's wallet: signed amount, and the balance after it.

    Where `balance_after` is null the wallet did not have it: so much more is owed, or less.
    """

    transfer_id: str
    amount: int
    balance_after: int | None
    at: datetime
    what: str


class OperationChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deposit, withdrawal or card charge has come to another state.

    `payment_id`: the payment that waits for it. `moves`: what its effects did to the wallet and to
    what is owed, in order (of purpose `payment` the releases are the payment's own and are not
    listed here).
    """

    TYPE: ClassVar[str] = "funding.operation_changed.v1"

    operation_id: str
    user_id: str
    kind: str
    state: str
    amount: int
    fee: int
    currency: str
    source_id: str
    payment_id: str | None = None
    failure_code: str | None = None
    moves: tuple[WalletMove, ...] = ()


class SourceChanged(msgspec.Struct, frozen=True):
    """A bank or card of a person is in another state."""

    TYPE: ClassVar[str] = "funding.source_changed.v1"

    source_id: str
    user_id: str
    kind: str
    state: str


class ReceivableOpened(msgspec.Struct, frozen=True):
    """A returned pull or chargeback found the wallet short: the person owes that much more."""

    TYPE: ClassVar[str] = "funding.receivable_opened.v1"

    user_id: str
    operation_id: str
    amount: int
    owed: int
    currency: str


class ReceivableRecovered(msgspec.Struct, frozen=True):
    """A part of what a person owed was taken from their wallet. `owed`: what is left of it."""

    TYPE: ClassVar[str] = "funding.receivable_recovered.v1"

    user_id: str
    amount: int
    owed: int
    currency: str
    move: WalletMove


class ReconciliationBreak(msgspec.Struct, frozen=True):
    """Our book and a provider's do not agree about an object."""

    TYPE: ClassVar[str] = "funding.reconciliation_break.v1"

    break_id: str
    provider: str
    kind: str
    object_ref: str
    amount: int
    currency: str
