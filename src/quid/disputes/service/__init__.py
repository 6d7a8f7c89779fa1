"""What changes a dispute: its person opens, answers, takes back; operators ask and decide."""

from quid.disputes.service.acts import ANSWER, WITHDRAW, answer, withdraw
from quid.disputes.service.deciding import DECIDERS, READERS, ask, decide
from quid.disputes.service.opening import OPERATION, Opened, open_dispute

__all__ = [
    "ANSWER",
    "DECIDERS",
    "OPERATION",
    "READERS",
    "WITHDRAW",
    "Opened",
    "answer",
    "ask",
    "decide",
    "open_dispute",
    "withdraw",
]
