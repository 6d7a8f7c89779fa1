"""Reads of this slice. Other slices may call these."""

from quid.funding.queries.calendar import banking_day_after, day_after
from quid.funding.queries.linked import by_ids, defaults, sources, usable
from quid.funding.queries.pulls import (
    PullRecord,
    has_credit_left,
    operations,
    pull_record,
)

__all__ = [
    "PullRecord",
    "banking_day_after",
    "by_ids",
    "day_after",
    "defaults",
    "has_credit_left",
    "operations",
    "pull_record",
    "sources",
    "usable",
]
