"""Reads of the books. Nothing here changes anything."""

from quid.ledger.queries.accounts import held_by_others, owned
from quid.ledger.queries.balances import (
    balances,
    heads,
    partition_days_ahead,
    seconds_ahead,
    totals,
    trial_balance,
    wallets,
)
from quid.ledger.queries.explain import explain, render
from quid.ledger.queries.statement import net_as_of, statement
from quid.ledger.queries.verify import id_ranges, verify

__all__ = [
    "balances",
    "explain",
    "heads",
    "held_by_others",
    "id_ranges",
    "net_as_of",
    "owned",
    "partition_days_ahead",
    "render",
    "seconds_ahead",
    "statement",
    "totals",
    "trial_balance",
    "verify",
    "wallets",
]
