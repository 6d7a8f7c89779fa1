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
from quid.ledger.queries.explain import explain, render
from quid.ledger.queries.statement import net_as_of, statement
from quid.ledger.queries.verify import verify

__all__ = [
    "free_accounts",
    "owned",
    "balances",
    "explain",
    "heads",
    "net_as_of",
    "partition_days_ahead",
    "render",
    "statement",
    "totals",
    "trial_balance",
    "verify",
    "wallets",
]
