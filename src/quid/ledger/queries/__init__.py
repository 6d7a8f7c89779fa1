"""Reads of the books. Nothing here changes anything."""

from quid.ledger.queries.balances import (
    balances,
    heads,
    partition_days_ahead,
    totals,
    trial_balance,
    wallets,
)
from quid.ledger.queries.verify import verify

__all__ = [
    "balances",
    "heads",
    "partition_days_ahead",
    "totals",
    "trial_balance",
    "verify",
    "wallets",
]
