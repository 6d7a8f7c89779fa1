"""Reads of the books. Nothing here changes anything."""

from quid.ledger.queries.accounts import free_accounts, owned
from quid.ledger.queries.balances import (
    balances,
    heads,
    partition_days_ahead,
    totals,
    trial_balance,
    wallets,
)

__all__ = [
    "balances",
    "free_accounts",
    "heads",
    "owned",
    "partition_days_ahead",
    "totals",
    "trial_balance",
    "wallets",
]
