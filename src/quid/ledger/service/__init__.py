"""Everything that changes the books, and the run that compares them with themselves."""

from quid.ledger.service.accounts import house_account, open_accounts, set_bounds, set_flags
from quid.ledger.service.control import ACTS
from quid.ledger.service.holds import at_most, capture, expire, group, place_hold, release, reverse
from quid.ledger.service.limits import consume, give_back, lock
from quid.ledger.service.post import post
from quid.ledger.service.reconcile import reconcile, reconcile_night
from quid.ledger.service.seals import seal_days

__all__ = [
    "ACTS",
    "at_most",
    "capture",
    "consume",
    "expire",
    "give_back",
    "group",
    "house_account",
    "lock",
    "open_accounts",
    "place_hold",
    "post",
    "reconcile",
    "reconcile_night",
    "release",
    "reverse",
    "seal_days",
    "set_bounds",
    "set_flags",
]
