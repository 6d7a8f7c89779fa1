"""Reads of payments: one, lists, what others may see, balances, facts for judging.

What a party sees of them (`view_of`, `my_balance_view`) is told here to the floors above.
"""

from quid.payments.queries.balance import balance, balances
from quid.payments.queries.facts import PayerFacts, Similar, payer_facts, similar, unmatched
from quid.payments.queries.lists import (
    NEWEST,
    ActivityFilter,
    ActivityLine,
    Position,
    activity,
    activity_lines,
    activity_pages,
    in_review,
    payments_of,
    resolved,
)
from quid.payments.queries.one import (
    for_operators,
    found,
    latest,
    outside,
    parties_of,
    payment,
    payment_of_key,
    views,
    waiting,
    with_people,
)
from quid.payments.queries.seen import has_paid, mine, public, recent_of, stories, times_paid
from quid.payments.rules import my_balance_view, view_of

__all__ = [
    "NEWEST",
    "ActivityFilter",
    "ActivityLine",
    "PayerFacts",
    "Position",
    "Similar",
    "activity",
    "activity_lines",
    "activity_pages",
    "balance",
    "balances",
    "for_operators",
    "found",
    "has_paid",
    "in_review",
    "latest",
    "mine",
    "my_balance_view",
    "outside",
    "parties_of",
    "payer_facts",
    "payment",
    "payment_of_key",
    "payments_of",
    "public",
    "recent_of",
    "resolved",
    "similar",
    "stories",
    "times_paid",
    "unmatched",
    "view_of",
    "views",
    "waiting",
    "with_people",
]
