"""Reads of this slice. Other slices may call these."""

from quid.funding.queries.linked import by_ids, defaults, sources, usable
from quid.funding.queries.pulls import PullRecord, operations, pull_record

__all__ = ["PullRecord", "by_ids", "defaults", "operations", "pull_record", "sources", "usable"]
