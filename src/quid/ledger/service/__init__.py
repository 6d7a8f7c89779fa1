"""Everything that changes the books: posting, opening accounts, their flags."""

from quid.ledger.service.accounts import house_account, open_accounts, set_flags
from quid.ledger.service.post import post

__all__ = ["house_account", "open_accounts", "post", "set_flags"]
