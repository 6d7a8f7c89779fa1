"""Reads of the books. Nothing here changes anything."""

from quid.ledger.queries.accounts import (
    Debtor,
    advanced,
    cleared,
    debtors,
    held_by_others,
    nets,
    owned,
    owned_by,
)
from quid.ledger.queries.balances import (
    balances,
    heads,
    partition_days_ahead,
    seconds_ahead,
    totals,
    trial_balance,
    wallets,
)
from quid.ledger.queries.explain import explain, explain_account, render
from quid.ledger.queries.gentle import Gentle
from quid.ledger.queries.holds import due_holds, holds, open_holds, originals
from quid.ledger.queries.seals import events_hash, seal_faults, seals
from quid.ledger.queries.statement import (
    joint_statement,
    net_as_of,
    net_effective_at,
    statement,
)
from quid.ledger.queries.usage import Used, used
from quid.ledger.queries.verify import id_ranges, verify

__all__ = [
    "Debtor",
    "Gentle",
    "Used",
    "advanced",
    "balances",
    "cleared",
    "debtors",
    "due_holds",
    "events_hash",
    "explain",
    "explain_account",
    "heads",
    "held_by_others",
    "holds",
    "id_ranges",
    "joint_statement",
    "net_as_of",
    "net_effective_at",
    "nets",
    "open_holds",
    "originals",
    "owned",
    "owned_by",
    "partition_days_ahead",
    "render",
    "seal_faults",
    "seals",
    "seconds_ahead",
    "statement",
    "totals",
    "trial_balance",
    "used",
    "verify",
    "wallets",
]
