"""The books seen by other eyes: every block is recomputed a moment after its commit.

In a role that may read, and by code that shares nothing with what posts: it never imports the
service, the rules or the stored functions of this slice.
"""

from quid.ledger.auditor.pages import follow_pages
from quid.ledger.auditor.tail import Auditor, follow

__all__ = ["Auditor", "follow", "follow_pages"]
