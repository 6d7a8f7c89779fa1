"""Everything that changes the books, and the run that compares them with themselves."""

from quid.ledger.service.accounts import house_account, open_accounts, set_flags
from quid.ledger.service.control import ACTS
from quid.ledger.service.holds import capture, expire, group, place_hold, release, reverse
from quid.ledger.service.post import post
from quid.ledger.service.reconcile import reconcile, reconcile_night
from quid.ledger.service.seals import seal_days

__all__ = [
    "ACTS",
    "capture",
    "expire",
    "group",
    "house_account",
    "open_accounts",
    "place_hold",
    "post",
    "reconcile",
    "reconcile_night",
    "release",
    "reverse",
    "seal_days",
    "set_flags",
]
