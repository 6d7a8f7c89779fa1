"""Reads of this slice. Other slices may call these."""

from quid.funding.queries.linked import by_ids, defaults, sources, usable

__all__ = ["by_ids", "defaults", "sources", "usable"]
