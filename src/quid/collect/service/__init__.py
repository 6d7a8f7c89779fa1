"""What changes a request: its two people, the payment that answers it, a block, time."""

from quid.collect.service.acts import cancel, decline, remind
from quid.collect.service.answering import CollectRequests
from quid.collect.service.ask import OPERATION, Asked, ask, require_unfrozen
from quid.collect.service.passing import end_between, tend_due

__all__ = [
    "OPERATION",
    "Asked",
    "CollectRequests",
    "ask",
    "cancel",
    "decline",
    "end_between",
    "remind",
    "require_unfrozen",
    "tend_due",
]
