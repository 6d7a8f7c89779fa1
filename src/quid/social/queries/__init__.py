"""Reads of the feed. Other slices may call these."""

from quid.social.queries.pages import feed
from quid.social.queries.seeing import may_see, seeing, seen, seen_by_many

__all__ = ["feed", "may_see", "seeing", "seen", "seen_by_many"]
